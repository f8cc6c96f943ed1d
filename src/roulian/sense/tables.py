"""Where signals, sales and article statistics are kept.

A signal goes to the end of its table, and its key beside the keys of the same phone: a batch touches few pages, however
many signals there are and whatever their senders call them. It has no key once whose it was is known no more.

The daily counts are raised by exactly the rows that a call added, whatever another process adds at the same time:
signals are looked up before they are added, sales carry a `batch` id.
"""

from typing import Any

import sqlalchemy as sa

from roulian.sense.model import ArticleDay, RegionDay, Sale, Signal, SignalDay, SignalKind
from roulian.store import METADATA, any_of
from roulian.words.ids import ArticleId, MemberId, SkuId
from roulian.words.time import Day, Instant

SIGNALS = sa.Table(
    "sense_signals",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("key", sa.BigInteger, unique=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sku", sa.Text),
    sa.Column("article", sa.Text),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("is_bot", sa.Integer, nullable=False, server_default="0"),
)
SIGNAL_DAYS = sa.Table(
    "sense_signal_days",
    METADATA,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("n", sa.BigInteger, nullable=False),
)
SALES = sa.Table(
    "sense_sales",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("batch", sa.Text, nullable=False, index=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("price_fen", sa.BigInteger, nullable=False),
    sa.Index("ix_sense_sales_sku_day_units", "sku", "day", "units"),
    sa.Index("ix_sense_sales_day", "day"),
)
DEMAND = sa.Table(
    "sense_demand",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
)
ARTICLE_DAYS = sa.Table(
    "sense_article_days",
    METADATA,
    sa.Column("article", sa.Text, primary_key=True),
    sa.Column("ref_day", sa.Text, primary_key=True),
    sa.Column("readers", sa.BigInteger, nullable=False),
    sa.Column("sharers", sa.BigInteger, nullable=False),
    sa.Column("is_final", sa.Integer, nullable=False),
)

KNOWN_SIGNALS = sa.select(SIGNALS.c.key).where(any_of(SIGNALS.c.key, "keys"))
RAISE_SIGNAL_DAY = sa.text(
    "INSERT INTO sense_signal_days (day, sku, kind, n) VALUES (:day, :sku, :kind, :n)"
    " ON CONFLICT (day, sku, kind) DO UPDATE SET n = sense_signal_days.n + excluded.n",
)
ADD_SALE = sa.text(
    "INSERT INTO sense_sales (source, batch, sku, region, day, units, price_fen)"
    " VALUES (:source, :batch, :sku, :region, :day, :units, :price_fen) ON CONFLICT (source) DO NOTHING",
)
COUNT_SALES = sa.text("SELECT count(*) FROM sense_sales WHERE batch = :batch")
RAISE_DEMAND = sa.text(
    "INSERT INTO sense_demand (sku, day, region, units, lines)"
    " SELECT sku, day, region, sum(units), count(*) FROM sense_sales WHERE batch = :batch"
    " GROUP BY sku, day, region ORDER BY sku, day, region"
    " ON CONFLICT (sku, day, region) DO UPDATE"
    " SET units = sense_demand.units + excluded.units, lines = sense_demand.lines + excluded.lines",
)
KEEP_ARTICLE_DAY = sa.text(
    "INSERT INTO sense_article_days (article, ref_day, readers, sharers, is_final)"
    " VALUES (:article, :ref_day, :readers, :sharers, :is_final)"
    " ON CONFLICT (article, ref_day) DO UPDATE"
    " SET readers = excluded.readers, sharers = excluded.sharers, is_final = excluded.is_final"
    " WHERE sense_article_days.is_final = 0 OR excluded.is_final = 1",
)

_FIRST, _LAST = sa.bindparam("first", type_=sa.Text), sa.bindparam("last", type_=sa.Text)
_SKU = sa.bindparam("sku", type_=sa.Text)

DEMAND_OF = (
    sa.select(DEMAND.c.sku, DEMAND.c.day, sa.func.sum(DEMAND.c.units))
    .where(any_of(DEMAND.c.sku, "skus"), DEMAND.c.day.between(_FIRST, _LAST))
    .group_by(DEMAND.c.sku, DEMAND.c.day)
)
LARGE_LINES = sa.select(SALES.c.sku, SALES.c.day, SALES.c.units).where(
    any_of(SALES.c.sku, "skus"),
    SALES.c.day.between(_FIRST, _LAST),
    SALES.c.units >= sa.bindparam("least", type_=sa.BigInteger),
)
LINE_SIZES = (
    sa.select(SALES.c.sku, SALES.c.units, sa.func.count())
    .where(any_of(SALES.c.sku, "skus"), SALES.c.day.between(_FIRST, _LAST), SALES.c.units > 0)
    .group_by(SALES.c.sku, SALES.c.units)
    .order_by(SALES.c.sku, SALES.c.units)
)
SOLD_SKUS = (
    sa.select(DEMAND.c.sku)
    .where(DEMAND.c.day.between(_FIRST, _LAST))
    .group_by(DEMAND.c.sku)
    .having(sa.func.sum(DEMAND.c.units) > 0)
    .order_by(DEMAND.c.sku)
)
SPAN = sa.select(sa.func.min(DEMAND.c.day), sa.func.max(DEMAND.c.day))
REGION_DEMAND = (
    sa.select(DEMAND.c.region, DEMAND.c.day, DEMAND.c.units, DEMAND.c.lines)
    .where(DEMAND.c.sku == _SKU, DEMAND.c.day.between(_FIRST, _LAST))
    .order_by(DEMAND.c.day, DEMAND.c.region)
)
SIGNAL_DAYS_ALL = (
    sa.select(SIGNAL_DAYS.c.day, SIGNAL_DAYS.c.kind, sa.func.sum(SIGNAL_DAYS.c.n))
    .where(SIGNAL_DAYS.c.day.between(_FIRST, _LAST))
    .group_by(SIGNAL_DAYS.c.day, SIGNAL_DAYS.c.kind)
    .order_by(SIGNAL_DAYS.c.day, SIGNAL_DAYS.c.kind)
)
SIGNAL_DAYS_OF = (
    sa.select(SIGNAL_DAYS.c.day, SIGNAL_DAYS.c.kind, SIGNAL_DAYS.c.n)
    .where(SIGNAL_DAYS.c.day.between(_FIRST, _LAST), SIGNAL_DAYS.c.sku == _SKU)
    .order_by(SIGNAL_DAYS.c.day, SIGNAL_DAYS.c.kind)
)
SIGNALS_PAGE = sa.text(
    "SELECT s.seq, s.member, s.kind, s.sku, s.article, s.region, s.seen_at FROM sense_signals s"
    " WHERE s.is_bot = 0"
    " AND (CAST(:sku AS TEXT) IS NULL OR s.sku = :sku) AND (CAST(:kind AS TEXT) IS NULL OR s.kind = :kind)"
    " AND (CAST(:before AS BIGINT) IS NULL OR (s.seen_at, s.seq) <"
    " (SELECT b.seen_at, b.seq FROM sense_signals b WHERE b.seq = :before))"
    " ORDER BY s.seen_at DESC, s.seq DESC LIMIT :limit",
)
SIGNALS_OF = (
    sa.select(
        SIGNALS.c.seq,
        SIGNALS.c.member,
        SIGNALS.c.kind,
        SIGNALS.c.sku,
        SIGNALS.c.article,
        SIGNALS.c.region,
        SIGNALS.c.seen_at,
    )
    .where(any_of(SIGNALS.c.member, "members"))
    .order_by(SIGNALS.c.seen_at, SIGNALS.c.seq)
)
UNLINK = sa.update(SIGNALS).where(any_of(SIGNALS.c.member, "members")).values(member="", key=None)
UNLINK_OLD = (
    sa.update(SIGNALS)
    .where(SIGNALS.c.seen_at >= sa.bindparam("since"), SIGNALS.c.seen_at < sa.bindparam("before"))
    .values(member="", key=None)
)
SALES_PAGE = sa.text(
    "SELECT s.source, s.sku, s.region, s.day, s.units, s.price_fen FROM sense_sales s"
    " WHERE (CAST(:sku AS TEXT) IS NULL OR s.sku = :sku)"
    " AND (CAST(:region AS TEXT) IS NULL OR s.region = :region)"
    " AND (CAST(:before AS TEXT) IS NULL OR (s.day, s.source) <"
    " (SELECT b.day, b.source FROM sense_sales b WHERE b.source = :before))"
    " ORDER BY s.day DESC, s.source DESC LIMIT :limit",
)
ARTICLE_DAYS_OF = (
    sa.select(
        ARTICLE_DAYS.c.article,
        ARTICLE_DAYS.c.ref_day,
        ARTICLE_DAYS.c.readers,
        ARTICLE_DAYS.c.sharers,
        ARTICLE_DAYS.c.is_final,
    )
    .where(any_of(ARTICLE_DAYS.c.article, "articles"), ARTICLE_DAYS.c.ref_day.between(_FIRST, _LAST))
    .order_by(ARTICLE_DAYS.c.article, ARTICLE_DAYS.c.ref_day)
)


def signal(row: tuple[Any, ...]) -> Signal:
    """A row of `SIGNALS_PAGE` as a signal."""
    seq, member, kind, sku, article, region, at_ms = row
    what = None if sku is None else SkuId(sku), None if article is None else ArticleId(article)
    return Signal(seq, MemberId(member), SignalKind(kind), *what, region, Instant(at_ms))


def sale(row: tuple[Any, ...]) -> Sale:
    """A row of `SALES_PAGE` as a sale."""
    return Sale(row[0], SkuId(row[1]), row[2], Day.parse(row[3]), row[4], row[5])


def region_day(row: tuple[Any, ...]) -> RegionDay:
    """A row of `REGION_DEMAND`."""
    return RegionDay(row[0], Day.parse(row[1]), row[2], row[3])


def signal_day(row: tuple[Any, ...], sku: SkuId | None) -> SignalDay:
    """A row of `SIGNAL_DAYS_ALL` or `SIGNAL_DAYS_OF`; sums come back as decimals on some engines."""
    return SignalDay(Day.parse(row[0]), SignalKind(row[1]), int(row[2]), sku)


def article_day(row: tuple[Any, ...]) -> ArticleDay:
    """A row of `ARTICLE_DAYS_OF`."""
    return ArticleDay(ArticleId(row[0]), Day.parse(row[1]), row[2], row[3], bool(row[4]))
