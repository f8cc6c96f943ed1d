"""Orders of one merchant: JSAPI, APP, H5 and NATIVE; query and close. `combined` has those of several merchants."""

from functools import partial

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.payments import (
    Payment,
    TradeState,
    TradeType,
    payment_by_trade_no,
    payment_by_transaction,
    shown,
)
from wechat_sandbox.pay.prepays import (
    Payer,
    Scene,
    SettleInfo,
    check_amount,
    check_notify_url,
    check_rules,
    check_scene,
    check_still_payable,
    check_texts,
    expiry_ms,
    handed_out,
    new_prepay_id,
    prepay_life_ms,
)
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, PayError, Request, pay_parsed


class Amount(msgspec.Struct):
    """Total in fen."""

    total: int
    currency: str = "CNY"


class Prepay(msgspec.Struct):
    """Body of /v3/pay/transactions/{jsapi,app,h5,native}; JSAPI needs a payer, H5 a scene."""

    appid: str
    mchid: str
    description: str
    out_trade_no: str
    notify_url: str
    amount: Amount
    payer: Payer | None = None
    scene_info: Scene | None = None
    settle_info: SettleInfo | None = None
    time_expire: str = ""
    attach: str = ""


class Close(msgspec.Struct):
    """Body of …/close."""

    mchid: str


def order(state: State, request: Request, *, trade_type: TradeType) -> Body:
    """POST /v3/pay/transactions/{jsapi,app,h5,native}: good for two hours; the same request is answered the same.

    Refuses, as Pay does, bad fields (PARAM_ERROR), a foreign appid (APPID_MCHID_NOT_MATCH), a product or amount the
    merchant may not take (NO_AUTH, RULE_LIMIT), an order number used with other content (OUT_TRADE_NO_USED), a paid
    (ORDERPAID) or closed order (ORDER_CLOSED).
    """
    body = pay_parsed(request, Prepay)
    openid = _check_prepay(state, request, body, trade_type)
    expires_ms = expiry_ms(state, body.time_expire)
    known = payment_by_trade_no(state, body.mchid, body.out_trade_no)
    if known is not None:
        return handed_out(trade_type, _again(state, body, known, trade_type=trade_type, openid=openid))
    prepay_id = new_prepay_id(state)
    state.run(
        "INSERT INTO payments (mchid, out_trade_no, appid, openid, description, attach, notify_url, total_fen,"
        " prepay_id, prepaid_ms, created_ms, expires_ms, trade_state, trade_type, is_shared)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        body.mchid,
        body.out_trade_no,
        body.appid,
        openid,
        body.description,
        body.attach,
        body.notify_url,
        body.amount.total,
        prepay_id,
        state.now_ms,
        state.now_ms,
        expires_ms,
        TradeState.NOTPAY,
        trade_type,
        body.settle_info is not None and body.settle_info.profit_sharing,
    )
    return handed_out(trade_type, prepay_id)


def _check_prepay(state: State, request: Request, body: Prepay, trade_type: TradeType) -> str:
    merchant = find_merchant(state, request.caller)
    if merchant is None or body.mchid != merchant.mchid:
        raise PayError(400, "PARAM_ERROR", "商户号与签名的商户号不一致")
    if body.appid not in merchant.appids:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配,请检查后再试")
    check_texts(description=body.description, attach=body.attach, out_trade_no=body.out_trade_no)
    check_amount(body.amount.total, body.amount.currency)
    check_notify_url(body.notify_url)
    check_scene(trade_type, body.scene_info)
    check_rules(state, merchant, trade_type, total_fen=body.amount.total)
    if trade_type is not TradeType.JSAPI:
        return ""
    openid = body.payer.openid if body.payer is not None else ""
    if person_of(state, body.appid, openid) is None:
        raise PayError(400, "PARAM_ERROR", "无效的openid,openid与appid不匹配")
    return openid


