"""A shop's orders, from the first tap to the money.

| status | means | comes by | event `channels_ec_order_…` |
|---|---|---|---|
| 10 | to pay | the order is placed, its goods leave the stock | `new` |
| 20 | to ship | paid | `pay`, then `wait_shipping` |
| 21 | partly shipped | delivery/send of some goods | `deliver` (finish_delivery 0) |
| 30 | to receive | delivery/send of the rest | `deliver` (finish_delivery 1) |
| 100 | done | the buyer confirms, or ten days pass | `confirm`, later `settle` |
| 200 | all goods refunded | after-sales | `cancel` (3) |
| 250 | cancelled | the buyer, or not paid in time; the goods are back in stock | `cancel` (1, 2) |
"""

import sqlite3
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec

from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pushes import push_event
from wechat_sandbox.shop.goods import find_sku, move_stock
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, cancel_timer, set_timer
from wechat_sandbox.wire import ApiError, ControlError


class OrderStatus(IntEnum):
    """订单状态."""

    TO_PAY = 10
    TO_SHIP = 20
    PARTLY_SHIPPED = 21
    TO_RECEIVE = 30
    DONE = 100
    ALL_REFUNDED = 200
    CANCELLED = 250


class CancelType(IntEnum):
    """Why an order was cancelled."""

    BY_BUYER = 1
    NOT_PAID = 2
    ALL_REFUNDED = 3


BY_BUYER, BY_ITSELF = 1, 2
FIRST_ORDER_ID, MOST_ORDER_ID = 3_700_000_000_000_000_000, 2**63 - 1


class Line(msgspec.Struct, frozen=True):
    """So many of one SKU, at the price of the order's day."""

    product_id: str
    sku_id: str
    quantity: int
    price_fen: int = 0
    refunded: int = 0


class PackedLine(msgspec.Struct, frozen=True):
    """So many of one SKU in a parcel."""

    product_id: str = ""
    sku_id: str = ""
    product_cnt: int = 0


class Parcel(msgspec.Struct, frozen=True):
    """One parcel as the shop sent it."""

    delivery_id: str = ""
    waybill_id: str = ""
    deliver_type: int = 1
    product_infos: tuple[PackedLine, ...] = ()
    delivery_time: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the shop knows it; money in fen, times in seconds."""

    order_id: int
    appid: str
    openid: str
    status: OrderStatus
    lines: tuple[Line, ...]
    address: dict[str, str]
    notes: str
    total_fen: int
    deliveries: tuple[Parcel, ...]
    transaction_id: str
    created_s: int
    updated_s: int
    paid_s: int | None
    shipped_s: int | None
    confirmed_s: int | None
    settled_s: int | None

    def left_to_ship(self) -> dict[str, int]:
        """How many of each SKU are neither shipped nor refunded."""
        left: dict[str, int] = {}
        for line in self.lines:
            left[line.sku_id] = left.get(line.sku_id, 0) + line.quantity - line.refunded
        for parcel in self.deliveries:
            for packed in parcel.product_infos:
                left[packed.sku_id] = left.get(packed.sku_id, 0) - packed.product_cnt
        return {sku_id: max(0, quantity) for sku_id, quantity in left.items()}


def find_order(state: State, appid: str, order_id: int) -> Order | None:
    """The shop's order, or None."""
    row = state.one("SELECT * FROM shop_orders WHERE order_id = ? AND appid = ?", order_id, appid)
    return None if row is None else read_order(row)


def order_of(state: State, appid: str, order_id: str) -> Order:
    """The shop's order; raises `ApiError` 100002 when there is none."""
    is_number = order_id.isdecimal() and int(order_id) <= MOST_ORDER_ID
    found = find_order(state, appid, int(order_id)) if is_number else None
    if found is None:
        raise ApiError(100002)
    return found


