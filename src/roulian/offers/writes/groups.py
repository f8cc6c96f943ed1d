"""Group-buys are offered; groups open, fill, and are complete or failed here, each exactly once.

Every change of a group's counts is one update that finds it filling, and locks its row until the commit.
"""

from roulian.offers.events import GroupCompleted, GroupFailed, GroupOpened
from roulian.offers.model import (
    AlreadyInGroup,
    Group,
    GroupBuy,
    GroupBuyClosed,
    GroupBuyId,
    GroupBuyNotFound,
    GroupBuyStatus,
    GroupBuyTerms,
    GroupClosed,
    GroupId,
    GroupNotFound,
    GroupStatus,
    SeatStatus,
)
from roulian.offers.tables import groups as tables
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import MemberId, OrderId

_MOST_LOOKED_AT = 20
"""How many groups an order that is given a seat anywhere tries before a group of its own is opened."""


def open_groupbuy(tx: Tx, terms: GroupBuyTerms, *, sku_price_fen: int) -> GroupBuy:
    """The group-buy of a SKU that alone costs `sku_price_fen`. Raises `BadGroupBuy`."""
    terms.check(tx.now, sku_price_fen=sku_price_fen)
    groupbuy = GroupBuy(GroupBuyId(tx.new_id("gby")), terms, GroupBuyStatus.OPEN, made_at=tx.now)
    tx.run(tables.ADD_GROUPBUY, **tables.groupbuy_values(groupbuy))
    return groupbuy


def stop_groupbuy(tx: Tx, groupbuy: GroupBuyId) -> None:
    """No more groups of it are opened; those that fill go on. Raises `GroupBuyNotFound`."""
    if not tx.run(tables.STOP, of_groupbuy=groupbuy):
        raise GroupBuyNotFound(groupbuy)


def join(tx: Tx, groupbuy: GroupBuy, *, member: MemberId, wanted: GroupId | None = None) -> Group:
    """The group in which the member has a seat now: the one wanted, else another that fills, else a new one.

    Another is the one that closes first among those the member does not sit in; a new one is said as `GroupOpened`.
    The seat is nobody's until `sit`. Raises `AlreadyInGroup`, `GroupNotFound`, `GroupBuyClosed`.
    """
    if wanted is not None:
        found = _wanted(tx, groupbuy, wanted, member)
        if found is not None:
            return found
        for row in tx.rows(
            tables.JOINABLE_BY, groupbuys=[groupbuy.id], now=tx.now.ms, of_member=member, most=_MOST_LOOKED_AT
        ):
            joined = _take(tx, tables.group(row).id, member)
            if joined is not None:
                return joined
    return _open(tx, groupbuy)


def sit(tx: Tx, group: GroupId, *, order: OrderId, member: MemberId) -> None:
    """The seat taken by `join` is this order's; an order that sits already gives the seat up again."""
    if not tx.run(tables.ADD_SEAT, order=order, group=group, member=member):
        tx.run(tables.GIVE_UP, of_group=group)


def sit_again(tx: Tx, order: OrderId) -> None:
    """An order that stands again has its seat again, if its group still has one. Raises `GroupClosed`."""
    seat = tables.seats_of(tx, (order,)).get(order)
    if seat is None or seat.status is not SeatStatus.FREED:
        return
    try:
        taken = _take(tx, seat.group, seat.member)
    except AlreadyInGroup as error:
        raise GroupClosed(seat.group) from error
    if taken is None:
        raise GroupClosed(seat.group)
    tx.one(tables.STEP_SEAT, of_order=order, was=SeatStatus.FREED.value, new_status=SeatStatus.TAKEN.value)


def count_paid(tx: Tx, order: OrderId) -> bool:
    """Whether the order's seat is paid now; the last one says `GroupCompleted`. Counted again nothing changes."""
    row = tx.one(tables.STEP_SEAT, of_order=order, was=SeatStatus.TAKEN.value, new_status=SeatStatus.PAID.value)
    if row is None:
        return False
    counted = tx.one(tables.COUNT_PAID, of_group=row[0])
    if counted is None:
        raise Bug(f"{order} was paid into {row[0]}, which ended although a seat was taken")
    group = tables.group(counted)
    if group.paid == group.size and tx.run(tables.END, of_group=group.id, new_status=GroupStatus.COMPLETE.value):
        tx.emit(GroupCompleted(group.id))
    return True


def leave(tx: Tx, order: OrderId) -> bool:
    """Whether the order had a seat, which is free now; a group that is complete stays complete."""
    freed = SeatStatus.FREED.value
    for was, give_up in ((SeatStatus.TAKEN, tables.GIVE_UP), (SeatStatus.PAID, tables.GIVE_UP_PAID)):
        row = tx.one(tables.STEP_SEAT, of_order=order, was=was.value, new_status=freed)
        if row is not None:
            tx.run(give_up, of_group=row[0])
            return True
    return False


def close_group(tx: Tx, group: GroupId) -> Group:
    """The group once its time is over: one that lacks members fails, said as `GroupFailed`.

    It still fills where its time is not over, or where an order with a seat may yet be paid. Raises `GroupNotFound`.
    """
    row = tx.one(tables.LOCK, of_group=group)
    if row is None:
        raise GroupNotFound(group)
    known = tables.group(row)
    if not known.has_failed(tx.now):
        return known
    tx.run(tables.END, of_group=group, new_status=GroupStatus.FAILED.value)
    tx.emit(GroupFailed(group))
    return known.failed()


def _wanted(tx: Tx, groupbuy: GroupBuy, wanted: GroupId, member: MemberId) -> Group | None:
    known = tables.groups_of(tx, (wanted,)).get(wanted)
    if known is None or known.groupbuy != groupbuy.id:
        raise GroupNotFound(wanted)
    return _take(tx, wanted, member)


def _take(tx: Tx, group: GroupId, member: MemberId) -> Group | None:
    """The group with one more seat taken; None if it has none. The group's row is locked by then."""
    row = tx.one(tables.TAKE, of_group=group, now=tx.now.ms)
    if row is None:
        return None
    if tx.one(tables.LIVE_SEAT, of_group=group, of_member=member) is not None:
        tx.run(tables.GIVE_UP, of_group=group)
        raise AlreadyInGroup(group)
    return tables.group(row)


def _open(tx: Tx, groupbuy: GroupBuy) -> Group:
    if not groupbuy.opens_groups(tx.now):
        raise GroupBuyClosed(groupbuy.id)
    group = Group(
        id=GroupId(tx.new_id("grp")),
        groupbuy=groupbuy.id,
        size=groupbuy.terms.size,
        taken=1,
        paid=0,
        status=GroupStatus.FILLING,
        opened_at=tx.now,
        closes_at=groupbuy.closes_at(tx.now),
    )
    tx.run(tables.ADD_GROUP, **tables.group_values(group))
    tx.emit(GroupOpened(group.id))
    return group
