"""Cut the UCI Online Retail order lines down to the copy shipped in `src/world/brand/`.

    python tools/trim_retail.py PATH/online_retail_lines.parquet [OUT.parquet]

Kept: every order line with a product code (`12345`, `12345A`, `12345AB`) and a price above zero. Exact duplicates
are dropped. A credit note cancels the latest earlier sale of the same customer, product and quantity, and both go;
a credit note without such a sale goes alone. Every product carries its most frequent description. Input columns:
`invoice_no, stock_code, description, quantity, invoice_ts, unit_price_gbp, customer_id, country`.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PRODUCT_CODE = re.compile(r"\d{5}[A-Z]{0,2}")
SHIPPED = Path(__file__).parent.parent / "src" / "world" / "brand" / "online_retail.parquet"
SCHEMA = pa.schema(
    [
        ("invoice_no", pa.int32()),
        ("stock_code", pa.dictionary(pa.int16(), pa.string())),
        ("description", pa.dictionary(pa.int16(), pa.string())),
        ("quantity", pa.int32()),
        ("invoice_ts", pa.timestamp("s")),
        ("unit_price_gbp", pa.float64()),
        ("customer_id", pa.int32()),
        ("country", pa.dictionary(pa.int8(), pa.string())),
    ]
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the published file; `quantity` < 0 on a credit note, `customer_id` None for a guest."""

    invoice_no: str
    stock_code: str
    description: str | None
    quantity: int
    invoice_ts: datetime
    unit_price_gbp: float
    customer_id: int | None
    country: str


def read(path: Path) -> Iterator[Line]:
    """The lines of the published file, in its order."""
    for batch in pq.ParquetFile(path).iter_batches():
        for row in batch.to_pylist():
            yield Line(**row)


def products_only(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines that sell or return a product at a price; exact duplicates once."""
    seen: set[Line] = set()
    for line in lines:
        if line in seen:
            continue
        seen.add(line)
        if PRODUCT_CODE.fullmatch(line.stock_code) and line.unit_price_gbp > 0:
            yield line


def net_of_credit_notes(lines: Iterable[Line]) -> list[Line]:
    """The sales that no credit note took back, by time, invoice and product."""
    by_time = sorted(lines, key=lambda line: (line.invoice_ts, line.invoice_no, line.stock_code))
    standing: defaultdict[tuple[int | None, str, int], list[int]] = defaultdict(list)
    returned: set[int] = set()
    for index, line in enumerate(by_time):
        key = (line.customer_id, line.stock_code, abs(line.quantity))
        if line.quantity > 0:
            standing[key].append(index)
        elif line.customer_id is not None and standing[key]:
            returned.add(standing[key].pop())
    return [line for index, line in enumerate(by_time) if line.quantity > 0 and index not in returned]


def usual_descriptions(lines: Iterable[Line]) -> dict[str, str]:
    """The most frequent description of every product, blanks tidied; ties to the one seen first."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        if line.description:
            counts[line.stock_code][" ".join(line.description.split())] += 1
    return {code: names.most_common(1)[0][0] for code, names in counts.items()}


def write(lines: list[Line], path: Path) -> None:
    """The kept lines as one small Parquet file."""
    names = usual_descriptions(lines)
    rows = [
        {
            "invoice_no": int(line.invoice_no),
            "stock_code": line.stock_code,
            "description": names.get(line.stock_code, ""),
            "quantity": line.quantity,
            "invoice_ts": line.invoice_ts,
            "unit_price_gbp": line.unit_price_gbp,
            "customer_id": line.customer_id,
            "country": line.country,
        }
        for line in lines
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path, compression="zstd", compression_level=19)


def main() -> None:
    """Read, clean, write, and say how many lines each rule took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=SHIPPED)
    paths = parser.parse_args()
    every = list(read(paths.source))
    products = list(products_only(every))
    kept = net_of_credit_notes(products)
    write(kept, paths.out)
    credits_ = sum(line.quantity < 0 for line in products)
    print(f"{len(every)} lines read, {len(every) - len(products)} duplicates or not products")
    print(f"{credits_} credit notes, {len(products) - credits_ - len(kept)} sales they took back")
    print(f"{len(kept)} lines in {paths.out.name}, {paths.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