def read_order(row: sqlite3.Row) -> Order:
    """The order in a row."""
    return Order(
        order_id=row["order_id"],
        appid=row["appid"],
        openid=row["openid"],
        status=OrderStatus(row["status"]),
        lines=msgspec.json.decode(row["lines"], type=tuple[Line, ...]),
        address=msgspec.json.decode(row["address"]),
        notes=row["notes"],
        total_fen=row["total_fen"],
        deliveries=msgspec.json.decode(row["deliveries"], type=tuple[Parcel, ...]),
        transaction_id=row["transaction_id"],
        created_s=row["created_s"],
        updated_s=row["updated_s"],
        paid_s=row["paid_s"],
        shipped_s=row["shipped_s"],
        confirmed_s=row["confirmed_s"],
        settled_s=row["settled_s"],
    )


def _set(state: State, order: Order, **columns: Any) -> None:
    columns["updated_s"] = state.now_s
    names = ", ".join(f"{name} = ?" for name in columns)
    state.run(f"UPDATE shop_orders SET {names} WHERE order_id = ?", *columns.values(), order.order_id)


def _push(state: State, order: Order, event: str, **info: int) -> None:
    fields = {"order_info": {"order_id": order.order_id, **info}}
    push_event(state, order.appid, f"channels_ec_order_{event}", fields, openid=order.openid)


def place(
    state: State, appid: str, openid: str, *, lines: tuple[Line, ...], address: dict[str, str], notes: str
) -> Order:
    """A new order that waits for its payment; the goods are out of the stock.

    Raises `ControlError` for no lines, an unknown SKU, and a stock too small (nothing is taken then).
    """
    if not lines or any(line.quantity <= 0 for line in lines):
        raise ControlError("no_goods", "an order has at least one of something")
    priced = tuple(_priced(state, appid, line) for line in lines)
    for line in priced:
        if not move_stock(state, line.sku_id, -line.quantity):
            raise ControlError("sold_out", f"SKU {line.sku_id} has less than {line.quantity} left")
    order_id = FIRST_ORDER_ID + int(state.serial_digits(15))
    state.run(
        "INSERT INTO shop_orders (order_id, appid, openid, status, lines, address, notes, total_fen, created_s,"
        " updated_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        order_id,
        appid,
        openid,
        OrderStatus.TO_PAY,
        msgspec.json.encode(priced).decode(),
        msgspec.json.encode(address).decode(),
        notes,
        sum(line.quantity * line.price_fen for line in priced),
        state.now_s,
        state.now_s,
    )
    order = known(state, order_id)
    _push(state, order, "new")
    set_timer(state, TimerKind.SHOP_UNPAID, str(order_id), at_ms=state.now_ms + state.settings.shop_pay_within_ms)
    return order


def _priced(state: State, appid: str, line: Line) -> Line:
    sku = find_sku(state, line.product_id, line.sku_id)
    if sku is None or not state.value(
        "SELECT 1 FROM shop_products WHERE product_id = ? AND appid = ?", line.product_id, appid
    ):
        raise ControlError("unknown_sku", f"the shop has no SKU {line.sku_id!r} of product {line.product_id!r}")
    return Line(line.product_id, line.sku_id, line.quantity, sku.price_fen)


def known(state: State, order_id: int) -> Order:
    """The order that must be there."""
    row = state.one("SELECT * FROM shop_orders WHERE order_id = ?", order_id)
    if row is None:
        raise ControlError("unknown_order", f"there is no shop order {order_id}")
    return read_order(row)


def pay(state: State, order: Order) -> None:
    """The order is paid and waits for shipping; raises `ControlError` when it does not wait for payment."""
    if order.status is not OrderStatus.TO_PAY:
        raise ControlError("not_to_pay", "the order does not wait for payment")
    cancel_timer(state, TimerKind.SHOP_UNPAID, str(order.order_id))
    _set(
        state,
        order,
        status=OrderStatus.TO_SHIP,
        paid_s=state.now_s,
        transaction_id=f"4320{state.serial_digits(24)}",
    )
    _push(state, order, "pay", pay_time=state.now_s)
    _push(state, order, "wait_shipping")


def cancel(state: State, order: Order, *, why: CancelType) -> None:
    """The unpaid order is over and its goods are back; raises `ControlError` once it is paid."""
    if order.status is not OrderStatus.TO_PAY:
        raise ControlError("not_to_pay", "only an unpaid order can be cancelled; a paid one is refunded")
    cancel_timer(state, TimerKind.SHOP_UNPAID, str(order.order_id))
    for line in order.lines:
        move_stock(state, line.sku_id, line.quantity)
    _set(state, order, status=OrderStatus.CANCELLED)
    _push(state, order, "cancel", cancel_type=why)


