"""分账: a settled order's money is held and shared out to other merchants and people; the rest is the merchant's.

Thin: it is shared at once, and there is no way back (分账回退).
"""

import re
import sqlite3

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.moments import local, rfc3339
from wechat_sandbox.pay import money
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.payments import Payment, payment_by_id, payment_by_transaction
from wechat_sandbox.pay.sensitive import opened
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, PayError, Request, pay_parsed

OUT_ORDER_NO = re.compile(r"^[0-9A-Za-z_\-|*@]{1,64}$")
TO_MERCHANT, TO_PERSON = "MERCHANT_ID", "PERSONAL_OPENID"
MOST_RECEIVERS, MOST_ORDERS = 50, 50


class Receiver(msgspec.Struct):
    """Who gets how much; `name` is encrypted."""

    type: str
    account: str
    amount: int
    description: str
    name: str = ""


class Share(msgspec.Struct):
    """Body of /v3/profitsharing/orders."""

    appid: str
    transaction_id: str
    out_order_no: str
    receivers: list[Receiver]
    unfreeze_unsplit: bool


class LetGo(msgspec.Struct):
    """Body of /v3/profitsharing/orders/unfreeze."""

    transaction_id: str
    out_order_no: str
    description: str


class Related(msgspec.Struct):
    """Body of /v3/profitsharing/receivers/{add,delete}; `name` is encrypted, and needed for a merchant that is added."""

    appid: str
    type: str
    account: str
    relation_type: str = ""
    name: str = ""


def share(state: State, request: Request) -> Body:
    """POST /v3/profitsharing/orders: the receivers have their parts; the same number again is the same.

    Refuses bad fields (PARAM_ERROR), an order that is unknown, not shared, not settled or shared 50 times, receivers
    that were not added, a number used otherwise (INVALID_REQUEST), more than the merchant's share (RULE_LIMIT) or
    than is held (NOT_ENOUGH).
    """
    body = pay_parsed(request, Share)
    _check_fields(state, request, body)
    payment = _shareable(state, request.caller, body.transaction_id)
    known = _known(state, request.caller, body.out_order_no)
    if known is not None:
        return _same(known, payment, _asked(body.receivers, lets_go=body.unfreeze_unsplit))
    shared_fen = sum(receiver.amount for receiver in body.receivers)
    _check_amounts(state, payment, shared_fen)
    for receiver in body.receivers:
        _check_related(state, request.caller, receiver)
    state.run("UPDATE payments SET held_fen = held_fen - ? WHERE id = ?", shared_fen, payment.id)
    for receiver in body.receivers:
        if receiver.type == TO_MERCHANT:
            number = payment.transaction_id or ""
            kind, voucher = money.FlowKind.SHARE, body.out_order_no
            money.move(state, receiver.account, receiver.amount, kind=kind, business_no=number, voucher=voucher)
    return _kept(state, payment, body.out_order_no, body.receivers, lets_go=body.unfreeze_unsplit)


def let_rest_go(state: State, request: Request) -> Body:
    """POST /v3/profitsharing/orders/unfreeze: what is still held is on the merchant's balance; refuses as `share`."""
    body = pay_parsed(request, LetGo)
    if not OUT_ORDER_NO.match(body.out_order_no) or not body.description:
        raise PayError(400, "PARAM_ERROR", "参数错误:out_order_no 或 description 不符合要求")
    payment = _shareable(state, request.caller, body.transaction_id)
    known = _known(state, request.caller, body.out_order_no)
    if known is not None:
        return _same(known, payment, _asked([], lets_go=True))
    return _kept(state, payment, body.out_order_no, [], lets_go=True)


def let_go(state: State, payment_id: str) -> None:
    """Thirty days after its settlement nothing is held any more."""
    payment = payment_by_id(state, int(payment_id))
    if payment is not None:
        money.let_go(state, payment)


