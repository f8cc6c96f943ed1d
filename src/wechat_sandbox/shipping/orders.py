"""小程序发货信息管理: a paid order's money is frozen until its goods are shipped and received.

| state | means | comes by |
|---|---|---|
| 1 | to ship | payment |
| 2 | shipped | upload_shipping_info, complete |
| 4 | done, money settled | the buyer confirms, or T+10 (express) / T+2 (other) by itself |
| 5 | refunded | the whole amount was given back |

Rules from developers.weixin.qq.com, order_shipping: an order is unknown for about a minute after payment; upload
times must grow; after completion exactly one re-shipment; a presale beyond 15 days is filed with opspecialorder.
"""

from dataclasses import dataclass
from enum import IntEnum

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pay import money
from wechat_sandbox.pay.payments import Payment, payment_by_id, payment_by_trade_no, payment_by_transaction
from wechat_sandbox.phone import deliver
from wechat_sandbox.pushes import push_event
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, cancel_timer, set_timer
from wechat_sandbox.wire import ApiError, Body

REMIND_AFTER_MS = 2 * DAY_MS


class OrderState(IntEnum):
    """订单状态 as get_order shows it."""

    TO_SHIP = 1
    SHIPPED = 2
    CONFIRMED = 3
    DONE = 4
    REFUNDED = 5


class Logistics(IntEnum):
    """物流模式."""

    EXPRESS = 1
    SAME_CITY = 2
    VIRTUAL = 3
    PICK_UP = 4


@dataclass(frozen=True, slots=True)
class Shipment:
    """What WeChat knows of one order's shipping; `packages` is the JSON it was given."""

    payment: int
    order_state: OrderState
    logistics_type: int
    delivery_mode: int
    packages: str
    finished_count: int
    is_reshipped: bool
    upload_ms: int
    shipped_ms: int | None
    confirmed_ms: int | None
    settled_ms: int | None
    special_type: int
    delay_to_s: int | None


def shipment(state: State, payment: Payment) -> Shipment | None:
    """The order's shipping, or None where shipping is not managed."""
    row = state.one("SELECT * FROM shipments WHERE payment = ?", payment.id)
    if row is None:
        return None
    return Shipment(
        payment=row["payment"],
        order_state=OrderState(row["order_state"]),
        logistics_type=row["logistics_type"],
        delivery_mode=row["delivery_mode"],
        packages=row["packages"],
        finished_count=row["finished_count"],
        is_reshipped=bool(row["is_reshipped"]),
        upload_ms=row["upload_ms"],
        shipped_ms=row["shipped_ms"],
        confirmed_ms=row["confirmed_ms"],
        settled_ms=row["settled_ms"],
        special_type=row["special_type"],
        delay_to_s=row["delay_to_s"],
    )


def await_shipping(state: State, payment: Payment) -> None:
    """The order waits for its shipping; after 48 hours an account that has shipped before is reminded."""
    state.run("INSERT INTO shipments (payment, order_state) VALUES (?, ?)", payment.id, OrderState.TO_SHIP)
    set_timer(state, TimerKind.SHIPPING_REMINDED, str(payment.id), at_ms=state.now_ms + REMIND_AFTER_MS)


def known_order(
    state: State, appid: str, *, transaction_id: str, mchid: str, out_trade_no: str
) -> tuple[Payment, Shipment]:
    """The paid order of this account; raises `ApiError` 10060001 when none is known, also in the first minute."""
    if transaction_id:
        payment = payment_by_transaction(state, transaction_id)
    else:
        payment = payment_by_trade_no(state, mchid, out_trade_no)
    if payment is None or payment.appid != appid or payment.paid_ms is None:
        raise ApiError(10060001)
    found = shipment(state, payment)
    if found is None or state.now_ms < payment.paid_ms + state.settings.shipping_visible_after_ms:
        raise ApiError(10060001)
    return payment, found


