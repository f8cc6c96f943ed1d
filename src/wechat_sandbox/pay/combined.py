"""合单支付: up to fifty orders of several merchants that one person pays at once.

Every part is an order of its own merchant: refunded, shipped, billed and settled there. Only ordering, closing,
paying and the notice go through the whole.
"""

import sqlite3
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.moments import rfc3339
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.payments import Payment, TradeState, TradeType, payment_by_trade_no, payments_of
from wechat_sandbox.pay.prepays import (
    OUT_TRADE_NO,
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

MOST_PARTS = 50


class PartAmount(msgspec.Struct):
    """A part's total in fen."""

    total_amount: int
    currency: str = "CNY"


class Part(msgspec.Struct):
    """One merchant's order in the whole."""

    mchid: str
    attach: str
    amount: PartAmount
    out_trade_no: str
    description: str
    settle_info: SettleInfo | None = None


class Combine(msgspec.Struct):
    """Body of /v3/combine-transactions/{jsapi,app,h5,native}."""

    combine_appid: str
    combine_mchid: str
    combine_out_trade_no: str
    sub_orders: list[Part]
    notify_url: str
    combine_payer_info: Payer | None = None
    scene_info: Scene | None = None
    time_start: str = ""
    time_expire: str = ""


class PartKey(msgspec.Struct):
    """Which part is closed."""

    mchid: str
    out_trade_no: str


class CombineClose(msgspec.Struct):
    """Body of …/close: every part is named."""

    combine_appid: str
    sub_orders: list[PartKey]


@dataclass(frozen=True, slots=True)
class CombinedOrder:
    """One combined order; its parts are the payments that bear its id."""

    id: int
    mchid: str
    out_trade_no: str
    appid: str
    openid: str
    device_id: str
    notify_url: str
    trade_type: TradeType
    prepay_id: str
    prepaid_ms: int
    transaction_id: str | None


def _combined(row: sqlite3.Row | None) -> CombinedOrder | None:
    if row is None:
        return None
    return CombinedOrder(**{**dict(row), "trade_type": TradeType(row["trade_type"])})


def combined_by_prepay(state: State, prepay_id: str) -> CombinedOrder | None:
    """The combined order behind a prepay_id."""
    return _combined(state.one("SELECT * FROM combined_orders WHERE prepay_id = ?", prepay_id))


def combined_by_trade_no(state: State, mchid: str, out_trade_no: str) -> CombinedOrder | None:
    """The combined order its merchant calls so."""
    row = state.one("SELECT * FROM combined_orders WHERE mchid = ? AND out_trade_no = ?", mchid, out_trade_no)
    return _combined(row)


def combined_by_transaction(state: State, transaction_id: str) -> CombinedOrder | None:
    """The paid combined order with WeChat's own number."""
    return _combined(state.one("SELECT * FROM combined_orders WHERE transaction_id = ?", transaction_id))


def shown_combined(combined: CombinedOrder, parts: tuple[Payment, ...]) -> dict[str, Any]:
    """The whole as query and notice show it."""
    whole: dict[str, Any] = {
        "combine_appid": combined.appid,
        "combine_mchid": combined.mchid,
        "combine_out_trade_no": combined.out_trade_no,
        "scene_info": {"device_id": combined.device_id},
        "sub_orders": [_shown_part(part) for part in parts],
    }
    if combined.openid:
        whole["combine_payer_info"] = {"openid": combined.openid}
    if combined.transaction_id is not None:
        whole["combine_transaction_id"] = combined.transaction_id
    return whole


def _shown_part(part: Payment) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "mchid": part.mchid,
        "out_trade_no": part.out_trade_no,
        "trade_state": part.trade_state,
        "attach": part.attach,
        "amount": {"total_amount": part.total_fen, "currency": "CNY"},
    }
    if part.transaction_id is None or part.paid_ms is None:
        return shown
    return {
        **shown,
        "trade_type": part.trade_type,
        "bank_type": "OTHERS",
        "success_time": rfc3339(part.paid_ms),
        "transaction_id": part.transaction_id,
        "amount": {**shown["amount"], "payer_amount": part.total_fen, "payer_currency": "CNY"},
    }


