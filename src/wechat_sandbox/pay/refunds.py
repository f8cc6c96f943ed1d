"""Refunds: idempotent by out_refund_no, in parts, from the order's frozen money or the merchant's balance.

| status | where the money is | comes by |
|---|---|---|
| PROCESSING | on its way to the payer | the merchant's request |
| SUCCESS | with the payer | by itself, seconds later |
| ABNORMAL | neither: the payer's card is dead | the payer's bank; `abnormal` sends it on |
| CLOSED | back where it came from | WeChat ends the refund |
"""

import re
from enum import StrEnum

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.moments import DAY_MS, local, rfc3339
from wechat_sandbox.pay import money
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.notices import notify
from wechat_sandbox.pay.payments import (
    Payment,
    TradeState,
    payment_by_id,
    payment_by_trade_no,
    payment_by_transaction,
)
from wechat_sandbox.pay.prepays import check_notify_url
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, cancel_timer, set_timer
from wechat_sandbox.wire import Body, PayError, Request, pay_parsed

OUT_REFUND_NO = re.compile(r"^[0-9A-Za-z_\-|*@]{1,64}$")
MOST_PARTS = 50
LATEST_DAYS = 365
PAYERS_WALLET = "支付用户零钱"


class RefundStatus(StrEnum):
    """退款状态; see the module's table."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    ABNORMAL = "ABNORMAL"
    CLOSED = "CLOSED"


SUMMARIES = {
    RefundStatus.SUCCESS: "退款成功",
    RefundStatus.ABNORMAL: "退款异常",
    RefundStatus.CLOSED: "退款关闭",
}


class RefundAmount(msgspec.Struct):
    """Fen to give back, and the order's total as a check."""

    refund: int
    total: int
    currency: str = "CNY"


class NewRefund(msgspec.Struct):
    """Body of /v3/refund/domestic/refunds."""

    out_refund_no: str
    amount: RefundAmount
    transaction_id: str = ""
    out_trade_no: str = ""
    reason: str = ""
    notify_url: str = ""


class Refund(msgspec.Struct, frozen=True):
    """One refund as Pay keeps it: when it came to each of its ends, a later one beside the earlier."""

    refund_id: str
    mchid: str
    out_refund_no: str
    payment: int
    refund_fen: int
    reason: str
    notify_url: str
    status: RefundStatus
    created_ms: int
    success_ms: int | None
    abnormal_ms: int | None
    closed_ms: int | None
    received_at: str


def _refund(state: State, where: str, *values: str) -> Refund | None:
    row = state.one(f"SELECT * FROM refunds WHERE {where}", *values)
    return None if row is None else Refund(**{**dict(row), "status": RefundStatus(row["status"])})


def refund_by_id(state: State, refund_id: str) -> Refund | None:
    """The refund with WeChat's own number."""
    return _refund(state, "refund_id = ?", refund_id)


def refund_by_number(state: State, mchid: str, out_refund_no: str) -> Refund | None:
    """The refund its merchant calls so."""
    return _refund(state, "mchid = ? AND out_refund_no = ?", mchid, out_refund_no)


def create(state: State, request: Request) -> Body:
    """POST /v3/refund/domestic/refunds: PROCESSING at first; the same number again shows the same refund.

    Refuses an unknown order (RESOURCE_NOT_EXISTS), other content under a used number, more than is left, more than
    50 parts or a year (INVALID_REQUEST), parts within a minute (FREQUENCY_LIMITED), an empty balance (NOT_ENOUGH).
    """
    body = pay_parsed(request, NewRefund)
    if not OUT_REFUND_NO.match(body.out_refund_no) or body.amount.refund < 1 or body.amount.currency != "CNY":
        raise PayError(400, "PARAM_ERROR", "参数错误:out_refund_no 或金额不符合要求")
    if body.notify_url:
        check_notify_url(body.notify_url)
    payment = _paid(state, request.caller, body)
    if body.amount.total != payment.total_fen:
        raise PayError(400, "INVALID_REQUEST", "订单总金额与原订单不一致")
    known = refund_by_number(state, request.caller, body.out_refund_no)
    if known is not None:
        if known.payment != payment.id or known.refund_fen != body.amount.refund:
            raise PayError(400, "INVALID_REQUEST", "订单退款金额或订单号与之前请求不一致,请核实后再试")
        return shown_refund(known, payment)
    _check_refundable(state, payment, body.amount.refund)
    return shown_refund(_open(state, payment, body), payment)


