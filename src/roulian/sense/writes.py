"""What comes in: signals, sales, article statistics. Every verb may be repeated without effect."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain, islice
from typing import Any

from roulian.sense import tables
from roulian.sense.model import ArticleDay, Batch, Sale
from roulian.store import Tx
from roulian.words.errors import Unreachable
from roulian.words.ids import MemberId
from roulian.words.time import Instant

_CHUNK = 10_000
_MISSED_NIGHTS = timedelta(days=31)


def record(tx: Tx, batches: Sequence[Batch]) -> tuple[int, ...]:
    """How many signals of each batch were not seen before: they are kept now, and those of people counted.

    Any number of batches, about 5 µs a signal on SQLite. They are taken for new, and looked up only when one is not:
    phones seldom repeat themselves. Raises `Unreachable` when another process keeps one of the signals at this very
    moment: sent again, all is well.
    """
    fresh = _fresh(batches, known=set())
    if tx.apart(lambda tx: _keep(tx, fresh), cause=tx.cause) is not None:
        keys = [key for batch in fresh for key in batch.keys]
        fresh = _fresh(fresh, known={row[0] for row in tx.rows(tables.KNOWN_SIGNALS, keys=keys)})
        _keep(tx, fresh)
    _count(tx, fresh)
    return tuple(len(batch.keys) for batch in fresh)


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


def forget(tx: Tx, members: Collection[MemberId]) -> int:
    """Whose these members' signals were is known no more; the signals count on. How many they were. Reads all signals."""
    return tx.run(tables.UNLINK, members=list(members))


def forget_old(tx: Tx, *, before: Instant) -> int:
    """Whose a signal seen before `before` was is known no more; nights missed in the last month are made up for."""
    return tx.run(tables.UNLINK_OLD, since=before.plus(-_MISSED_NIGHTS).ms, before=before.ms)


def _sell_chunk(tx: Tx, chunk: list[Sale]) -> int:
    batch = tx.new_id("bat")
    tx.many(tables.ADD_SALE, list(_sale_rows(chunk, batch)))
    found = tx.one(tables.COUNT_SALES, batch=batch)
    added = int(found[0]) if found else 0
    if added:
        tx.run(tables.RAISE_DEMAND, batch=batch)
    return added


def _fresh(batches: Sequence[Batch], *, known: set[int]) -> list[Batch]:
    """The batches without what is known, and without what an earlier one of them holds."""
    return [_fresh_of(batch, known) for batch in batches]


def _fresh_of(batch: Batch, known: set[int]) -> Batch:
    """The batch without what is known; what is left of it is known from now on."""
    keys = set(batch.keys)
    if len(keys) == len(batch.keys) and known.isdisjoint(keys):
        known |= keys
        return batch
    places = {key: place for place, key in enumerate(batch.keys) if key not in known}
    known.update(places)
    return batch.only(sorted(places.values()))


def _keep(tx: Tx, batches: Sequence[Batch]) -> None:
    """All of them; raises `Unreachable` if one is there already."""

    def end_to_end(columns: Iterable[Sequence[Any]]) -> list[Any]:
        return list(chain.from_iterable(columns))

    sizes = [len(batch.keys) for batch in batches]
    columns = {
        "key": end_to_end(batch.keys for batch in batches),
        "member": end_to_end([batch.member] * size for batch, size in zip(batches, sizes, strict=True)),
        "kind": end_to_end(batch.kinds for batch in batches),
        "sku": end_to_end(batch.skus for batch in batches),
        "article": end_to_end(batch.articles for batch in batches),
        "region": end_to_end([batch.region] * size for batch, size in zip(batches, sizes, strict=True)),
        "seen_at": end_to_end(batch.seen_ms for batch in batches),
        "is_bot": end_to_end([int(batch.is_bot)] * size for batch, size in zip(batches, sizes, strict=True)),
    }
    if tx.pour(tables.SIGNALS, columns) < sum(sizes):
        raise Unreachable("the same signals came twice at once")


def _count(tx: Tx, batches: Sequence[Batch]) -> None:
    """Raise the daily counts by what people did."""
    counts: Counter[tuple[str, str | None, str]] = Counter()
    for batch in batches:
        if not batch.is_bot:
            counts.update(zip(_days(batch.seen_ms), batch.skus, batch.kinds, strict=True))
    rows = sorted((day, sku or "", kind, n) for (day, sku, kind), n in counts.items())
    tx.many(tables.RAISE_SIGNAL_DAY, [{"day": day, "sku": sku, "kind": kind, "n": n} for day, sku, kind, n in rows])


def _days(seen_ms: Sequence[int]) -> Sequence[str]:
    """The ISO day of each; a batch is seldom of more than one."""
    first, last = (Instant(most(seen_ms, default=0)).day() for most in (min, max))
    return [first.iso()] * len(seen_ms) if first == last else [Instant(ms).day().iso() for ms in seen_ms]


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