def lapse(state: State, order_id: str) -> None:
    """The order was not paid in time."""
    cancel(state, known(state, int(order_id)), why=CancelType.NOT_PAID)


def ship(state: State, order: Order, parcels: tuple[Parcel, ...]) -> None:
    """These parcels are on their way; with the last of the goods the buyer's ten days begin.

    Raises `ApiError` 101100 for an order that is not to ship, 10020051 for goods it does not have.
    """
    if order.status not in (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED):
        raise ApiError(101100)
    left = order.left_to_ship()
    for parcel in parcels:
        for packed in parcel.product_infos:
            left[packed.sku_id] = left.get(packed.sku_id, 0) - packed.product_cnt
            if packed.product_cnt <= 0 or left[packed.sku_id] < 0:
                raise ApiError(10020051)
    timed = tuple(msgspec.structs.replace(parcel, delivery_time=state.now_s) for parcel in parcels)
    is_whole = not any(left.values())
    deliveries = msgspec.json.encode((*order.deliveries, *timed)).decode()
    _set(state, order, deliveries=deliveries, status=OrderStatus.PARTLY_SHIPPED)
    _push(state, order, "deliver", finish_delivery=int(is_whole))
    if is_whole:
        _await_receipt(state, order)


def _await_receipt(state: State, order: Order) -> None:
    _set(state, order, status=OrderStatus.TO_RECEIVE, shipped_s=state.now_s)
    at_ms = state.now_ms + state.settings.express_confirm_days * DAY_MS
    set_timer(state, TimerKind.SHOP_CONFIRMED, str(order.order_id), at_ms=at_ms)


def confirm(state: State, order: Order, *, confirm_type: int) -> None:
    """The goods have arrived; the money is settled later. Raises `ControlError` when nothing is on its way."""
    if order.status is not OrderStatus.TO_RECEIVE:
        raise ControlError("not_shipped", "only a shipped order can be confirmed")
    cancel_timer(state, TimerKind.SHOP_CONFIRMED, str(order.order_id))
    _set(state, order, status=OrderStatus.DONE, confirmed_s=state.now_s)
    _push(state, order, "confirm", confirm_type=confirm_type)
    at_ms = state.now_ms + state.settings.shop_settle_days * DAY_MS
    set_timer(state, TimerKind.SHOP_SETTLED, str(order.order_id), at_ms=at_ms)


def confirm_by_itself(state: State, order_id: str) -> None:
    """The buyer said nothing for ten days."""
    confirm(state, known(state, int(order_id)), confirm_type=BY_ITSELF)


def settle(state: State, order_id: str) -> None:
    """The shop has its money."""
    order = known(state, int(order_id))
    _set(state, order, settled_s=state.now_s)
    _push(state, order, "settle", settle_time=state.now_s)


def refund(state: State, order: Order, *, sku_id: str, quantity: int) -> None:
    """So many of the SKU are given back; when nothing is left the order is over (200, event `cancel` 3).

    What is refunded need not be shipped any more: the rest may have been the last of it.
    """
    lines, rest = [], quantity
    for line in order.lines:
        taken = min(rest, line.quantity - line.refunded) if line.sku_id == sku_id else 0
        rest -= taken
        lines.append(msgspec.structs.replace(line, refunded=line.refunded + taken))
    _set(state, order, lines=msgspec.json.encode(lines).decode())
    if all(line.refunded == line.quantity for line in lines):
        for kind in (TimerKind.SHOP_CONFIRMED, TimerKind.SHOP_SETTLED):
            cancel_timer(state, kind, str(order.order_id))
        _set(state, order, status=OrderStatus.ALL_REFUNDED)
        _push(state, order, "cancel", cancel_type=CancelType.ALL_REFUNDED)
        return
    after = known(state, order.order_id)
    if after.status is OrderStatus.PARTLY_SHIPPED and not any(after.left_to_ship().values()):
        _await_receipt(state, after)
