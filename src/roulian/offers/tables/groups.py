"""Group-buys, their groups, and the seats orders hold in them.

A group's row counts its seats; whoever counts locks it until the commit, so the last seat is taken once and the last
payment completes the group once, in whatever process.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from roulian.offers.model import (
    Group,
    GroupBuy,
    GroupBuyId,
    GroupBuyStatus,
    GroupBuyTerms,
    GroupId,
    GroupStatus,
    Seat,
    SeatStatus,
)
from roulian.store import METADATA, Tx, any_of
from roulian.words.ids import MemberId, OrderId, SkuId
from roulian.words.time import Instant

GROUPBUYS = sa.Table(
    "offers_groupbuys",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False, index=True),
    sa.Column("price_fen", sa.BigInteger, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("fill_hours", sa.Integer, nullable=False),
    sa.Column("most_qty", sa.Integer, nullable=False),
    sa.Column("from_at", sa.BigInteger, nullable=False),
    sa.Column("until_at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("made_at", sa.BigInteger, nullable=False),
)
GROUPS = sa.Table(
    "offers_groups",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("groupbuy", sa.Text, sa.ForeignKey("offers_groupbuys.id"), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("seats_taken", sa.Integer, nullable=False),
    sa.Column("seats_paid", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("closes_at", sa.BigInteger, nullable=False),
    sa.CheckConstraint(
        "seats_paid >= 0 AND seats_paid <= seats_taken AND seats_taken <= size", name="offers_groups_seats"
    ),
    sa.Index("offers_groups_filling", "groupbuy", "status", "closes_at"),
)
SEATS = sa.Table(
    "offers_seats",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("group_id", sa.Text, sa.ForeignKey("offers_groups.id"), nullable=False, index=True),
    sa.Column("member", sa.Text, nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Index(
        "offers_seats_once",
        "group_id",
        "member",
        unique=True,
        sqlite_where=sa.text("status <> 'freed'"),
        postgresql_where=sa.text("status <> 'freed'"),
    ),
)

_B, _G, _S = GROUPBUYS.c, GROUPS.c, SEATS.c
_BUY = (
    _B.id,
    _B.sku,
    _B.price_fen,
    _B.size,
    _B.fill_hours,
    _B.most_qty,
    _B.from_at,
    _B.until_at,
    _B.status,
    _B.made_at,
)
_GROUP = (_G.id, _G.groupbuy, _G.size, _G.seats_taken, _G.seats_paid, _G.status, _G.opened_at, _G.closes_at)
_SEAT = (_S.order_id, _S.group_id, _S.member, _S.status)
_THIS_GROUP = _G.id == sa.bindparam("of_group", type_=sa.Text)
_FILLING = _G.status == GroupStatus.FILLING.value
_OF_ORDER = _S.order_id == sa.bindparam("of_order", type_=sa.Text)
_NOW = sa.bindparam("now", type_=sa.BigInteger)
_MEMBER = sa.bindparam("of_member", type_=sa.Text)

ADD_GROUPBUY = GROUPBUYS.insert()
STOP = (
    GROUPBUYS.update()
    .where(_B.id == sa.bindparam("of_groupbuy", type_=sa.Text))
    .values(status=GroupBuyStatus.STOPPED.value)
)
ADD_GROUP = GROUPS.insert()
TAKE = (
    GROUPS.update()
    .where(_THIS_GROUP, _FILLING, _G.seats_taken < _G.size, _G.closes_at > _NOW)
    .values(seats_taken=_G.seats_taken + 1)
    .returning(*_GROUP)
)
GIVE_UP = GROUPS.update().where(_THIS_GROUP, _FILLING).values(seats_taken=_G.seats_taken - 1)
GIVE_UP_PAID = (
    GROUPS.update().where(_THIS_GROUP, _FILLING).values(seats_taken=_G.seats_taken - 1, seats_paid=_G.seats_paid - 1)
)
COUNT_PAID = GROUPS.update().where(_THIS_GROUP, _FILLING).values(seats_paid=_G.seats_paid + 1).returning(*_GROUP)
LOCK = GROUPS.update().where(_THIS_GROUP).values(size=_G.size).returning(*_GROUP)
END = GROUPS.update().where(_THIS_GROUP, _FILLING).values(status=sa.bindparam("new_status", type_=sa.Text))
ADD_SEAT = sa.text(
    "INSERT INTO offers_seats (order_id, group_id, member, status) VALUES (:order, :group, :member, 'taken')"
    " ON CONFLICT (order_id) DO NOTHING"
)
STEP_SEAT = (
    SEATS.update()
    .where(_OF_ORDER, _S.status == sa.bindparam("was", type_=sa.Text))
    .values(status=sa.bindparam("new_status", type_=sa.Text))
    .returning(_S.group_id)
)
GROUPBUYS_OF = sa.select(*_BUY).where(any_of(_B.id, "ids"))
GROUPBUYS_OPEN = (
    sa.select(*_BUY)
    .where(_B.status == GroupBuyStatus.OPEN.value, _B.from_at <= _NOW, _B.until_at > _NOW)
    .order_by(_B.until_at, _B.id)
)
_BEFORE = sa.bindparam("before", type_=sa.Text)
GROUPBUYS_PAGE = (
    sa.select(*_BUY)
    .where(sa.or_(_BEFORE.is_(None), _B.id < _BEFORE))
    .order_by(_B.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
GROUPS_OF = sa.select(*_GROUP).where(any_of(_G.id, "ids"))
SITS_IN = sa.select(_S.group_id).where(_S.member == _MEMBER, _S.status != SeatStatus.FREED.value)
JOINABLE = (
    sa.select(*_GROUP)
    .where(any_of(_G.groupbuy, "groupbuys"), _FILLING, _G.seats_taken < _G.size, _G.closes_at > _NOW)
    .order_by(_G.closes_at, _G.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
JOINABLE_BY = JOINABLE.where(_G.id.not_in(SITS_IN))
SEAT_OF = sa.select(*_SEAT).where(any_of(_S.order_id, "orders"))
SEATS_OF_GROUP = sa.select(*_SEAT).where(_S.group_id == sa.bindparam("of_group", type_=sa.Text)).order_by(_S.order_id)
LIVE_SEAT = sa.select(_S.order_id).where(
    _S.group_id == sa.bindparam("of_group", type_=sa.Text), _S.member == _MEMBER, _S.status != SeatStatus.FREED.value
)
COUNTS = (
    sa.select(_G.groupbuy, _G.status, sa.func.count(), sa.cast(sa.func.sum(_G.seats_paid), sa.BigInteger))
    .where(any_of(_G.groupbuy, "groupbuys"))
    .group_by(_G.groupbuy, _G.status)
)


def groupbuy_values(new: GroupBuy) -> dict[str, Any]:
    """`new` as the parameters of `ADD_GROUPBUY`."""
    return {
        "id": new.id,
        "sku": new.terms.sku,
        "price_fen": new.terms.price_fen,
        "size": new.terms.size,
        "fill_hours": new.terms.fill_hours,
        "most_qty": new.terms.most_qty,
        "from_at": new.terms.from_at.ms,
        "until_at": new.terms.until_at.ms,
        "status": new.status.value,
        "made_at": new.made_at.ms,
    }


def group_values(new: Group) -> dict[str, Any]:
    """`new` as the parameters of `ADD_GROUP`."""
    return {
        "id": new.id,
        "groupbuy": new.groupbuy,
        "size": new.size,
        "seats_taken": new.taken,
        "seats_paid": new.paid,
        "status": new.status.value,
        "opened_at": new.opened_at.ms,
        "closes_at": new.closes_at.ms,
    }


def groupbuy(row: tuple[Any, ...]) -> GroupBuy:
    """A row of a group-buys statement."""
    ident, sku, price_fen, size, fill_hours, most_qty, from_at, until_at, status, made_at = row
    terms = GroupBuyTerms(
        sku=SkuId(sku),
        price_fen=price_fen,
        size=size,
        fill_hours=fill_hours,
        from_at=Instant(from_at),
        until_at=Instant(until_at),
        most_qty=most_qty,
    )
    return GroupBuy(GroupBuyId(ident), terms, GroupBuyStatus(status), Instant(made_at))


def group(row: tuple[Any, ...]) -> Group:
    """A row of a groups statement."""
    ident, of_groupbuy, size, taken, paid, status, opened_at, closes_at = row
    return Group(
        id=GroupId(ident),
        groupbuy=GroupBuyId(of_groupbuy),
        size=size,
        taken=taken,
        paid=paid,
        status=GroupStatus(status),
        opened_at=Instant(opened_at),
        closes_at=Instant(closes_at),
    )


def seat(row: tuple[Any, ...]) -> Seat:
    """A row of a seats statement."""
    order, of_group, member, status = row
    return Seat(OrderId(order), GroupId(of_group), MemberId(member), SeatStatus(status))


def groupbuys_of(tx: Tx, ids: Collection[GroupBuyId]) -> dict[GroupBuyId, GroupBuy]:
    """The group-buys of these ids that exist."""
    return {row[0]: groupbuy(row) for row in tx.rows(GROUPBUYS_OF, ids=list(ids))}


def groups_of(tx: Tx, ids: Collection[GroupId]) -> dict[GroupId, Group]:
    """The groups of these ids that exist."""
    return {row[0]: group(row) for row in tx.rows(GROUPS_OF, ids=list(ids))}


def seats_of(tx: Tx, orders: Collection[OrderId]) -> dict[OrderId, Seat]:
    """The seats of these orders that have one."""
    return {row[0]: seat(row) for row in tx.rows(SEAT_OF, orders=list(orders))}