def _paid(state: State, mchid: str, body: NewRefund) -> Payment:
    if body.transaction_id:
        payment = payment_by_transaction(state, body.transaction_id)
    else:
        payment = payment_by_trade_no(state, mchid, body.out_trade_no)
    if payment is None or payment.mchid != mchid or payment.paid_ms is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
    return payment


def _check_refundable(state: State, payment: Payment, refund_fen: int) -> None:
    earlier = state.one(
        "SELECT COUNT(*) AS parts, MAX(created_ms) AS last_ms FROM refunds WHERE payment = ?", payment.id
    )
    left_fen = payment.total_fen - money.refunded_fen(state, payment)
    if refund_fen > left_fen:
        raise PayError(400, "INVALID_REQUEST", "申请退款金额大于订单可退金额")
    if earlier is None or state.now_ms > payment.known_ms + LATEST_DAYS * DAY_MS or earlier["parts"] >= MOST_PARTS:
        raise PayError(400, "INVALID_REQUEST", "订单已超过可退款的次数或时间")
    if earlier["parts"] and state.now_ms < earlier["last_ms"] + state.settings.refund_gap_ms:
        raise PayError(429, "FREQUENCY_LIMITED", "频率限制,同一订单两次部分退款须间隔1分钟")
    merchant = find_merchant(state, payment.mchid)
    if payment.is_settled and (merchant is None or merchant.balance_fen + payment.held_fen < refund_fen):
        raise PayError(403, "NOT_ENOUGH", "基本账户余额不足,请充值后重新发起")


