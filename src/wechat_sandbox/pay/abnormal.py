"""异常退款: a refund whose payer's card is dead goes on, to another card of the payer or to the merchant's own bank.

Card number and name come encrypted; `sensitive` opens them.
"""

import msgspec

from wechat_sandbox.pay.payments import payment_by_id
from wechat_sandbox.pay.refunds import Refund, RefundStatus, refund_by_id, shown_refund
from wechat_sandbox.pay.sensitive import opened
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer
from wechat_sandbox.wire import Body, PayError, Request, pay_parsed

TO_PAYER, TO_MERCHANT = "USER_BANK_CARD", "MERCHANT_BANK_CARD"
MERCHANTS_BANK = "商户结算银行账户"


class Redirected(msgspec.Struct):
    """Body of …/apply-abnormal-refund; the bank fields are for the payer's card alone."""

    out_refund_no: str
    type: str
    bank_type: str = ""
    bank_account: str = ""
    real_name: str = ""


def redirect(state: State, request: Request) -> Body:
    """POST /v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund: the refund is PROCESSING again.

    Refuses an unknown refund (RESOURCE_NOT_EXISTS), one that is not abnormal (INVALID_REQUEST), missing or unreadable
    bank fields (PARAM_ERROR).
    """
    body = pay_parsed(request, Redirected)
    refund = refund_by_id(state, request.parts[0])
    payment = payment_by_id(state, refund.payment) if refund is not None else None
    if refund is None or payment is None or refund.mchid != request.caller:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    if body.type not in (TO_PAYER, TO_MERCHANT) or body.out_refund_no != refund.out_refund_no:
        raise PayError(400, "PARAM_ERROR", "参数错误:type 或 out_refund_no 不符合要求")
    received_at = _opened_card(state, request, body) if body.type == TO_PAYER else MERCHANTS_BANK
    if refund.status is not RefundStatus.ABNORMAL:
        raise PayError(400, "INVALID_REQUEST", f"退款单状态为{refund.status},只有退款异常的退款单可以处理")
    return shown_refund(_reopen(state, refund, received_at=received_at), payment)


def _opened_card(state: State, request: Request, body: Redirected) -> str:
    if not (body.bank_type and body.bank_account and body.real_name):
        raise PayError(400, "PARAM_ERROR", "参数错误:退款至用户银行卡时 bank_type、bank_account、real_name 必填")
    card, _ = opened(state, request, body.bank_account, body.real_name)
    return f"银行卡{card[-4:]}"


def _reopen(state: State, refund: Refund, *, received_at: str) -> Refund:
    state.run(
        "UPDATE refunds SET status = ?, received_at = ? WHERE refund_id = ?",
        RefundStatus.PROCESSING,
        received_at,
        refund.refund_id,
    )
    set_timer(state, TimerKind.REFUND_REDIRECTED, refund.refund_id, at_ms=state.now_ms + state.settings.refund_takes_ms)
    return msgspec.structs.replace(refund, status=RefundStatus.PROCESSING, received_at=received_at)


ROUTES = (
    Route(
        "POST",
        "/v3/refund/domestic/refunds/{}/apply-abnormal-refund",
        Door.PAY,
        redirect,
        refuses=("PARAM_ERROR", "RESOURCE_NOT_EXISTS", "INVALID_REQUEST"),
    ),
)
