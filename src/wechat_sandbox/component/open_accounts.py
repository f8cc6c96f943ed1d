"""Open-platform accounts (开放平台帐号): accounts of one principal hang on one, and a person has one unionid in them.

Binding changes who a person is to every account: without an open account an answer carries no unionid at all.
"""

import msgspec

from wechat_sandbox.accounts import Account, account
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_BOUND = 100
USUAL_PRINCIPAL = "沙盒测试有限公司"


class Binding(msgspec.Struct):
    """Body of open/create, bind, unbind and get."""

    appid: str = ""
    open_appid: str = ""


def principal_of(state: State, appid: str) -> str:
    """The company behind the account (主体); all accounts have the same until told otherwise."""
    found: str | None = state.value("SELECT principal FROM principals WHERE appid = ?", appid)
    return found or USUAL_PRINCIPAL


def _own(state: State, request: Request) -> tuple[Binding, Account]:
    body = parsed(request, Binding)
    if body.appid != request.caller:
        raise ApiError(40013)
    return body, account(state, request.caller)


def _hang(state: State, appid: str, open_appid: str) -> None:
    state.run("UPDATE accounts SET open_appid = ? WHERE appid = ?", open_appid, appid)


def create(state: State, request: Request) -> Body:
    """POST /cgi-bin/open/create: a new open account with this account on it; 89000 when it hangs on one already."""
    _, app = _own(state, request)
    if app.open_appid:
        raise ApiError(89000)
    open_appid = f"wx{state.draw(8).hex()}"
    state.run("INSERT INTO open_accounts VALUES (?, ?)", open_appid, principal_of(state, app.appid))
    _hang(state, app.appid, open_appid)
    return {"errcode": 0, "errmsg": "ok", "open_appid": open_appid}


def _made_by_api(state: State, open_appid: str) -> str:
    """The principal of an open account; 89003 for one made on the web site, 40013 for none."""
    principal: str | None = state.value("SELECT principal FROM open_accounts WHERE open_appid = ?", open_appid)
    if principal is None:
        used = open_appid and state.value("SELECT 1 FROM accounts WHERE open_appid = ?", open_appid)
        raise ApiError(89003 if used else 40013)
    return principal


def bind(state: State, request: Request) -> Body:
    """POST /cgi-bin/open/bind: the account hangs on the open account.

    Refuses one that hangs already (89000), another principal (89001), one not made by API (89003), the 101st (89004).
    """
    body, app = _own(state, request)
    if app.open_appid:
        raise ApiError(89000)
    principal = _made_by_api(state, body.open_appid)
    if principal != principal_of(state, app.appid):
        raise ApiError(89001)
    if state.value("SELECT COUNT(*) FROM accounts WHERE open_appid = ?", body.open_appid) >= MOST_BOUND:
        raise ApiError(89004)
    _hang(state, app.appid, body.open_appid)
    return {"errcode": 0, "errmsg": "ok"}


def unbind(state: State, request: Request) -> Body:
    """POST /cgi-bin/open/unbind: the account hangs on nothing; 89002 when it did not, 89003 not made by API, 89001."""
    body, app = _own(state, request)
    if not app.open_appid:
        raise ApiError(89002)
    if app.open_appid != body.open_appid:
        raise ApiError(89001)
    _made_by_api(state, body.open_appid)
    _hang(state, app.appid, "")
    return {"errcode": 0, "errmsg": "ok"}


def get(state: State, request: Request) -> Body:
    """POST /cgi-bin/open/get: the open account that the account hangs on; 89002 for none."""
    _, app = _own(state, request)
    if not app.open_appid:
        raise ApiError(89002)
    return {"errcode": 0, "errmsg": "ok", "open_appid": app.open_appid}


def have(state: State, request: Request) -> Body:
    """GET /cgi-bin/open/have: whether the account hangs on an open account."""
    return {"errcode": 0, "errmsg": "ok", "have_open": bool(account(state, request.caller).open_appid)}


ROUTES = (
    Route("POST", "/cgi-bin/open/create", Door.TOKEN, create, (40013, 89000)),
    Route("POST", "/cgi-bin/open/bind", Door.TOKEN, bind, (40013, 89000, 89001, 89003, 89004)),
    Route("POST", "/cgi-bin/open/unbind", Door.TOKEN, unbind, (40013, 89001, 89002, 89003)),
    Route("POST", "/cgi-bin/open/get", Door.TOKEN, get, (40013, 89002)),
    Route("GET", "/cgi-bin/open/have", Door.TOKEN, have),
)
