"""Looking: what people received, what was called, what was pushed, where the money is."""

import msgspec

from wechat_sandbox.accounts import account, find_account, openid_of
from wechat_sandbox.control.paging import newest
from wechat_sandbox.pay.keys import switched_share
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.money import refunded_fen
from wechat_sandbox.pay.payments import Payment, payment_by_trade_no, payment_by_transaction
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping.orders import shipment
from wechat_sandbox.shipping.queries import shown_order
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, ControlError, Request


def messages(state: State, request: Request) -> Body:
    """GET /_sandbox/messages?person=&appid=&kind=&newest=&after=&before=&limit=: what people received."""
    filters = {"person": "person", "appid": "appid", "kind": "kind"}
    rows = newest(state, request, "SELECT * FROM messages", filters)
    return {"messages": [{**dict(row), "content": msgspec.json.decode(row["content"])} for row in rows]}


def sayings(state: State, request: Request) -> Body:
    """GET /_sandbox/sayings?person=&appid=&newest=&after=&before=&limit=: what people said to accounts."""
    rows = newest(state, request, "SELECT * FROM sayings", {"person": "person", "appid": "appid"})
    return {"sayings": [{**dict(row), "content": msgspec.json.decode(row["content"])} for row in rows]}


def calls(state: State, request: Request) -> Body:
    """GET /_sandbox/calls?path=&caller=&code=&rid=&search=&newest=&after=&before=&limit=: every call and its outcome."""
    filters = {"path": "path", "caller": "caller", "code": "code", "rid": "rid"}
    searched = ("path", "rid", "request", "reply")
    rows = newest(state, request, "SELECT * FROM calls", filters, searched=searched)
    return {"calls": [dict(row) for row in rows]}


def callbacks(state: State, request: Request) -> Body:
    """GET /_sandbox/callbacks?owner=&subject=&status=&search=&newest=&after=&before=&limit=: every push, its tries."""
    filters = {"owner": "owner", "subject": "subject", "status": "status"}
    rows = newest(state, request, "SELECT * FROM callbacks", filters, searched=("subject", "content"))
    found = []
    for row in rows:
        tries = state.all("SELECT n, at_ms, http_status, is_counted FROM callback_tries WHERE callback = ?", row["id"])
        found.append({**dict(row), "content": msgspec.json.decode(row["content"]), "tried": [dict(t) for t in tries]})
    return {"callbacks": found}


def order(state: State, request: Request) -> Body:
    """GET /_sandbox/order?transaction_id= or ?mchid=&out_trade_no=: one order, its shipping and its money."""
    query = request.query
    if "transaction_id" in query:
        payment = payment_by_transaction(state, query["transaction_id"])
    else:
        payment = payment_by_trade_no(state, query.get("mchid", ""), query.get("out_trade_no", ""))
    if payment is None:
        raise ControlError("unknown_payment", "there is no such order")
    found = shipment(state, payment)
    return {
        "payment": msgspec.to_builtins(payment),
        "order": shown_order(payment, found) if found is not None else None,
        "shipment": msgspec.to_builtins(found) if found is not None else None,
        "frozen_fen": _frozen_fen(state, payment),
        "held_fen": payment.held_fen,
        "refunded_fen": refunded_fen(state, payment),
    }


def _frozen_fen(state: State, payment: Payment) -> int:
    if payment.paid_ms is None or payment.is_settled:
        return 0
    return payment.total_fen - refunded_fen(state, payment)


def show_account(state: State, request: Request) -> Body:
    """GET /_sandbox/account?appid=: the account with its secrets."""
    appid = request.query.get("appid", "")
    if find_account(state, appid) is None:
        raise ControlError("unknown_account", f"there is no account {appid!r}")
    return {"account": msgspec.to_builtins(account(state, appid))}


def merchant(state: State, request: Request) -> Body:
    """GET /_sandbox/merchant?mchid=: the merchant's balance and mode."""
    found = find_merchant(state, request.query.get("mchid", ""))
    if found is None:
        raise ControlError("unknown_merchant", "there is no such merchant")
    return {
        "mchid": found.mchid,
        "balance_fen": found.balance_fen,
        "key_mode": found.key_mode,
        "public_key_id": found.public_key_id,
        "switched_share": switched_share(state, found),
    }


def consents(state: State, request: Request) -> Body:
    """GET /_sandbox/consents?appid=&person=: consents left per template (no WeChat API tells this)."""
    openid = openid_of(state, request.query.get("appid", ""), request.query.get("person", ""))
    rows = state.all("SELECT template_id, remaining FROM consents WHERE openid = ?", openid)
    return {"openid": openid, "remaining": {row["template_id"]: row["remaining"] for row in rows}}


def openid(state: State, request: Request) -> Body:
    """GET /_sandbox/openid?appid=&person=: the person's openid in the account."""
    return {"openid": openid_of(state, request.query.get("appid", ""), request.query.get("person", ""))}


def publications(state: State, request: Request) -> Body:
    """GET /_sandbox/publications?appid=: everything published, with the msgid of each article."""
    rows = state.all("SELECT * FROM publications WHERE appid = ?", request.query.get("appid", ""))
    return {"publications": [{**dict(row), "articles": msgspec.json.decode(row["articles"])} for row in rows]}


ROUTES = (
    Route("GET", "/_sandbox/messages", Door.CONTROL, messages),
    Route("GET", "/_sandbox/sayings", Door.CONTROL, sayings),
    Route("GET", "/_sandbox/calls", Door.CONTROL, calls),
    Route("GET", "/_sandbox/callbacks", Door.CONTROL, callbacks),
    Route("GET", "/_sandbox/order", Door.CONTROL, order),
    Route("GET", "/_sandbox/account", Door.CONTROL, show_account),
    Route("GET", "/_sandbox/merchant", Door.CONTROL, merchant),
    Route("GET", "/_sandbox/consents", Door.CONTROL, consents),
    Route("GET", "/_sandbox/openid", Door.CONTROL, openid),
    Route("GET", "/_sandbox/publications", Door.CONTROL, publications),
)
