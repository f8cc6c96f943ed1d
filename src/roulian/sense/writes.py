"""What comes in: signals, sales, article statistics. Every verb may be repeated without effect."""

from collections.abc import Iterable, Iterator
from itertools import islice

from roulian.sense import tables
from roulian.sense.model import ArticleDay, Sale, Signal
from roulian.store import Tx

_CHUNK = 10_000


def record(tx: Tx, signals: Iterable[Signal]) -> int:
    """Keep the signals not seen before, raise the daily counts by them, and say how many they were."""
    batch = tx.new_id("bat")
    rows = [_signal_row(signal, batch) for signal in signals]
    if not rows:
        return 0
    tx.many(tables.ADD_SIGNAL, rows)
    return _added(tx, tables.COUNT_SIGNALS, tables.RAISE_SIGNAL_DAYS, batch)


def sold(tx: Tx, sales: Iterable[Sale]) -> int:
    """Keep the sales whose source is new, raise demand by SKU × region × day, and say how many they were.

    Any number of sales: they pass through in chunks, about 10 µs each.
    """
    remaining = iter(sales)
    return sum(_sell_chunk(tx, chunk) for chunk in iter(lambda: list(islice(remaining, _CHUNK)), []))


def save_article_days(tx: Tx, rows: Iterable[ArticleDay]) -> None:
    """Keep what WeChat counts for each article and day; final numbers are never replaced by provisional ones."""
    days = [
        {
            "article": row.article,
            "ref_day": row.ref_day.iso(),
            "readers": row.readers,
            "sharers": row.sharers,
            "is_final": int(row.is_final),
        }
        for row in sorted(rows, key=lambda row: (row.article, row.ref_day))
    ]
    if days:
        tx.many(tables.KEEP_ARTICLE_DAY, days)


def _sell_chunk(tx: Tx, chunk: list[Sale]) -> int:
    batch = tx.new_id("bat")
    tx.many(tables.ADD_SALE, list(_sale_rows(chunk, batch)))
    return _added(tx, tables.COUNT_SALES, tables.RAISE_DEMAND, batch)


def _added(tx: Tx, count: tables.Sql, raise_days: tables.Sql, batch: str) -> int:
    found = tx.one(count, batch=batch)
    added = int(found[0]) if found else 0
    if added:
        tx.run(raise_days, batch=batch)
    return added


def _signal_row(signal: Signal, batch: str) -> dict[str, object]:
    return {
        "id": signal.id,
        "batch": batch,
        "member": signal.member,
        "kind": signal.kind.value,
        "sku": signal.sku,
        "article": signal.article,
        "region": signal.region,
        "at": signal.at.ms,
        "day": signal.at.day().iso(),
    }


def _sale_rows(chunk: list[Sale], batch: str) -> Iterator[dict[str, object]]:
    days: dict[int, str] = {}
    for sale in chunk:
        day = days.get(sale.day.number) or days.setdefault(sale.day.number, sale.day.iso())
        yield {
            "source": sale.source,
            "batch": batch,
            "sku": sale.sku,
            "region": sale.region,
            "day": day,
            "units": sale.units,
            "price_fen": sale.price_fen,
        }
