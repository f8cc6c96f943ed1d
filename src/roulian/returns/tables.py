"""Cases, their items, and how much of each order line is asked back: a guarded counter, so that nothing is twice."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from roulian.returns.model import Case, CaseId, CaseItem, CaseKind, CaseReason, CaseStatus
from roulian.store import METADATA, any_of
from roulian.words.ids import MemberId, OrderId, SkuId
from roulian.words.time import Instant

CASES = sa.Table(
    "returns_cases",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("asked_at", sa.BigInteger, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.UniqueConstraint("member", "key", name="returns_cases_once"),
)
ITEMS = sa.Table(
    "returns_items",
    METADATA,
    sa.Column("case_id", sa.Text, sa.ForeignKey("returns_cases.id"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("price_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("back_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("replacement", sa.Text),
    sa.CheckConstraint("qty > 0", name="returns_items_qty"),
)
ASKED_BACK = sa.Table(
    "returns_asked",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.CheckConstraint("qty >= 0", name="returns_asked_qty"),
)

_C = CASES.c
_FULL = sa.select(
    _C.id,
    _C.order_id,
    _C.member,
    _C.kind,
    _C.reason,
    _C.status,
    _C.asked_at,
    _C.answer,
    ITEMS.c.line,
    ITEMS.c.sku,
    ITEMS.c.qty,
    ITEMS.c.price_fen,
    ITEMS.c.paid_fen,
    ITEMS.c.back_fen,
    ITEMS.c.replacement,
).join_from(CASES, ITEMS)
_STATUS, _BEFORE = (sa.bindparam(name, type_=sa.Text) for name in ("of_status", "before"))

ADD_CASE = sa.text(
    "INSERT INTO returns_cases (id, order_id, member, key, kind, reason, status, asked_at, answer)"
    " VALUES (:id, :order, :member, :key, :kind, :reason, :status, :asked_at, '') ON CONFLICT (member, key) DO NOTHING",
)
ADD_ITEM = ITEMS.insert()
TAKE = sa.text(
    "INSERT INTO returns_asked (order_id, line, qty) VALUES (:order, :line, :qty)"
    " ON CONFLICT (order_id, line) DO UPDATE SET qty = returns_asked.qty + excluded.qty"
    " WHERE returns_asked.qty + excluded.qty <= :most",
)
LET_GO = (
    ASKED_BACK.update()
    .where(
        ASKED_BACK.c.order_id == sa.bindparam("order", type_=sa.Text),
        ASKED_BACK.c.line == sa.bindparam("of_line", type_=sa.Integer),
    )
    .values(qty=ASKED_BACK.c.qty - sa.bindparam("by", type_=sa.BigInteger))
)
STEP = (
    CASES.update()
    .where(_C.id == sa.bindparam("case", type_=sa.Text), _C.status == sa.bindparam("was", type_=sa.Text))
    .values(status=sa.bindparam("new_status", type_=sa.Text), answer=sa.bindparam("new_answer", type_=sa.Text))
)
OF_IDS = _FULL.where(any_of(_C.id, "ids")).order_by(_C.id, ITEMS.c.line)
OF_ORDER = _FULL.where(_C.order_id == sa.bindparam("order", type_=sa.Text)).order_by(_C.id, ITEMS.c.line)
OF_KEY = _FULL.where(
    _C.member == sa.bindparam("of_member", type_=sa.Text), _C.key == sa.bindparam("of_key", type_=sa.Text)
).order_by(ITEMS.c.line)
PAGE = (
    sa.select(_C.id)
    .where(sa.or_(_STATUS.is_(None), _C.status == _STATUS), sa.or_(_BEFORE.is_(None), _C.id < _BEFORE))
    .order_by(_C.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def cases(rows: Iterable[tuple[Any, ...]]) -> dict[CaseId, Case]:
    """Rows of cases joined with their items, in the rows' order."""
    heads: dict[CaseId, tuple[Any, ...]] = {}
    items: dict[CaseId, list[CaseItem]] = {}
    for row in rows:
        ident = CaseId(row[0])
        heads.setdefault(ident, row)
        items.setdefault(ident, []).append(_item(row[8:]))
    return {ident: _case(head, tuple(items[ident])) for ident, head in heads.items()}


def _item(row: tuple[Any, ...]) -> CaseItem:
    line, sku, qty, price_fen, paid_fen, back_fen, replacement = row
    wanted = None if replacement is None else SkuId(replacement)
    return CaseItem(line, SkuId(sku), qty, price_fen, paid_fen, back_fen, wanted)


def item_values(case: Case) -> list[dict[str, Any]]:
    """The case's items as the parameters of `ADD_ITEM`."""
    return [
        {
            "case_id": case.id,
            "line": item.line,
            "sku": item.sku,
            "qty": item.qty,
            "price_fen": item.price_fen,
            "paid_fen": item.paid_fen,
            "back_fen": item.back_fen,
            "replacement": item.replacement,
        }
        for item in case.items
    ]


def _case(row: tuple[Any, ...], items: tuple[CaseItem, ...]) -> Case:
    ident, order, member, kind, reason, status, asked_at, answer = row[:8]
    return Case(
        id=CaseId(ident),
        order=OrderId(order),
        member=MemberId(member),
        kind=CaseKind(kind),
        reason=CaseReason(reason),
        items=items,
        status=CaseStatus(status),
        asked_at=Instant(asked_at),
        answer=answer,
    )
