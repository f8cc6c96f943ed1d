"""From an HTTP request to a reply, in one turn: find the route, guard its door, run it, log the call.

A refusal is an answer, and its turn is kept (quotas stay counted); every API guards before it writes.
An unforeseen exception rolls the turn back and reaches the server.
"""

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from wechat_sandbox import faults
from wechat_sandbox.component.permissions import check_granted
from wechat_sandbox.component.tickets import platform_caller
from wechat_sandbox.errcodes import TEXTS
from wechat_sandbox.faults import FaultKind
from wechat_sandbox.pay import rates
from wechat_sandbox.pay.signing import caller_of, reply_headers
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route, RouteTable
from wechat_sandbox.state import State
from wechat_sandbox.tokens import Holder, TokenKind, holder_of
from wechat_sandbox.wire import ApiError, Body, ControlError, PayError, Reply, Request

API_TYPE = ("content-type", "application/json; encoding=utf-8")
LOGIN_TYPE = ("content-type", "text/plain")
"""What every /sns/ API calls its JSON; reported with panva/oauth4webapi#155 and Eleme-IMF/DRDNetworking#32."""
PAY_TYPE = ("content-type", "application/json; charset=utf-8")
HTML_TYPE = ("content-type", "text/html; charset=utf-8")
SECRETS = ("access_token", "component_access_token", "refresh_token", "secret", "appsecret", "js_code", "code")
CREDENTIAL_PATHS = (
    "/cgi-bin/token",
    "/cgi-bin/stable_token",
    "/cgi-bin/component/api_",
    "/sns/jscode2session",
    "/sns/oauth2/",
    "/cgi-bin/ticket/getticket",
    "/sns/component/",
    "/wxa/resetusersessionkey",
)
LOGGED_CHARACTERS = 4000


def answer(state: State, table: RouteTable, request: Request, *, target: str) -> Reply:
    """The reply to one request for `target` (path and query as sent); it is logged, except at the control door.

    Looking through the control door takes no turn: who watches changes no id that is drawn later.
    """
    found = table.find(request.method, request.path)
    if found is not None and found[0].door is Door.CONTROL and request.method == "GET":
        return _control(state, found[0], request)
    with state.transaction():
        if found is not None and found[0].door is Door.CONTROL:
            return _control(state, found[0], request)
        rid = f"{state.now_s:08x}-{state.draw(4).hex()}-{state.draw(4).hex()}"
        if request.path.startswith("/v3/"):
            caller, reply = _pay(state, found, request, target=target, rid=rid)
        else:
            caller, reply = _api(state, table, found, request, rid=rid)
        if found is not None and reply.code == "0":
            reply = _lost(state, found[0], caller, reply)
        if found is not None:
            reply = _slowed(state, found[0], caller, reply)
        _log(state, request, reply, caller=caller, rid=rid)
        return reply


def _control(state: State, route: Route, request: Request) -> Reply:
    try:
        body = route.call(state, request)
    except ControlError as error:
        return refused(error)
    return body if isinstance(body, Reply) else Reply(200, msgspec.json.encode(body), (PAY_TYPE,))


def _api(
    state: State, table: RouteTable, found: tuple[Route, tuple[str, ...]] | None, request: Request, *, rid: str
) -> tuple[str, Reply]:
    caller = request.query.get("appid", "")
    try:
        route = found[0] if found is not None else _refuse_unknown(table, request)
        if route.door is Door.TOKEN:
            holder = _holder(state, request)
            caller = holder.appid
            _admit(state, holder, request)
        elif route.door is Door.COMPONENT:
            caller = _platform(state, request)
            spend(state, caller, request.path)
        _strike_api(state, route, caller)
        body = route.call(state, replace(request, caller=caller, parts=found[1] if found is not None else ()))
    except ApiError as error:
        text = error.errmsg or TEXTS.get(error.errcode, "error")
        refusal = {"errcode": error.errcode, "errmsg": f"{text} rid: {rid}", **error.beside}
        return caller, Reply(200, msgspec.json.encode(refusal), (_api_type(request.path),), str(error.errcode))
    except PayError as error:
        return caller, Reply(error.status, error.message.encode(), (HTML_TYPE,), error.code)
    return caller, body if isinstance(body, Reply) else Reply(
        200, msgspec.json.encode(body), (_api_type(request.path),)
    )


def _api_type(path: str) -> tuple[str, str]:
    return LOGIN_TYPE if path.startswith("/sns/") else API_TYPE


def _holder(state: State, request: Request) -> Holder:
    if faults.strike(state, FaultKind.TOKEN_STORM):
        raise ApiError(40001)
    return holder_of(state, request.query.get("access_token", ""))


