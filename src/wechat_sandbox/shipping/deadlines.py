"""When an order must be shipped, and what WeChat does when it is not.

| order | deadline | then |
|---|---|---|
| paid | 48 hours | overdue; an account that has shipped before is reminded |
| filed as presale | its delay_to | the same, by the switch |
| filed as test order | none | given back to the buyer by WeChat after some days |

An account that sells and has never shipped is told of the API itself: at its first sale and every day after, by the
switch.
"""

from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pay.payments import Payment, payment_by_id
from wechat_sandbox.pay.refunds import refund_by_wechat
from wechat_sandbox.pushes import push_event
from wechat_sandbox.shipping.orders import OrderState, named_fields, shipment, tell_buyer
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, cancel_timer, set_timer

SHIP_WITHIN_MS = 2 * DAY_MS


def await_shipping(state: State, payment: Payment) -> None:
    """The paid order waits for its shipping; its deadline runs."""
    state.run("INSERT INTO shipments (payment, order_state) VALUES (?, ?)", payment.id, OrderState.TO_SHIP)
    set_timer(state, TimerKind.SHIPPING_REMINDED, str(payment.id), at_ms=state.now_ms + SHIP_WITHIN_MS)
    if state.settings.remind_access_api and not _has_shipped(state, payment.appid):
        _begin_access_reminders(state, payment.appid)


def file_special(state: State, payment: Payment, *, special_type: int, delay_to_s: int | None) -> None:
    """The order is filed as presale (the buyer is told the day, its deadline moves there) or as test order."""
    state.run(
        "UPDATE shipments SET special_type = ?, delay_to_s = ? WHERE payment = ?", special_type, delay_to_s, payment.id
    )
    for kind in (TimerKind.SHIPPING_REMINDED, TimerKind.TEST_ORDER_RETURNED):
        cancel_timer(state, kind, str(payment.id))
    if delay_to_s is None:
        at_ms = state.now_ms + state.settings.test_order_days * DAY_MS
        set_timer(state, TimerKind.TEST_ORDER_RETURNED, str(payment.id), at_ms=at_ms)
        return
    if state.settings.presale_is_reminded:
        set_timer(state, TimerKind.SHIPPING_REMINDED, str(payment.id), at_ms=delay_to_s * 1000)
    content = {"transaction_id": payment.transaction_id, "delay_to": delay_to_s}
    tell_buyer(state, payment, kind="presale_filed", content=content)


def pass_deadline(state: State, payment_id: str) -> None:
    """The order is overdue when it is not shipped; an account that has shipped before is reminded of it."""
    payment = payment_by_id(state, int(payment_id))
    found = shipment(state, payment) if payment is not None else None
    if payment is None or found is None or found.order_state is not OrderState.TO_SHIP:
        return
    state.run("UPDATE shipments SET overdue_ms = ? WHERE payment = ?", state.now_ms, payment.id)
    if not _has_shipped(state, payment.appid):
        return
    text = "订单已超过48小时未发货,请尽快发货" if found.delay_to_s is None else "预售订单已超过预计发货时间,请尽快发货"
    push_event(state, payment.appid, "trade_manage_remind_shipping", {**named_fields(payment), "msg": text})


def return_test_order(state: State, payment_id: str) -> None:
    """WeChat gives a test order's money back to its buyer, unless it was shipped after all."""
    payment = payment_by_id(state, int(payment_id))
    found = shipment(state, payment) if payment is not None else None
    if payment is not None and found is not None and found.order_state is OrderState.TO_SHIP:
        refund_by_wechat(state, payment, reason="测试订单自动退款")


def _has_shipped(state: State, appid: str) -> bool:
    return bool(state.value("SELECT has_shipped FROM accounts WHERE appid = ?", appid))


def _begin_access_reminders(state: State, appid: str) -> None:
    kind = TimerKind.SHIPPING_ACCESS_REMINDED
    if state.value("SELECT 1 FROM timers WHERE kind = ? AND ref = ?", kind, appid) is None:
        remind_access(state, appid)


def remind_access(state: State, appid: str) -> None:
    """An account that sells and has never shipped is told of the shipping API today, and again tomorrow."""
    if _has_shipped(state, appid):
        return
    fields = {"msg": "小程序已产生交易,请尽快接入发货信息管理服务API"}
    push_event(state, appid, "trade_manage_remind_access_api", fields)
    set_timer(state, TimerKind.SHIPPING_ACCESS_REMINDED, appid, at_ms=state.now_ms + DAY_MS)
