"""JSAPI payments: prepay, query, close, and the person's payment itself with its notice."""

import re
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.moments import DAY_MS, local
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.notices import notify
from wechat_sandbox.pay.payments import (
    Payment,
    TradeState,
    payment_by_id,
    payment_by_prepay,
    payment_by_trade_no,
    payment_by_transaction,
    shown,
)
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, ControlError, PayError, Request, pay_parsed

OUT_TRADE_NO = re.compile(r"^[0-9A-Za-z_\-*]{6,32}$")
PREPAY_LIFE_MS = 7_200_000
DEFAULT_LIFE_MS = 7 * DAY_MS
LONGEST_LIFE_MS = 90 * DAY_MS
SHORTEST_LIFE_MS = 60_000
LONGEST_DESCRIPTION, LONGEST_ATTACH, LONGEST_URL = 127, 128, 255
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Amount(msgspec.Struct):
    """Total in fen."""

    total: int
    currency: str = "CNY"


class Payer(msgspec.Struct):
    """Who will pay."""

    openid: str


class Prepay(msgspec.Struct):
    """Body of /v3/pay/transactions/jsapi."""

    appid: str
    mchid: str
    description: str
    out_trade_no: str
    notify_url: str
    amount: Amount
    payer: Payer
    time_expire: str = ""
    attach: str = ""


class Close(msgspec.Struct):
    """Body of …/close."""

    mchid: str


def jsapi(state: State, request: Request) -> Body:
    """POST /v3/pay/transactions/jsapi: a prepay_id, good for two hours; the same request again is answered again.

    Refuses, as Pay does, bad fields (PARAM_ERROR), a foreign appid (APPID_MCHID_NOT_MATCH), an order number used
    with other content (OUT_TRADE_NO_USED), a paid (ORDERPAID) or closed order (ORDER_CLOSED).
    """
    body = pay_parsed(request, Prepay)
    _check_prepay(state, request, body)
    expires_ms = _expiry_ms(state, body.time_expire)
    known = payment_by_trade_no(state, body.mchid, body.out_trade_no)
    if known is not None:
        return {"prepay_id": _again(state, body, known)}
    prepay_id = _prepay_id(state)
    state.run(
        "INSERT INTO payments (mchid, out_trade_no, appid, openid, description, attach, notify_url, total_fen,"
        " prepay_id, prepaid_ms, created_ms, expires_ms, trade_state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        body.mchid,
        body.out_trade_no,
        body.appid,
        body.payer.openid,
        body.description,
        body.attach,
        body.notify_url,
        body.amount.total,
        prepay_id,
        state.now_ms,
        state.now_ms,
        expires_ms,
        TradeState.NOTPAY,
    )
    return {"prepay_id": prepay_id}


def _prepay_id(state: State) -> str:
    return f"wx{local(state.now_ms):%Y%m%d%H%M%S}{state.draw(10).hex()}"


def _check_prepay(state: State, request: Request, body: Prepay) -> None:
    merchant = find_merchant(state, request.caller)
    if merchant is None or body.mchid != merchant.mchid:
        raise PayError(400, "PARAM_ERROR", "商户号与签名的商户号不一致")
    if body.appid not in merchant.appids:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配,请检查后再试")
    if not 1 <= len(body.description) <= LONGEST_DESCRIPTION or len(body.attach) > LONGEST_ATTACH:
        raise PayError(400, "PARAM_ERROR", "参数错误:description 或 attach 长度不符合要求")
    if not OUT_TRADE_NO.match(body.out_trade_no):
        raise PayError(400, "PARAM_ERROR", "参数错误:商户订单号必须为6-32位数字、字母或_-*")
    if body.amount.total < 1 or body.amount.currency != "CNY":
        raise PayError(400, "PARAM_ERROR", "参数错误:金额必须为正整数分,币种为CNY")
    check_notify_url(body.notify_url)
    if person_of(state, body.appid, body.payer.openid) is None:
        raise PayError(400, "PARAM_ERROR", "无效的openid,openid与appid不匹配")