def order(state: State, request: Request, *, trade_type: TradeType) -> Body:
    """POST /v3/combine-transactions/{jsapi,app,h5,native}: one prepay for all parts; the same again is the same.

    Refuses bad fields (PARAM_ERROR), unknown merchants (MCH_NOT_EXISTS), a foreign appid (APPID_MCHID_NOT_MATCH), what
    a merchant may not take (NO_AUTH, RULE_LIMIT), used numbers (OUT_TRADE_NO_USED), paid (ORDERPAID) or closed
    (ORDER_CLOSED) orders.
    """
    body = pay_parsed(request, Combine)
    openid = _check_whole(state, request, body, trade_type)
    for part in body.sub_orders:
        _check_part(state, body, part, trade_type)
    expires_ms = expiry_ms(state, body.time_expire)
    known = combined_by_trade_no(state, body.combine_mchid, body.combine_out_trade_no)
    if known is not None:
        return handed_out(trade_type, _again(state, body, known, trade_type=trade_type, openid=openid))
    for part in body.sub_orders:
        if payment_by_trade_no(state, part.mchid, part.out_trade_no) is not None:
            raise PayError(403, "OUT_TRADE_NO_USED", f"商户订单号重复:{part.out_trade_no}")
    prepay_id = _open(state, body, trade_type=trade_type, openid=openid, expires_ms=expires_ms)
    return handed_out(trade_type, prepay_id)


def _check_whole(state: State, request: Request, body: Combine, trade_type: TradeType) -> str:
    merchant = find_merchant(state, request.caller)
    if merchant is None or body.combine_mchid != merchant.mchid:
        raise PayError(400, "PARAM_ERROR", "合单商户号与签名的商户号不一致")
    if body.combine_appid not in merchant.appids:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "combine_appid和combine_mchid不匹配,请检查后再试")
    if not OUT_TRADE_NO.match(body.combine_out_trade_no):
        raise PayError(400, "PARAM_ERROR", "参数错误:合单商户订单号必须为6-32位数字、字母或_-*")
    numbers = {(part.mchid, part.out_trade_no) for part in body.sub_orders}
    if not 1 <= len(body.sub_orders) <= MOST_PARTS or len(numbers) < len(body.sub_orders):
        raise PayError(400, "PARAM_ERROR", "参数错误:sub_orders 须为1至50条且单号不重复")
    check_notify_url(body.notify_url)
    check_scene(trade_type, body.scene_info)
    if trade_type is not TradeType.JSAPI:
        return ""
    openid = body.combine_payer_info.openid if body.combine_payer_info is not None else ""
    if person_of(state, body.combine_appid, openid) is None:
        raise PayError(400, "PARAM_ERROR", "无效的openid,openid与combine_appid不匹配")
    return openid


def _check_part(state: State, body: Combine, part: Part, trade_type: TradeType) -> None:
    merchant = find_merchant(state, part.mchid)
    if merchant is None:
        raise PayError(400, "MCH_NOT_EXISTS", f"商户号不存在:{part.mchid}")
    if body.combine_appid not in merchant.appids:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", f"combine_appid和子单商户号{part.mchid}不匹配,请检查后再试")
    check_texts(description=part.description, attach=part.attach, out_trade_no=part.out_trade_no)
    check_amount(part.amount.total_amount, part.amount.currency)
    check_rules(state, merchant, trade_type, total_fen=part.amount.total_amount)


def _again(state: State, body: Combine, known: CombinedOrder, *, trade_type: TradeType, openid: str) -> str:
    parts = payments_of(state, known.id)
    for part in parts:
        check_still_payable(part)
    first = [(part.mchid, part.out_trade_no, part.description, part.attach, part.total_fen) for part in parts]
    again = [
        (part.mchid, part.out_trade_no, part.description, part.attach, part.amount.total_amount)
        for part in body.sub_orders
    ]
    kept = (known.appid, known.openid, known.notify_url, known.trade_type)
    if first != again or kept != (body.combine_appid, openid, body.notify_url, trade_type):
        raise PayError(403, "OUT_TRADE_NO_USED", "合单商户订单号重复,请求参数与首次请求不一致")
    if state.now_ms < known.prepaid_ms + prepay_life_ms(trade_type):
        return known.prepay_id
    prepay_id = new_prepay_id(state)
    state.run(
        "UPDATE combined_orders SET prepay_id = ?, prepaid_ms = ? WHERE id = ?", prepay_id, state.now_ms, known.id
    )
    return prepay_id


