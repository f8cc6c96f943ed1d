"""A person at the cashier: one order or a combined one is paid at once, or the bank declines it."""

from dataclasses import dataclass

from wechat_sandbox.accounts import openid_of, person_of
from wechat_sandbox.moments import local
from wechat_sandbox.pay.combined import CombinedOrder, combined_by_prepay, shown_combined
from wechat_sandbox.pay.notices import notify
from wechat_sandbox.pay.payments import (
    PAYABLE,
    Payment,
    TradeState,
    TradeType,
    payment_by_id,
    payment_by_prepay,
    payments_of,
    shown,
)
from wechat_sandbox.pay.prepays import prepay_life_ms
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError


@dataclass(frozen=True, slots=True)
class Paid:
    """What a person paid in one go: the number WeChat shows for it, and every order in it."""

    transaction_id: str
    out_trade_no: str
    paid_ms: int
    payments: tuple[Payment, ...]


def pay(state: State, prepay_id: str, *, person: str) -> Paid:
    """The person pays: every order behind the prepay_id is SUCCESS, and one notice is due.

    Raises `ControlError` when the phone would refuse: unknown or stale prepay_id, another payer, not payable.
    """
    combined = combined_by_prepay(state, prepay_id)
    if combined is not None:
        return _pay_combined(state, combined, person=person)
    payment = _payable(state, prepay_id, person=person)
    paid = _mark_paid(state, payment, openid=_payer(state, payment.appid, payment.openid, person))
    notify(
        state,
        paid.mchid,
        paid.notify_url,
        event="TRANSACTION.SUCCESS",
        summary="支付成功",
        original="transaction",
        resource=shown(paid),
    )
    return Paid(paid.transaction_id or "", paid.out_trade_no, state.now_ms, (paid,))


def decline(state: State, prepay_id: str, *, person: str) -> None:
    """The payer's bank declines: the order can be paid again; by the switch, it shows PAYERROR until then."""
    combined = combined_by_prepay(state, prepay_id)
    if combined is not None:
        payments = _payable_parts(state, combined, person=person)
    else:
        payments = (_payable(state, prepay_id, person=person),)
    if not state.settings.declined_shows_pay_error:
        return
    for payment in payments:
        state.run("UPDATE payments SET trade_state = ? WHERE id = ?", TradeState.PAYERROR, payment.id)


def _payable(state: State, prepay_id: str, *, person: str) -> Payment:
    payment = payment_by_prepay(state, prepay_id)
    if payment is None or payment.combined is not None:
        raise ControlError("prepay_id_unknown", "支付验证失败:预支付单不存在")
    _check_payer(state, payment.appid, payment.openid, person)
    _check_state(payment)
    _check_age(state, payment.prepaid_ms, payment.trade_type)
    return payment


def _payable_parts(state: State, combined: CombinedOrder, *, person: str) -> tuple[Payment, ...]:
    _check_payer(state, combined.appid, combined.openid, person)
    payments = payments_of(state, combined.id)
    for payment in payments:
        _check_state(payment)
    _check_age(state, combined.prepaid_ms, combined.trade_type)
    return payments


def _check_payer(state: State, appid: str, openid: str, person: str) -> None:
    if openid and person_of(state, appid, openid) != person:
        raise ControlError("other_payer", "下单账号与支付账号不一致")


def _check_state(payment: Payment) -> None:
    if payment.trade_state not in PAYABLE:
        raise ControlError("not_payable", f"订单状态为 {payment.trade_state}")


def _check_age(state: State, prepaid_ms: int, trade_type: TradeType) -> None:
    if state.now_ms >= prepaid_ms + prepay_life_ms(trade_type):
        raise ControlError("prepay_id_expired", "预支付单已过期")


def _payer(state: State, appid: str, openid: str, person: str) -> str:
    return openid or openid_of(state, appid, person)


def _transaction_id(state: State) -> str:
    return f"4200{state.draw_digits(4)}{local(state.now_ms):%Y%m%d}{state.serial_digits(12)}"


def _mark_paid(state: State, payment: Payment, *, openid: str) -> Payment:
    state.run(
        "UPDATE payments SET trade_state = ?, transaction_id = ?, paid_ms = ?, openid = ? WHERE id = ?",
        TradeState.SUCCESS,
        _transaction_id(state),
        state.now_ms,
        openid,
        payment.id,
    )
    paid = payment_by_id(state, payment.id)
    if paid is None:
        raise LookupError(payment.id)
    return paid


def _pay_combined(state: State, combined: CombinedOrder, *, person: str) -> Paid:
    parts = _payable_parts(state, combined, person=person)
    openid = _payer(state, combined.appid, combined.openid, person)
    paid = tuple(_mark_paid(state, part, openid=openid) for part in parts)
    transaction_id = _transaction_id(state)
    state.run(
        "UPDATE combined_orders SET transaction_id = ?, openid = ? WHERE id = ?", transaction_id, openid, combined.id
    )
    done = combined_by_prepay(state, combined.prepay_id)
    if done is None:
        raise LookupError(combined.id)
    notify(
        state,
        combined.mchid,
        combined.notify_url,
        event="TRANSACTION.SUCCESS",
        summary="支付成功",
        original="transaction",
        resource=shown_combined(done, paid),
    )
    return Paid(transaction_id, combined.out_trade_no, state.now_ms, paid)