def finish_shipping(state: State, payment: Payment, before: Shipment, *, logistics: Logistics) -> None:
    """Everything is shipped: the buyer is told, the account gets the event, the receipt will confirm itself."""
    first = before.finished_count == 0
    days = state.settings.express_confirm_days if logistics is Logistics.EXPRESS else state.settings.other_confirm_days
    state.run(
        "UPDATE shipments SET order_state = ?, finished_count = finished_count + 1, shipped_ms = ? WHERE payment = ?",
        OrderState.SHIPPED,
        state.now_ms,
        payment.id,
    )
    cancel_timer(state, TimerKind.SHIPPING_REMINDED, str(payment.id))
    if first:
        state.run("UPDATE accounts SET has_shipped = 1 WHERE appid = ?", payment.appid)
        set_timer(state, TimerKind.RECEIPT_CONFIRMED, str(payment.id), at_ms=state.now_ms + days * DAY_MS)
    _tell_buyer(state, payment, kind="shipped", content={"transaction_id": payment.transaction_id})
    _push_settlement(
        state, payment, {"shipped_time": state.now_s, "estimated_settlement_time": state.now_s + days * DAY_MS // 1000}
    )


def _tell_buyer(state: State, payment: Payment, *, kind: str, content: Body) -> None:
    person = person_of(state, payment.appid, payment.openid)
    if person is not None:
        deliver(state, appid=payment.appid, openid=payment.openid, person=person, kind=kind, content=content)


def _push_settlement(state: State, payment: Payment, times: Body) -> None:
    fields = {
        "transaction_id": payment.transaction_id,
        "merchant_id": payment.mchid,
        "sub_merchant_id": "",
        "merchant_trade_no": payment.out_trade_no,
        "pay_time": payment.known_ms // 1000,
        **times,
    }
    push_event(state, payment.appid, "trade_manage_order_settlement", fields)


def confirm(state: State, payment: Payment, *, method: int) -> bool:
    """Whether the receipt is confirmed now: the money is settled at once and the account told; only when shipped."""
    found = shipment(state, payment)
    if found is None or found.order_state is not OrderState.SHIPPED or found.shipped_ms is None:
        return False
    cancel_timer(state, TimerKind.RECEIPT_CONFIRMED, str(payment.id))
    state.run(
        "UPDATE shipments SET order_state = ?, confirmed_ms = ?, settled_ms = ? WHERE payment = ?",
        OrderState.DONE,
        state.now_ms,
        state.now_ms,
        payment.id,
    )
    money.settle(state, payment)
    times = {
        "shipped_time": found.shipped_ms // 1000,
        "confirm_receive_method": method,
        "confirm_receive_time": state.now_s,
        "settlement_time": state.now_s,
    }
    _push_settlement(state, payment, times)
    return True


def confirm_by_itself(state: State, payment_id: str) -> None:
    """The buyer said nothing for T+10 (T+2) days: the receipt counts as confirmed."""
    payment = payment_by_id(state, int(payment_id))
    if payment is not None:
        confirm(state, payment, method=state.settings.confirm_method_auto)


def remind_shipping(state: State, payment_id: str) -> None:
    """48 hours paid and not shipped: an account that has shipped before is reminded, unless a presale is filed."""
    payment = payment_by_id(state, int(payment_id))
    found = shipment(state, payment) if payment is not None else None
    if payment is None or found is None or found.order_state is not OrderState.TO_SHIP or found.special_type:
        return
    if not state.value("SELECT has_shipped FROM accounts WHERE appid = ?", payment.appid):
        return
    fields = {
        "transaction_id": payment.transaction_id,
        "merchant_id": payment.mchid,
        "sub_merchant_id": "",
        "merchant_trade_no": payment.out_trade_no,
        "pay_time": payment.known_ms // 1000,
        "msg": "订单已超过48小时未发货,请尽快发货",
    }
    push_event(state, payment.appid, "trade_manage_remind_shipping", fields)


def file_special(state: State, payment: Payment, *, special_type: int, delay_to_s: int | None) -> None:
    """The order is filed as presale (the buyer is told the day) or test order."""
    state.run(
        "UPDATE shipments SET special_type = ?, delay_to_s = ? WHERE payment = ?", special_type, delay_to_s, payment.id
    )
    if delay_to_s is not None:
        content = {"transaction_id": payment.transaction_id, "delay_to": delay_to_s}
        _tell_buyer(state, payment, kind="presale_filed", content=content)


def note_refunded(state: State, payment: Payment) -> None:
    """The whole amount was given back: nothing is left to ship or to confirm."""
    state.run(
        "UPDATE shipments SET order_state = ? WHERE payment = ? AND order_state IN (1, 2)",
        OrderState.REFUNDED,
        payment.id,
    )
    cancel_timer(state, TimerKind.RECEIPT_CONFIRMED, str(payment.id))
    cancel_timer(state, TimerKind.SHIPPING_REMINDED, str(payment.id))


def packages_of(found: Shipment) -> list[dict[str, object]]:
    """The packages as they were uploaded."""
    packages: list[dict[str, object]] = msgspec.json.decode(found.packages)
    return packages
