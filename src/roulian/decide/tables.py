"""Where proposals, the promise ledger and the bulk lines are kept.

One open proposal per kind and SKU (a partial unique index): a repeated night refreshes it. Promises are
append-only by version; the newest version of an order is the one that holds.
"""

from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.decide.model.promise import Peg, Promise, Promised, PromiseSource
from roulian.decide.model.proposal import Proposal, ProposalKind, ProposalStatus
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.store import METADATA, any_of
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

_OPEN = sa.text("status = 'open'")
PROPOSALS = sa.Table(
    "decide_proposals",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("need_day", sa.Text, nullable=False),
    sa.Column("cost_fen", sa.BigInteger, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("reason_facts", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("closed_at", sa.BigInteger),
    sa.Column("why", sa.Text, nullable=False),
    sa.CheckConstraint("qty > 0", name="ck_decide_proposals_qty"),
    sa.Index("ux_decide_proposals_open", "kind", "sku", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    sa.Index("ix_decide_proposals_sku", "sku"),
)
PROMISES = sa.Table(
    "decide_promises",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("reason_facts", sa.Text, nullable=False),
    sa.Column("pegs", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("is_kept", sa.Integer),
)
BULK_LINES = sa.Table(
    "decide_bulk_lines",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("set_at", sa.BigInteger, nullable=False),
)

_PROPOSAL = (
    PROPOSALS.c.id,
    PROPOSALS.c.kind,
    PROPOSALS.c.sku,
    PROPOSALS.c.qty,
    PROPOSALS.c.need_day,
    PROPOSALS.c.cost_fen,
    PROPOSALS.c.reason_code,
    PROPOSALS.c.reason_facts,
    PROPOSALS.c.status,
    PROPOSALS.c.made_at,
    PROPOSALS.c.closed_at,
    PROPOSALS.c.why,
)
_PROMISED = (
    PROMISES.c.order_id,
    PROMISES.c.version,
    PROMISES.c.line,
    PROMISES.c.sku,
    PROMISES.c.qty,
    PROMISES.c.day,
    PROMISES.c.source,
    PROMISES.c.reason_code,
    PROMISES.c.reason_facts,
    PROMISES.c.pegs,
    PROMISES.c.made_at,
    PROMISES.c.is_kept,
)

FILE = sa.text(
    "INSERT INTO decide_proposals (id, kind, sku, qty, need_day, cost_fen, reason_code, reason_facts, status,"
    " made_at, why) VALUES (:id, :kind, :sku, :qty, :need_day, :cost_fen, :code, :facts, 'open', :at, '')"
    " ON CONFLICT (kind, sku) WHERE status = 'open' DO UPDATE SET qty = excluded.qty,"
    " need_day = excluded.need_day, cost_fen = excluded.cost_fen, reason_code = excluded.reason_code,"
    " reason_facts = excluded.reason_facts, made_at = excluded.made_at RETURNING id",
)
CLOSE = sa.text(
    "UPDATE decide_proposals SET status = :status, closed_at = :at, why = :why WHERE id = :id AND status = 'open'",
)
PROPOSAL = sa.select(*_PROPOSAL).where(PROPOSALS.c.id == sa.bindparam("id"))
PROPOSALS_OF = sa.select(*_PROPOSAL).where(any_of(PROPOSALS.c.id, "ids")).order_by(PROPOSALS.c.id)
_BEFORE, _SKU = sa.bindparam("before", type_=sa.Text), sa.bindparam("sku", type_=sa.Text)
PROPOSALS_PAGE = (
    sa.select(*_PROPOSAL)
    .where(
        any_of(PROPOSALS.c.status, "statuses"),
        any_of(PROPOSALS.c.kind, "kinds"),
        sa.or_(sa.cast(_SKU, sa.Text).is_(None), PROPOSALS.c.sku == _SKU),
        sa.or_(sa.cast(_BEFORE, sa.Text).is_(None), PROPOSALS.c.id < _BEFORE),
    )
    .order_by(PROPOSALS.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
NEWEST_VERSIONS = (
    sa.select(PROMISES.c.order_id, sa.func.max(PROMISES.c.version))
    .where(any_of(PROMISES.c.order_id, "orders"))
    .group_by(PROMISES.c.order_id)
)
ADD_PROMISE = sa.text(
    "INSERT INTO decide_promises (order_id, version, line, sku, qty, day, source, reason_code, reason_facts, pegs,"
    " made_at) VALUES (:order, :version, :line, :sku, :qty, :day, :source, :code, :facts, :pegs, :at)",
)
SETTLE = sa.text(
    "UPDATE decide_promises SET is_kept = :is_kept WHERE order_id = :order AND sku = :sku"
    " AND is_kept IS NULL AND version = (SELECT max(n.version) FROM decide_promises n WHERE n.order_id = :order)",
)
SETTLE_FIRST = sa.text(
    "UPDATE decide_promises SET is_kept = CASE WHEN :day <="
    " (SELECT max(f.day) FROM decide_promises f WHERE f.order_id = :order AND f.version = 1) THEN 1 ELSE 0 END"
    " WHERE order_id = :order AND sku = :sku AND is_kept IS NULL AND version = 1",
)
_NEWEST = PROMISES.alias("newest")
PROMISES_OF = (
    sa.select(*_PROMISED)
    .where(
        any_of(PROMISES.c.order_id, "orders"),
        PROMISES.c.version
        == sa.select(sa.func.max(_NEWEST.c.version)).where(_NEWEST.c.order_id == PROMISES.c.order_id).scalar_subquery(),
    )
    .order_by(PROMISES.c.order_id, PROMISES.c.line)
)
HISTORY_OF = (
    sa.select(*_PROMISED)
    .where(PROMISES.c.order_id == sa.bindparam("order"))
    .order_by(PROMISES.c.version, PROMISES.c.line)
)
FIRST_DAYS_OF = (
    sa.select(PROMISES.c.order_id, sa.func.max(PROMISES.c.day))
    .where(any_of(PROMISES.c.order_id, "orders"), PROMISES.c.version == 1)
    .group_by(PROMISES.c.order_id)
)
SET_BULK_LINE = sa.text(
    "INSERT INTO decide_bulk_lines (sku, units, set_at) VALUES (:sku, :units, :at)"
    " ON CONFLICT (sku) DO UPDATE SET units = excluded.units, set_at = excluded.set_at",
)
BULK_LINES_OF = sa.select(BULK_LINES.c.sku, BULK_LINES.c.units).where(any_of(BULK_LINES.c.sku, "skus"))


def promise_values(promise: Promise, *, order: OrderId, version: int, line: int, at: Instant) -> dict[str, Any]:
    """A promise as the parameters of `ADD_PROMISE`."""
    return {
        "order": order,
        "version": version,
        "line": line,
        "sku": promise.sku,
        "qty": promise.qty,
        "day": promise.day.iso(),
        "source": promise.source.value,
        "code": promise.reason.code.value,
        "facts": facts_json(promise.reason),
        "pegs": pegs_json(promise.pegs),
        "at": at.ms,
    }


def facts_json(reason: Reason) -> str:
    """The facts of a reason as JSON text."""
    return msgspec.json.encode(dict(reason.facts)).decode()


def pegs_json(pegs: tuple[Peg, ...]) -> str:
    """Pegs as JSON text: source, quantity, ISO day, reference."""
    return msgspec.json.encode([[peg.source.value, peg.qty, peg.day.iso(), peg.ref] for peg in pegs]).decode()


def proposal(row: tuple[Any, ...]) -> Proposal:
    """A row of proposal columns."""
    return Proposal(
        id=row[0],
        kind=ProposalKind(row[1]),
        sku=SkuId(row[2]),
        qty=row[3],
        need_day=Day.parse(row[4]),
        cost_fen=row[5],
        reason=_reason(row[6], row[7]),
        status=ProposalStatus(row[8]),
        made_at=Instant(row[9]),
        closed_at=None if row[10] is None else Instant(row[10]),
        why=row[11],
    )


def promised(row: tuple[Any, ...]) -> Promised:
    """A row of ledger columns."""
    made = Promise(
        sku=SkuId(row[3]),
        qty=row[4],
        day=Day.parse(row[5]),
        source=PromiseSource(row[6]),
        reason=_reason(row[7], row[8]),
        pegs=_pegs(row[9]),
    )
    kept = None if row[11] is None else bool(row[11])
    return Promised(OrderId(row[0]), row[1], row[2], made, Instant(row[10]), kept)


def _reason(code: str, facts: str) -> Reason:
    return Reason(ReasonCode(code), msgspec.json.decode(facts, type=dict[str, int | str]))


def _pegs(stored: str) -> tuple[Peg, ...]:
    pegs = msgspec.json.decode(stored, type=list[tuple[str, int, str, str]])
    return tuple(Peg(PromiseSource(source), qty, Day.parse(day), ref) for source, qty, day, ref in pegs)


LEDGER_OUTCOMES = sa.text(
    "SELECT CASE p.is_kept WHEN 1 THEN 'kept' ELSE 'broken' END AS outcome, COUNT(*) FROM decide_promises p"
    " WHERE p.is_kept IS NOT NULL AND p.made_at >= :first_at AND p.made_at < :end_at"
    " AND p.version = (SELECT max(n.version) FROM decide_promises n WHERE n.order_id = p.order_id) GROUP BY outcome"
)
LEDGER_FIRST = sa.text(
    "SELECT CASE is_kept WHEN 1 THEN 'kept' ELSE 'broken' END AS outcome, COUNT(*) FROM decide_promises"
    " WHERE is_kept IS NOT NULL AND version = 1 AND made_at >= :first_at AND made_at < :end_at GROUP BY outcome"
)
LEDGER_SOURCES = sa.text(
    "SELECT source, COUNT(*) FROM decide_promises"
    " WHERE version = 1 AND made_at >= :first_at AND made_at < :end_at GROUP BY source ORDER BY source"
)
LEDGER_MOVES = sa.text(
    "SELECT COUNT(*) FROM (SELECT DISTINCT order_id, version FROM decide_promises"
    " WHERE version > 1 AND made_at >= :first_at AND made_at < :end_at) AS moves"
)
