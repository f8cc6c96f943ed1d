"""Refunds: idempotent by out_refund_no, in parts, from the order's frozen money or the merchant's balance."""

import re

import msgspec

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
from wechat_sandbox.pay.transactions import check_notify_url
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer
from wechat_sandbox.wire import Body, PayError, Request, pay_parsed

OUT_REFUND_NO = re.compile(r"^[0-9A-Za-z_\-|*@]{1,64}$")
MOST_PARTS = 50
LATEST_DAYS = 365


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
    """One refund as Pay keeps it."""

    refund_id: str
    mchid: str
    out_refund_no: str
    payment: int
    refund_fen: int
    reason: str
    notify_url: str
    status: str
    created_ms: int
    success_ms: int | None


def _refund(state: State, where: str, *values: str) -> Refund | None:
    row = state.one(f"SELECT * FROM refunds WHERE {where}", *values)
    return None if row is None else Refund(**dict(row))


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
    known = _refund(state, "mchid = ? AND out_refund_no = ?", request.caller, body.out_refund_no)
    if known is not None:
        if known.payment != payment.id or known.refund_fen != body.amount.refund:
            raise PayError(400, "INVALID_REQUEST", "订单退款金额或订单号与之前请求不一致,请核实后再试")
        return _shown(known, payment)
    _check_refundable(state, payment, body.amount.refund)
    return _shown(_open(state, payment, body), payment)


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
    if payment.is_settled and (merchant is None or merchant.balance_fen < refund_fen):
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
        status="PROCESSING",
        created_ms=state.now_ms,
        success_ms=None,
    )
    state.run("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *msgspec.structs.astuple(refund))
    state.run("UPDATE payments SET trade_state = ? WHERE id = ?", TradeState.REFUND, payment.id)
    if payment.is_settled:
        money.move(state, payment.mchid, -refund.refund_fen)
    set_timer(state, TimerKind.REFUNDED, refund.refund_id, at_ms=state.now_ms + state.settings.refund_takes_ms)
    return refund


def finish_refund(state: State, refund_id: str) -> Payment | None:
    """The money is back with the payer and the merchant is told; the payment, if nothing of it is left."""
    state.run("UPDATE refunds SET status = 'SUCCESS', success_ms = ? WHERE refund_id = ?", state.now_ms, refund_id)
    refund = _refund(state, "refund_id = ?", refund_id)
    payment = payment_by_id(state, refund.payment) if refund is not None else None
    if refund is None or payment is None:
        return None
    if refund.notify_url:
        _notify(state, refund, payment)
    return payment if money.refunded_fen(state, payment) == payment.total_fen else None


def _notify(state: State, refund: Refund, payment: Payment) -> None:
    resource = {
        "mchid": payment.mchid,
        "out_trade_no": payment.out_trade_no,
        "transaction_id": payment.transaction_id,
        "out_refund_no": refund.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": refund.status,
        "success_time": rfc3339(state.now_ms),
        "user_received_account": "支付用户零钱",
        "amount": _amount(refund, payment, in_notice=True),
    }
    notify(
        state,
        payment.mchid,
        refund.notify_url,
        event="REFUND.SUCCESS",
        summary="退款成功",
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


def _shown(refund: Refund, payment: Payment) -> Body:
    reply: dict[str, object] = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": payment.transaction_id,
        "out_trade_no": payment.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
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
    refund = _refund(state, "mchid = ? AND out_refund_no = ?", request.caller, request.parts[0])
    payment = payment_by_id(state, refund.payment) if refund is not None else None
    if refund is None or payment is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return _shown(refund, payment)


ROUTES = (
    Route("POST", "/v3/refund/domestic/refunds", Door.PAY, create),
    Route("GET", "/v3/refund/domestic/refunds/{}", Door.PAY, query),
)