def _open(state: State, body: Combine, *, trade_type: TradeType, openid: str, expires_ms: int) -> str:
    prepay_id = new_prepay_id(state)
    device_id = body.scene_info.device_id if body.scene_info is not None else ""
    combined = state.run(
        "INSERT INTO combined_orders (mchid, out_trade_no, appid, openid, device_id, notify_url, trade_type, prepay_id,"
        " prepaid_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        body.combine_mchid,
        body.combine_out_trade_no,
        body.combine_appid,
        openid,
        device_id,
        body.notify_url,
        trade_type,
        prepay_id,
        state.now_ms,
    ).lastrowid
    rows = [
        (
            *(part.mchid, part.out_trade_no, body.combine_appid, openid, part.description, part.attach),
            *(body.notify_url, part.amount.total_amount, f"{prepay_id}#{number}", state.now_ms, state.now_ms),
            *(expires_ms, TradeState.NOTPAY, trade_type, combined),
            part.settle_info is not None and part.settle_info.profit_sharing,
        )
        for number, part in enumerate(body.sub_orders, start=1)
    ]
    state.run_many(
        "INSERT INTO payments (mchid, out_trade_no, appid, openid, description, attach, notify_url, total_fen,"
        " prepay_id, prepaid_ms, created_ms, expires_ms, trade_state, trade_type, combined,"
        " is_shared) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return prepay_id


def query(state: State, request: Request) -> Body:
    """GET /v3/combine-transactions/out-trade-no/{no}: the whole with every part; 404 ORDER_NOT_EXIST."""
    combined = _known(state, request)
    return shown_combined(combined, payments_of(state, combined.id))


def _known(state: State, request: Request) -> CombinedOrder:
    combined = combined_by_trade_no(state, request.caller, request.parts[0])
    if combined is None:
        raise PayError(404, "ORDER_NOT_EXIST", "查询的合单订单不存在")
    return combined


def close(state: State, request: Request) -> None:
    """POST /v3/combine-transactions/out-trade-no/{no}/close: 204, no part can be paid any more.

    Refuses a body that does not name exactly the parts (PARAM_ERROR) and a paid order (ORDERPAID); closing twice is a
    switch (ORDER_CLOSED).
    """
    body = pay_parsed(request, CombineClose)
    combined = _known(state, request)
    parts = payments_of(state, combined.id)
    named = {(key.mchid, key.out_trade_no) for key in body.sub_orders}
    if body.combine_appid != combined.appid or named != {(part.mchid, part.out_trade_no) for part in parts}:
        raise PayError(400, "PARAM_ERROR", "参数错误:combine_appid 或 sub_orders 与合单订单不一致")
    if any(part.transaction_id is not None for part in parts):
        raise PayError(400, "ORDERPAID", "订单已支付,不能关闭")
    if parts[0].trade_state is TradeState.CLOSED and not state.settings.close_may_repeat:
        raise PayError(400, "ORDER_CLOSED", "订单已关闭,无需重复关闭")
    state.run("UPDATE payments SET trade_state = ? WHERE combined = ?", TradeState.CLOSED, combined.id)


ORDER_REFUSES = (
    "PARAM_ERROR",
    "MCH_NOT_EXISTS",
    "APPID_MCHID_NOT_MATCH",
    "NO_AUTH",
    "RULE_LIMIT",
    "OUT_TRADE_NO_USED",
    "ORDERPAID",
    "ORDER_CLOSED",
)

ROUTES = (
    *(
        Route(
            "POST",
            f"/v3/combine-transactions/{trade_type.name.lower()}",
            Door.PAY,
            partial(order, trade_type=trade_type),
            refuses=ORDER_REFUSES,
        )
        for trade_type in TradeType
    ),
    Route("GET", "/v3/combine-transactions/out-trade-no/{}", Door.PAY, query, refuses=("ORDER_NOT_EXIST",)),
    Route(
        "POST",
        "/v3/combine-transactions/out-trade-no/{}/close",
        Door.PAY,
        close,
        refuses=("PARAM_ERROR", "ORDER_NOT_EXIST", "ORDERPAID", "ORDER_CLOSED"),
    ),
)