def _open(state: State, payment: Payment, body: NewRefund) -> Refund:
    refund = Refund(
        refund_id=f"5030{state.draw_digits(3)}{local(state.now_ms):%Y%m%d}{state.serial_digits(14)}",
        mchid=payment.mchid,
        out_refund_no=body.out_refund_no,
        payment=payment.id,
        refund_fen=body.amount.refund,
        reason=body.reason,
        notify_url=body.notify_url,
        status=RefundStatus.PROCESSING,
        created_ms=state.now_ms,
        success_ms=None,
        abnormal_ms=None,
        closed_ms=None,
        received_at=PAYERS_WALLET,
    )
    state.run("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *msgspec.structs.astuple(refund))
    state.run("UPDATE payments SET trade_state = ? WHERE id = ?", TradeState.REFUND, payment.id)
    if payment.is_settled:
        number, fen = refund.out_refund_no, refund.refund_fen
        money.take_for_refund(state, payment, fen, refund_id=refund.refund_id, out_refund_no=number)
    set_timer(state, TimerKind.REFUNDED, refund.refund_id, at_ms=state.now_ms + state.settings.refund_takes_ms)
    return refund


def refund_by_wechat(state: State, payment: Payment, *, reason: str) -> None:
    """WeChat itself gives back what is left of the payment; the merchant did not ask and gets no notice."""
    left_fen = payment.total_fen - money.refunded_fen(state, payment)
    if left_fen > 0:
        amount = RefundAmount(refund=left_fen, total=payment.total_fen)
        number = f"WECHAT{payment.transaction_id}"
        _open(state, payment, NewRefund(out_refund_no=number, amount=amount, reason=reason))


def finish_refund(state: State, refund_id: str) -> Payment | None:
    """The bank has answered and the merchant is told; the payment, if all of it is with the payer now."""
    refund = refund_by_id(state, refund_id)
    payment = payment_by_id(state, refund.payment) if refund is not None else None
    if refund is None or payment is None:
        return None
    is_dead = state.value("SELECT 1 FROM dead_cards WHERE person = ?", person_of(state, payment.appid, payment.openid))
    return end_refund(state, refund, RefundStatus.ABNORMAL if is_dead else RefundStatus.SUCCESS)


def finish_redirected(state: State, refund_id: str) -> Payment | None:
    """The abnormal refund has arrived elsewhere; the payment, if all of it is given back now."""
    refund = refund_by_id(state, refund_id)
    return end_refund(state, refund, RefundStatus.SUCCESS) if refund is not None else None


def end_refund(state: State, refund: Refund, status: RefundStatus) -> Payment | None:
    """The refund has come to `status` and the merchant is told; the payment, if all of it is with the payer now.

    A closed refund's money is frozen again, or back on the balance of a merchant that had been settled meanwhile.
    """
    for kind in (TimerKind.REFUNDED, TimerKind.REFUND_REDIRECTED):
        cancel_timer(state, kind, refund.refund_id)
    moment = {RefundStatus.SUCCESS: "success_ms", RefundStatus.ABNORMAL: "abnormal_ms"}.get(status, "closed_ms")
    state.run(
        f"UPDATE refunds SET status = ?, {moment} = ? WHERE refund_id = ?", status, state.now_ms, refund.refund_id
    )
    payment = payment_by_id(state, refund.payment)
    ended = refund_by_id(state, refund.refund_id)
    if payment is None or ended is None:
        raise LookupError(refund.refund_id)
    if status is RefundStatus.CLOSED and payment.is_settled:
        money.move(
            state,
            refund.mchid,
            refund.refund_fen,
            kind=money.FlowKind.REFUND_RETURNED,
            business_no=refund.refund_id,
            voucher=refund.out_refund_no,
        )
    if refund.notify_url:
        _notify(state, ended, payment)
    given_fen = state.value(
        "SELECT SUM(refund_fen) FROM refunds WHERE payment = ? AND status = ?", payment.id, RefundStatus.SUCCESS
    )
    return payment if given_fen == payment.total_fen else None


def _notify(state: State, refund: Refund, payment: Payment) -> None:
    resource = {
        "mchid": payment.mchid,
        "out_trade_no": payment.out_trade_no,
        "transaction_id": payment.transaction_id,
        "out_refund_no": refund.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": refund.status,
        "user_received_account": refund.received_at,
        "amount": _amount(refund, payment, in_notice=True),
    }
    if refund.status is RefundStatus.SUCCESS:
        resource["success_time"] = rfc3339(state.now_ms)
    notify(
        state,
        payment.mchid,
        refund.notify_url,
        event=f"REFUND.{refund.status}",
        summary=SUMMARIES[refund.status],
        original="refund",
        resource=resource,
    )


def _amount(refund: Refund, payment: Payment, *, in_notice: bool) -> Body:
    amount = {
        "total": payment.total_fen,
        "refund": refund.refund_fen,
        "payer_total": payment.total_fen,
        "payer_refund": refund.refund_fen,
    }
    if in_notice:
        return amount
    return {
        **amount,
        "settlement_refund": refund.refund_fen,
        "settlement_total": payment.total_fen,
        "discount_refund": 0,
        "currency": "CNY",
    }


def shown_refund(refund: Refund, payment: Payment) -> Body:
    """The refund as its merchant sees it."""
    reply: dict[str, object] = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": payment.transaction_id,
        "out_trade_no": payment.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": refund.received_at,
        "create_time": rfc3339(refund.created_ms),
        "status": refund.status,
        "funds_account": "AVAILABLE" if payment.is_settled else "UNSETTLED",
        "amount": _amount(refund, payment, in_notice=False),
        "promotion_detail": [],
    }
    if refund.success_ms is not None:
        reply["success_time"] = rfc3339(refund.success_ms)
    return reply


def query(state: State, request: Request) -> Body:
    """GET /v3/refund/domestic/refunds/{out_refund_no}: the refund; 404 RESOURCE_NOT_EXISTS."""
    refund = refund_by_number(state, request.caller, request.parts[0])
    payment = payment_by_id(state, refund.payment) if refund is not None else None
    if refund is None or payment is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return shown_refund(refund, payment)


ROUTES = (
    Route(
        "POST",
        "/v3/refund/domestic/refunds",
        Door.PAY,
        create,
        refuses=("PARAM_ERROR", "RESOURCE_NOT_EXISTS", "INVALID_REQUEST", "FREQUENCY_LIMITED", "NOT_ENOUGH"),
    ),
    Route("GET", "/v3/refund/domestic/refunds/{}", Door.PAY, query, refuses=("RESOURCE_NOT_EXISTS",)),
)