def check_notify_url(url: str) -> None:
    """Raises `PayError` unless the URL is https without query; plain http is taken on loopback only."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or not parts.netloc or parts.query or len(url) > LONGEST_URL:
        raise PayError(400, "PARAM_ERROR", "参数错误:notify_url 必须为 https 且不能携带参数")


def _expiry_ms(state: State, time_expire: str) -> int:
    if not time_expire:
        return state.now_ms + DEFAULT_LIFE_MS
    try:
        moment = datetime.fromisoformat(time_expire)
    except ValueError as error:
        raise PayError(400, "PARAM_ERROR", "参数错误:time_expire 格式不符合 rfc3339") from error
    if moment.tzinfo is None:
        raise PayError(400, "PARAM_ERROR", "参数错误:time_expire 缺少时区")
    expires_ms = int(moment.timestamp() * 1000)
    if not SHORTEST_LIFE_MS <= expires_ms - state.now_ms <= LONGEST_LIFE_MS:
        raise PayError(400, "PARAM_ERROR", "参数错误:time_expire 须在 1 分钟至 90 天之间")
    return expires_ms


def _again(state: State, body: Prepay, known: Payment) -> str:
    if known.trade_state is TradeState.CLOSED:
        raise PayError(400, "ORDER_CLOSED", "该订单已关闭,请重新下单")
    if known.trade_state is not TradeState.NOTPAY:
        raise PayError(400, "ORDERPAID", "该订单已支付")
    first = (known.appid, known.openid, known.description, known.attach, known.notify_url, known.total_fen)
    again = (body.appid, body.payer.openid, body.description, body.attach, body.notify_url, body.amount.total)
    if first != again:
        raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复,请求参数与首次请求不一致")
    if state.now_ms < known.prepaid_ms + PREPAY_LIFE_MS:
        return known.prepay_id
    prepay_id = _prepay_id(state)
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
    """POST …/out-trade-no/{no}/close: 204, the order can no longer be paid; closing twice changes nothing."""
    _check_mchid(request, pay_parsed(request, Close).mchid)
    payment = _known(payment_by_trade_no(state, request.caller, request.parts[0]), request.caller)
    if payment.trade_state in (TradeState.SUCCESS, TradeState.REFUND):
        raise PayError(400, "ORDERPAID", "订单已支付,不能关闭")
    state.run("UPDATE payments SET trade_state = ? WHERE id = ?", TradeState.CLOSED, payment.id)


def pay(state: State, prepay_id: str, *, person: str) -> Payment:
    """The person pays: the order is SUCCESS and its notice is due.

    Raises `ControlError` when the phone would refuse: unknown or stale prepay_id, another payer, not payable.
    """
    payment = payment_by_prepay(state, prepay_id)
    if payment is None:
        raise ControlError("prepay_id_unknown", "支付验证失败:预支付单不存在")
    if person_of(state, payment.appid, payment.openid) != person:
        raise ControlError("other_payer", "下单账号与支付账号不一致")
    if payment.trade_state is not TradeState.NOTPAY:
        raise ControlError("not_payable", f"订单状态为 {payment.trade_state}")
    if state.now_ms >= payment.prepaid_ms + PREPAY_LIFE_MS:
        raise ControlError("prepay_id_expired", "预支付单已过期")
    paid_day = local(state.now_ms)
    state.run(
        "UPDATE payments SET trade_state = ?, transaction_id = ?, paid_ms = ? WHERE id = ?",
        TradeState.SUCCESS,
        f"4200{state.draw_digits(4)}{paid_day:%Y%m%d}{state.serial_digits(12)}",
        state.now_ms,
        payment.id,
    )
    paid = payment_by_id(state, payment.id)
    if paid is None:
        raise LookupError(payment.id)
    notify(
        state,
        paid.mchid,
        paid.notify_url,
        event="TRANSACTION.SUCCESS",
        summary="支付成功",
        original="transaction",
        resource=shown(paid),
    )
    return paid


ROUTES = (
    Route("POST", "/v3/pay/transactions/jsapi", Door.PAY, jsapi),
    Route("GET", "/v3/pay/transactions/out-trade-no/{}", Door.PAY, query_by_trade_no),
    Route("GET", "/v3/pay/transactions/id/{}", Door.PAY, query_by_transaction),
    Route("POST", "/v3/pay/transactions/out-trade-no/{}/close", Door.PAY, close),
)
