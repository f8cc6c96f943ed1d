"""小程序发货信息管理: a paid order's money is frozen until its goods are shipped and received.

| state | means | comes by |
|---|---|---|
| 1 | to ship | payment |
| 2 | shipped | upload_shipping_info, complete |
| 4 | done, money settled | the buyer confirms, or T+10 (express) / T+2 (other) by itself |
| 5 | refunded | the whole amount was given back, at any time |

Rules from developers.weixin.qq.com, order_shipping: an order is unknown for about a minute after payment; upload
times must grow; after completion exactly one re-shipment; a presale beyond 15 days is filed with opspecialorder.
`deadlines` has what happens when nothing is shipped.
"""

from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlencode

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
    """What WeChat knows of one order's shipping; `packages` is the JSON it was given.

    `overdue_ms` is when its deadline passed unshipped, `reminded_ms` when its buyer was asked to confirm.
    """

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
    overdue_ms: int | None
    reminded_ms: int | None


class OrderRef(msgspec.Struct):
    """How most calls name an order: by WeChat's number, or by the merchant's."""

    transaction_id: str = ""
    merchant_id: str = ""
    sub_merchant_id: str = ""
    merchant_trade_no: str = ""


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
        overdue_ms=row["overdue_ms"],
        reminded_ms=row["reminded_ms"],
    )


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


def named_order(state: State, appid: str, ref: OrderRef) -> tuple[Payment, Shipment]:
    """The order a body names; raises `ApiError` 10060014 when it names none, 10060001 when there is none."""
    if not ref.transaction_id and not (ref.merchant_id and ref.merchant_trade_no):
        raise ApiError(10060014, "参数错误:transaction_id 或 merchant_id 与 merchant_trade_no 必填")
    return known_order(
        state, appid, transaction_id=ref.transaction_id, mchid=ref.merchant_id, out_trade_no=ref.merchant_trade_no
    )


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
    tell_buyer(state, payment, kind="shipped", content={"transaction_id": payment.transaction_id})
    _push_settlement(
        state, payment, {"shipped_time": state.now_s, "estimated_settlement_time": state.now_s + days * DAY_MS // 1000}
    )


def tell_buyer(state: State, payment: Payment, *, kind: str, content: Body) -> None:
    """The buyer has a message of WeChat's own about this order; it leads where the mini-program has set it to lead."""
    person = person_of(state, payment.appid, payment.openid)
    if person is None:
        return
    deliver(
        state,
        appid=payment.appid,
        openid=payment.openid,
        person=person,
        kind=kind,
        page=_message_page(state, payment),
        content=content,
    )


def _message_page(state: State, payment: Payment) -> str:
    path = state.value("SELECT message_path FROM trade_paths WHERE appid = ?", payment.appid)
    if not path:
        return ""
    numbers = {
        "transaction_id": payment.transaction_id or "",
        "merchant_id": payment.mchid,
        "merchant_trade_no": payment.out_trade_no,
    }
    return f"{path}{'&' if '?' in path else '?'}{urlencode(numbers)}"


def named_fields(payment: Payment) -> dict[str, object]:
    """How every event of shipping names its order."""
    return {
        "transaction_id": payment.transaction_id,
        "merchant_id": payment.mchid,
        "sub_merchant_id": "",
        "merchant_trade_no": payment.out_trade_no,
        "pay_time": payment.known_ms // 1000,
    }


def _push_settlement(state: State, payment: Payment, times: Body) -> None:
    push_event(state, payment.appid, "trade_manage_order_settlement", {**named_fields(payment), **times})


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


def note_refunded(state: State, payment: Payment) -> None:
    """The whole amount was given back: nothing is left to ship or to confirm."""
    state.run(
        "UPDATE shipments SET order_state = ? WHERE payment = ?",
        OrderState.REFUNDED,
        payment.id,
    )
    cancel_timer(state, TimerKind.RECEIPT_CONFIRMED, str(payment.id))
    cancel_timer(state, TimerKind.SHIPPING_REMINDED, str(payment.id))


def packages_of(found: Shipment) -> list[dict[str, object]]:
    """The packages as they were uploaded."""
    packages: list[dict[str, object]] = msgspec.json.decode(found.packages)
    return packages