def _admit(state: State, holder: Holder, request: Request) -> None:
    """Who calls is known by now: a refusal is in the log as theirs, and its rid is theirs to ask for."""
    if holder.kind is TokenKind.COMPONENT:
        raise ApiError(61015)
    if holder.platform:
        check_granted(state, platform=holder.platform, appid=holder.appid, path=request.path)
    spend(state, holder.appid, request.path)


def _platform(state: State, request: Request) -> str:
    if faults.strike(state, FaultKind.TOKEN_STORM):
        raise ApiError(40001)
    return platform_caller(state, request)


def _refuse_unknown(table: RouteTable, request: Request) -> Route:
    raise ApiError({None: 40066, "GET": 43001}.get(table.method_of(request.path), 43002))


def _strike_api(state: State, route: Route, caller: str) -> None:
    fault = faults.strike(state, FaultKind.ERRCODE, path=route.path, owner=caller)
    if fault is not None:
        raise ApiError(fault["errcode"])
    _strike_http(state, route, caller)


def _strike_http(state: State, route: Route, caller: str) -> None:
    fault = faults.strike(state, FaultKind.HTTP, path=route.path, owner=caller)
    if fault is not None:
        raise PayError(fault["http_status"], f"HTTP_{fault['http_status']}", "<html><body>Bad Gateway</body></html>")


def _pay(
    state: State, found: tuple[Route, tuple[str, ...]] | None, request: Request, *, target: str, rid: str
) -> tuple[str, Reply]:
    caller = ""
    try:
        caller = caller_of(state, request, target=target)
        route, parts = found if found is not None else _refuse_unknown_pay()
        _strike_pay(state, route, caller)
        body = rates.called(state, route, replace(request, caller=caller, parts=parts))
        if isinstance(body, Reply):
            return caller, body
        status, code, text = (204, "0", b"") if body is None else (200, "0", msgspec.json.encode(body))
    except PayError as error:
        status, code = error.status, error.code
        text = msgspec.json.encode({"code": error.code, "message": error.message})
    proof = reply_headers(state, caller, request, text) if caller else ()
    return caller, Reply(status, text, (PAY_TYPE, ("request-id", rid), *proof), code)


def _refuse_unknown_pay() -> tuple[Route, tuple[str, ...]]:
    raise PayError(404, "NOT_FOUND", "接口不存在")


def _strike_pay(state: State, route: Route, caller: str) -> None:
    fault = faults.strike(state, FaultKind.PAY_ERROR, path=route.path, owner=caller)
    if fault is not None:
        raise PayError(fault["http_status"], fault["code"], "系统异常,请用相同参数重新调用")
    _strike_http(state, route, caller)


def _lost(state: State, route: Route, caller: str, reply: Reply) -> Reply:
    fault = faults.strike(state, FaultKind.LOST_ANSWER, path=route.path, owner=caller)
    if fault is None:
        return reply
    return Reply(fault["http_status"], b"<html><body>Bad Gateway</body></html>", (HTML_TYPE,))


def _slowed(state: State, route: Route, caller: str, reply: Reply) -> Reply:
    fault = faults.strike(state, FaultKind.SLOW_ANSWER, path=route.path, owner=caller)
    return reply if fault is None else replace(reply, after_ms=fault["shift_ms"])


def _log(state: State, request: Request, reply: Reply, *, caller: str, rid: str) -> None:
    asked = answered = ""
    if state.settings.log_bodies:
        asked, answered = _asked(request.query, request.body), _answered(request.path, reply)
    state.run(
        "INSERT INTO calls (at_ms, rid, method, path, caller, http_status, code, request, reply)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        state.now_ms,
        rid,
        request.method,
        request.path,
        caller,
        reply.status,
        reply.code,
        asked,
        answered,
    )


def _asked(query: Mapping[str, str], body: bytes) -> str:
    if b"\x00" in body:
        body = b"(%d bytes)" % len(body)
    if b'secret"' in body:
        body = b"(credentials)"
    shown = "&".join(f"{name}={value}" for name, value in query.items() if name not in SECRETS)
    return f"{shown}\n{body.decode(errors='replace')}"[:LOGGED_CHARACTERS]


def _answered(path: str, reply: Reply) -> str:
    if path.startswith(CREDENTIAL_PATHS) and reply.code == "0":
        return "(credentials)"
    if b"\x00" in reply.body[:LOGGED_CHARACTERS]:
        return f"({len(reply.body)} bytes)"
    return reply.body.decode(errors="replace")[:LOGGED_CHARACTERS]


def refused(error: ControlError, status: int = 400) -> Reply:
    """A control call's refusal."""
    return Reply(status, encoded({"error": error.error, "message": error.message}), (PAY_TYPE,))


def encoded(body: Body) -> bytes:
    """A control reply's JSON."""
    return msgspec.json.encode(body)
