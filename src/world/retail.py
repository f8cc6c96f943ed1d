"""The real order lines (UCI Online Retail), moved by whole weeks into the brand's calendar.

Hours are kept: a line booked at 10:26 in London is bought at 10:26 in China. Lines of one invoice are one purchase.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from world.catalogue import Brand
from world.days import day_of, instant, iso
from world.regions import province

SOURCE = "online-retail"
_WEEK_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Line:
    """One order line in the brand's calendar; `place` counts the lines of its invoice from 0."""

    at_ms: int
    invoice: int
    place: int
    sku: str
    units: int
    price_fen: int
    shopper: str


@dataclass(frozen=True, slots=True)
class Sale:
    """One line of sales history: `source` is unique, `day` is `YYYY-MM-DD`, `price_fen` is per unit."""

    source: str
    sku: str
    region: str
    day: str
    units: int
    price_fen: int


class Retail:
    """The real lines of the brand's SKUs, in order of time."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Keep `lines`, already in order of time."""
        self._lines = tuple(lines)
        self._times = [line.at_ms for line in self._lines]

    def between(self, first_ms: int, end_ms: int) -> Sequence[Line]:
        """The lines at `first_ms` or later and before `end_ms`."""
        return self._lines[bisect_left(self._times, first_ms) : bisect_left(self._times, end_ms)]

    def on(self, day: int) -> Sequence[Line]:
        """The lines of one day."""
        return self.between(instant(day), instant(day + 1))


def load_retail(brand: Brand) -> Retail:
    """The shipped lines of the brand's SKUs."""
    with as_file(files("world.brand").joinpath("online_retail.parquet")) as path:
        table = pq.read_table(path, memory_map=False)
    wanted = pc.is_in(table["stock_code"].cast(pa.string()), value_set=pa.array(brand.skus()))
    return Retail(tuple(_lines(brand, table.filter(wanted))))


def _lines(brand: Brand, table: pa.Table) -> Iterator[Line]:
    places: dict[int, int] = {}
    shift_s = brand.shift_weeks * _WEEK_S
    columns = ("invoice_no", "stock_code", "quantity", "unit_price_gbp", "customer_id")
    seconds = table["invoice_ts"].cast(pa.timestamp("s")).cast(pa.int64()).to_pylist()
    for second, invoice, sku, units, price_gbp, customer in zip(
        seconds, *(table[name].to_pylist() for name in columns), strict=True
    ):
        place = places.get(invoice, 0)
        places[invoice] = place + 1
        yield Line(
            at_ms=instant(0) + (second + shift_s) * 1000,
            invoice=invoice,
            place=place,
            sku=sku,
            units=units,
            price_fen=round(price_gbp * brand.fen_per_gbp),
            shopper=f"g{invoice}" if customer is None else f"c{customer}",
        )


def history(brand: Brand, until_day: int) -> Iterator[Sale]:
    """What the brand sold before `until_day` (a day number, excluded), oldest first."""
    return sales(load_retail(brand).between(0, instant(until_day)))


def sales(lines: Iterable[Line]) -> Iterator[Sale]:
    """The lines as rows of sales history."""
    for line in lines:
        yield Sale(
            source=f"{SOURCE}:{line.invoice}:{line.place}",
            sku=line.sku,
            region=province(line.shopper),
            day=iso(day_of(line.at_ms)),
            units=line.units,
            price_fen=line.price_fen,
        )