def _again(state: State, body: Prepay, known: Payment, *, trade_type: TradeType, openid: str) -> str:
    check_still_payable(known)
    first = (known.appid, known.openid, known.description, known.attach, known.notify_url, known.total_fen)
    again = (body.appid, openid, body.description, body.attach, body.notify_url, body.amount.total)
    if first != again or known.trade_type is not trade_type or known.combined is not None:
        raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复,请求参数与首次请求不一致")
    if state.now_ms < known.prepaid_ms + prepay_life_ms(trade_type):
        return known.prepay_id
    prepay_id = new_prepay_id(state)
    state.run("UPDATE payments SET prepay_id = ?, prepaid_ms = ? WHERE id = ?", prepay_id, state.now_ms, known.id)
    return prepay_id


def query_by_trade_no(state: State, request: Request) -> Body:
    """GET …/out-trade-no/{no}?mchid=: the transaction; 404 ORDER_NOT_EXIST."""
    _check_mchid(request, request.query.get("mchid", ""))
    return shown(_known(payment_by_trade_no(state, request.caller, request.parts[0]), request.caller))


def query_by_transaction(state: State, request: Request) -> Body:
    """GET …/id/{transaction_id}?mchid=: the transaction; 404 ORDER_NOT_EXIST."""
    _check_mchid(request, request.query.get("mchid", ""))
    return shown(_known(payment_by_transaction(state, request.parts[0]), request.caller))


def _check_mchid(request: Request, mchid: str) -> None:
    if mchid != request.caller:
        raise PayError(400, "PARAM_ERROR", "参数错误:mchid 与签名的商户号不一致")


def _known(payment: Payment | None, mchid: str) -> Payment:
    if payment is None or payment.mchid != mchid:
        raise PayError(404, "ORDER_NOT_EXIST", "查询的订单不存在")
    return payment


def close(state: State, request: Request) -> None:
    """POST …/out-trade-no/{no}/close: 204, the order can no longer be paid; closing twice is a switch.

    Refuses a paid order (ORDERPAID) and a part of a combined order (INVALID_REQUEST), which closes as a whole.
    """
    _check_mchid(request, pay_parsed(request, Close).mchid)
    payment = _known(payment_by_trade_no(state, request.caller, request.parts[0]), request.caller)
    if payment.combined is not None:
        raise PayError(400, "INVALID_REQUEST", "合单支付订单只能使用合单关单接口关闭")
    if payment.trade_state in (TradeState.SUCCESS, TradeState.REFUND):
        raise PayError(400, "ORDERPAID", "订单已支付,不能关闭")
    if payment.trade_state is TradeState.CLOSED and not state.settings.close_may_repeat:
        raise PayError(400, "ORDER_CLOSED", "订单已关闭,无需重复关闭")
    state.run("UPDATE payments SET trade_state = ? WHERE id = ?", TradeState.CLOSED, payment.id)


ORDER_REFUSES = (
    "PARAM_ERROR",
    "APPID_MCHID_NOT_MATCH",
    "NO_AUTH",
    "RULE_LIMIT",
    "OUT_TRADE_NO_USED",
    "ORDERPAID",
    "ORDER_CLOSED",
)
QUERY_REFUSES = ("PARAM_ERROR", "ORDER_NOT_EXIST")

ROUTES = (
    *(
        Route(
            "POST",
            f"/v3/pay/transactions/{trade_type.name.lower()}",
            Door.PAY,
            partial(order, trade_type=trade_type),
            refuses=ORDER_REFUSES,
        )
        for trade_type in TradeType
    ),
    Route("GET", "/v3/pay/transactions/out-trade-no/{}", Door.PAY, query_by_trade_no, refuses=QUERY_REFUSES),
    Route("GET", "/v3/pay/transactions/id/{}", Door.PAY, query_by_transaction, refuses=QUERY_REFUSES),
    Route(
        "POST",
        "/v3/pay/transactions/out-trade-no/{}/close",
        Door.PAY,
        close,
        refuses=(*QUERY_REFUSES, "ORDERPAID", "ORDER_CLOSED", "INVALID_REQUEST"),
    ),
)
