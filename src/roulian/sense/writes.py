"""What comes in: signals, sales, article statistics. Every verb may be repeated without effect."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from roulian.sense import tables
from roulian.sense.model import ArticleDay, Sale, Signal
from roulian.store import Tx
from roulian.words.errors import Unreachable
from roulian.words.ids import MemberId
from roulian.words.time import Instant

_CHUNK = 10_000
_MISSED_NIGHTS = timedelta(days=31)


def record(tx: Tx, signals: Iterable[Signal]) -> frozenset[str]:
    """The ids of the signals not seen before, which are now kept; the daily counts are raised by those of people.

    Raises `Unreachable` when another process keeps one of them at this very moment: sent again, all is well.
    """
    named = {signal.id: signal for signal in signals}
    known = {row[0] for row in tx.rows(tables.KNOWN_SIGNALS, ids=list(named))} if named else set()
    # In the order of their ids the engine fills page by page: a tenth less work than in the order of arrival.
    news = [named[ident] for ident in sorted(named.keys() - known)]
    if tx.many(tables.ADD_SIGNAL, list(_signal_rows(news))) < len(news):
        raise Unreachable("the same signals came twice at once")
    counts = Counter((signal.at.day(), signal.sku or "", signal.kind) for signal in news if not signal.is_bot)
    tx.many(
        tables.RAISE_SIGNAL_DAY,
        [{"day": day.iso(), "sku": sku, "kind": kind.value, "n": n} for (day, sku, kind), n in sorted(counts.items())],
    )
    return frozenset(signal.id for signal in news)


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


def _signal_rows(signals: Iterable[Signal]) -> Iterator[dict[str, object]]:
    days: dict[int, str] = {}
    for signal in signals:
        day = signal.at.day()
        yield {
            "id": signal.id,
            "member": signal.member,
            "kind": signal.kind.value,
            "sku": signal.sku,
            "article": signal.article,
            "region": signal.region,
            "at": signal.at.ms,
            "day": days.get(day.number) or days.setdefault(day.number, day.iso()),
            "is_bot": int(signal.is_bot),
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
