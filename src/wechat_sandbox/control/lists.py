"""What there is: accounts, people, merchants, orders, templates, limits, and the surface itself, as lists."""

from dataclasses import asdict

import msgspec

from wechat_sandbox.accounts import account, openid_of
from wechat_sandbox.control.paging import MOST_ROWS, newest, number
from wechat_sandbox.limits import rows
from wechat_sandbox.moments import DAY_MS, SHANGHAI_MS
from wechat_sandbox.official.menus import menu_of
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request


def accounts(state: State, request: Request) -> Body:
    """GET /_sandbox/accounts: every account with its secrets, and how many people follow it."""
    del request
    followers = {
        row["appid"]: row["people"]
        for row in state.all("SELECT appid, COUNT(*) AS people FROM openids WHERE is_follower = 1 GROUP BY appid")
    }
    appids = [row["appid"] for row in state.all("SELECT appid FROM accounts ORDER BY kind, appid")]
    found = [{**msgspec.to_builtins(account(state, appid)), "followers": followers.get(appid, 0)} for appid in appids]
    return {"accounts": found}


def merchants(state: State, request: Request) -> Body:
    """GET /_sandbox/merchants: every merchant with its key mode and balance."""
    del request
    shown = "mchid, appids, serial, apiv3_key, key_mode, public_key_id, switched_ratio, balance_fen"
    found = [dict(row) for row in state.all(f"SELECT {shown} FROM merchants ORDER BY mchid")]
    return {"merchants": [{**row, "appids": [appid for appid in row["appids"].split(",") if appid]} for row in found]}


def templates(state: State, request: Request) -> Body:
    """GET /_sandbox/templates?appid=: the templates an account may send with, and their fields in order."""
    appid = request.query.get("appid")
    found = state.all(
        "SELECT * FROM templates WHERE ? IS NULL OR appid = ? ORDER BY appid, title, template_id", appid, appid
    )
    return {"templates": [{**dict(row), "fields": row["fields"].split(",")} for row in found]}


def menu(state: State, request: Request) -> Body:
    """GET /_sandbox/menu?appid=&person=: the buttons this person sees under the chat; none: no menu."""
    appid = request.query.get("appid", "")
    buttons = menu_of(state, appid, openid_of(state, appid, request.query.get("person", "")))
    return {"buttons": msgspec.to_builtins(buttons or [])}


def persons(state: State, request: Request) -> Body:
    """GET /_sandbox/persons?search=&after=&lively=&limit=: people and the accounts that know them.

    By name; with `lively`, those to whom something came last, the latest first.
    """
    limit = min(number(request, "limit", 100), MOST_ROWS)
    names = _lively(state, limit) if "lively" in request.query else _by_name(state, request, limit)
    known: dict[str, list[dict[str, object]]] = {name: [] for name in names}
    marks = ",".join("?" * len(names))
    for row in state.all(f"SELECT * FROM openids WHERE person IN ({marks}) ORDER BY appid", *names):
        shown = {"appid": row["appid"], "openid": row["openid"], "is_follower": bool(row["is_follower"])}
        known[row["person"]].append(shown)
    found = [{"person": name, "openids": openids} for name, openids in known.items()]
    return {"total": state.value("SELECT COUNT(*) FROM persons"), "persons": found}


def _by_name(state: State, request: Request, limit: int) -> list[str]:
    sql = "SELECT person FROM persons WHERE person > ? AND instr(person, ?) ORDER BY person LIMIT ?"
    rows = state.all(sql, request.query.get("after", ""), request.query.get("search", ""), limit)
    return [row["person"] for row in rows]


def _lively(state: State, limit: int) -> list[str]:
    """Read off the latest messages only, so that a long history costs nothing."""
    rows = state.all("SELECT person FROM messages ORDER BY id DESC LIMIT ?", limit * 5)
    return list(dict.fromkeys(row["person"] for row in rows))[:limit]


def payments(state: State, request: Request) -> Body:
    """GET /_sandbox/payments?person=&appid=&trade_state=&newest=&after=&before=&limit=: orders at Pay, paid or not."""
    found = newest(
        state,
        request,
        "SELECT payments.*, openids.person, shipments.order_state FROM payments"
        " LEFT JOIN openids ON openids.appid = payments.appid AND openids.openid = payments.openid"
        " LEFT JOIN shipments ON shipments.payment = payments.id",
        {"person": "openids.person", "appid": "payments.appid", "trade_state": "payments.trade_state"},
        key="payments.id",
    )
    return {"payments": [dict(row) for row in found]}


def refunds(state: State, request: Request) -> Body:
    """GET /_sandbox/refunds?person=: money that went back, or is on its way."""
    found = state.all(
        "SELECT refunds.*, payments.description, payments.appid, openids.person FROM refunds"
        " JOIN payments ON payments.id = refunds.payment"
        " LEFT JOIN openids ON openids.appid = payments.appid AND openids.openid = payments.openid"
        " WHERE ? IS NULL OR openids.person = ? ORDER BY refunds.created_ms DESC LIMIT 200",
        request.query.get("person"),
        request.query.get("person"),
    )
    return {"refunds": [dict(row) for row in found]}


def quotas(state: State, request: Request) -> Body:
    """GET /_sandbox/quotas: each API's limits with their source, and what every account has used of them today."""
    del request
    today = str((state.now_ms + SHANGHAI_MS) // DAY_MS)
    used: dict[str, dict[str, int]] = {}
    for row in state.all("SELECT subject, path, used FROM quota_use WHERE unit = 'day' AND window = ?", today):
        used.setdefault(row["path"], {})[row["subject"]] = row["used"]
    overridden = {row["path"] for row in state.all("SELECT path FROM quota_overrides")}
    known = {row["path"]: row for row in rows()}
    found = [
        {
            "source": "",
            "date": "",
            "mark": "",
            **known.get(path, {}),
            "path": path,
            **asdict(limit),
            "is_changed": path in overridden,
            "used_today": used.get(path, {}),
        }
        for path, limit in sorted(state.limits.items())
    ]
    return {"is_enforced": state.settings.quotas_enforced, "quotas": found}


ROUTES = (
    Route("GET", "/_sandbox/accounts", Door.CONTROL, accounts),
    Route("GET", "/_sandbox/merchants", Door.CONTROL, merchants),
    Route("GET", "/_sandbox/templates", Door.CONTROL, templates),
    Route("GET", "/_sandbox/menu", Door.CONTROL, menu),
    Route("GET", "/_sandbox/persons", Door.CONTROL, persons),
    Route("GET", "/_sandbox/payments", Door.CONTROL, payments),
    Route("GET", "/_sandbox/refunds", Door.CONTROL, refunds),
    Route("GET", "/_sandbox/quotas", Door.CONTROL, quotas),
)