def _check_fields(state: State, request: Request, body: Share) -> None:
    accounts = {(receiver.type, receiver.account) for receiver in body.receivers}
    is_right = (
        OUT_ORDER_NO.match(body.out_order_no)
        and 1 <= len(body.receivers) <= MOST_RECEIVERS
        and all(receiver.amount > 0 and receiver.type in (TO_MERCHANT, TO_PERSON) for receiver in body.receivers)
    )
    if not is_right or len(accounts) < len(body.receivers):
        raise PayError(400, "PARAM_ERROR", "参数错误:out_order_no 或 receivers 不符合要求")
    names = [receiver.name for receiver in body.receivers if receiver.name]
    if names:
        opened(state, request, *names)


def _shareable(state: State, mchid: str, transaction_id: str) -> Payment:
    payment = payment_by_transaction(state, transaction_id)
    if payment is None or payment.mchid != mchid:
        raise PayError(400, "INVALID_REQUEST", "订单不存在")
    if not payment.is_shared or not payment.is_settled:
        raise PayError(400, "INVALID_REQUEST", "非分账订单或订单资金尚未结算,不支持分账")
    return payment


def _check_amounts(state: State, payment: Payment, shared_fen: int) -> None:
    before = state.one(
        "SELECT COUNT(*) AS orders, COALESCE(SUM(shared_fen), 0) AS fen FROM share_orders WHERE payment = ?", payment.id
    )
    if before is None or before["orders"] >= MOST_ORDERS:
        raise PayError(400, "INVALID_REQUEST", "同一笔订单最多发起50次分账")
    if (before["fen"] + shared_fen) * 100 > payment.total_fen * state.settings.share_most_percent:
        raise PayError(403, "RULE_LIMIT", "分账金额超出最大分账比例")
    if shared_fen > payment.held_fen:
        raise PayError(403, "NOT_ENOUGH", "分账金额大于订单剩余待分金额")


def _check_related(state: State, mchid: str, receiver: Receiver) -> None:
    related = state.value(
        "SELECT 1 FROM share_receivers WHERE mchid = ? AND kind = ? AND account = ?",
        mchid,
        receiver.type,
        receiver.account,
    )
    if related is None:
        raise PayError(400, "INVALID_REQUEST", f"分账接收方 {receiver.account} 未添加,请先添加分账接收方")


def _kept(state: State, payment: Payment, number: str, receivers: list[Receiver], *, lets_go: bool) -> Body:
    rest_fen = money.let_go(state, payment) if lets_go else 0
    order_id = f"3008{state.draw_digits(4)}{local(state.now_ms):%Y%m%d}{state.serial_digits(12)}"
    shown = [_shown_receiver(state, order_id, receiver) for receiver in receivers]
    if rest_fen:
        rest = Receiver(TO_MERCHANT, payment.mchid, rest_fen, "解冻给分账方")
        shown.append(_shown_receiver(state, order_id, rest))
    state.run(
        "INSERT INTO share_orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        order_id,
        payment.mchid,
        number,
        payment.id,
        msgspec.json.encode(shown).decode(),
        sum(receiver.amount for receiver in receivers),
        _asked(receivers, lets_go=lets_go),
        state.now_ms,
    )
    return _shown(_known(state, payment.mchid, number), payment)


def _shown_receiver(state: State, order_id: str, receiver: Receiver) -> Body:
    return {
        "type": receiver.type,
        "account": receiver.account,
        "amount": receiver.amount,
        "description": receiver.description,
        "result": "SUCCESS",
        "detail_id": f"3601{order_id[4:]}{receiver.account[-4:]}",
        "create_time": rfc3339(state.now_ms),
        "finish_time": rfc3339(state.now_ms),
    }


def _known(state: State, mchid: str, out_order_no: str) -> sqlite3.Row | None:
    return state.one("SELECT * FROM share_orders WHERE mchid = ? AND out_order_no = ?", mchid, out_order_no)


def _asked(receivers: list[Receiver], *, lets_go: bool) -> str:
    """What was asked for, without the names: encrypted again, the same name is another text."""
    parts = [(receiver.type, receiver.account, receiver.amount, receiver.description) for receiver in receivers]
    return msgspec.json.encode([parts, lets_go]).decode()


def _same(known: sqlite3.Row, payment: Payment, asked: str) -> Body:
    if known["payment"] != payment.id or known["asked"] != asked:
        raise PayError(400, "INVALID_REQUEST", "商户分账单号重复,请求参数与首次请求不一致")
    return _shown(known, payment)


def _shown(row: sqlite3.Row | None, payment: Payment) -> Body:
    if row is None:
        raise LookupError(payment.id)
    return {
        "transaction_id": payment.transaction_id,
        "out_order_no": row["out_order_no"],
        "order_id": row["order_id"],
        "state": "FINISHED",
        "receivers": msgspec.json.decode(row["receivers"]),
    }


def query(state: State, request: Request) -> Body:
    """GET /v3/profitsharing/orders/{out_order_no}?transaction_id=: what was shared; 404 RESOURCE_NOT_EXISTS."""
    row = _known(state, request.caller, request.parts[0])
    payment = payment_by_id(state, row["payment"]) if row is not None else None
    if payment is None or payment.transaction_id != request.query.get("transaction_id"):
        raise PayError(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    return _shown(row, payment)


def amounts(state: State, request: Request) -> Body:
    """GET /v3/profitsharing/transactions/{id}/amounts: what is still held; 404 RESOURCE_NOT_EXISTS."""
    payment = payment_by_transaction(state, request.parts[0])
    if payment is None or payment.mchid != request.caller:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    return {"transaction_id": payment.transaction_id, "unsplit_amount": payment.held_fen}


def relate(state: State, request: Request) -> Body:
    """POST /v3/profitsharing/receivers/add: the merchant may share with this account; adding twice changes nothing.

    Refuses bad fields or an unreadable name (PARAM_ERROR) and an account that does not exist (INVALID_REQUEST).
    """
    body = pay_parsed(request, Related)
    _check_relation(state, request, body)
    if not body.relation_type or (body.type == TO_MERCHANT and not body.name):
        raise PayError(400, "PARAM_ERROR", "参数错误:relation_type 必填,商户类型的 name 必填")
    if body.name:
        opened(state, request, body.name)
    if body.type == TO_MERCHANT:
        exists = find_merchant(state, body.account) is not None
    else:
        exists = person_of(state, body.appid, body.account) is not None
    if not exists:
        raise PayError(400, "INVALID_REQUEST", "分账接收方账号不存在")
    state.run("INSERT OR IGNORE INTO share_receivers VALUES (?, ?, ?)", request.caller, body.type, body.account)
    return {"type": body.type, "account": body.account, "relation_type": body.relation_type}


def part_from(state: State, request: Request) -> Body:
    """POST /v3/profitsharing/receivers/delete: the merchant does not share with this account any more (PARAM_ERROR)."""
    body = pay_parsed(request, Related)
    _check_relation(state, request, body)
    state.run(
        "DELETE FROM share_receivers WHERE mchid = ? AND kind = ? AND account = ?",
        request.caller,
        body.type,
        body.account,
    )
    return {"type": body.type, "account": body.account}


def _check_relation(state: State, request: Request, body: Related) -> None:
    merchant = find_merchant(state, request.caller)
    if body.type not in (TO_MERCHANT, TO_PERSON) or merchant is None or body.appid not in merchant.appids:
        raise PayError(400, "PARAM_ERROR", "参数错误:type 或 appid 不符合要求")


ROUTES = (
    Route(
        "POST",
        "/v3/profitsharing/orders",
        Door.PAY,
        share,
        refuses=("PARAM_ERROR", "INVALID_REQUEST", "RULE_LIMIT", "NOT_ENOUGH"),
    ),
    Route(
        "POST",
        "/v3/profitsharing/orders/unfreeze",
        Door.PAY,
        let_rest_go,
        refuses=("PARAM_ERROR", "INVALID_REQUEST"),
    ),
    Route("GET", "/v3/profitsharing/orders/{}", Door.PAY, query, refuses=("RESOURCE_NOT_EXISTS",)),
    Route("GET", "/v3/profitsharing/transactions/{}/amounts", Door.PAY, amounts, refuses=("RESOURCE_NOT_EXISTS",)),
    Route(
        "POST",
        "/v3/profitsharing/receivers/add",
        Door.PAY,
        relate,
        refuses=("PARAM_ERROR", "INVALID_REQUEST"),
    ),
    Route("POST", "/v3/profitsharing/receivers/delete", Door.PAY, part_from, refuses=("PARAM_ERROR",)),
)
