"""Ordering faults, and the few that strike at once: dead tokens, released pushes."""

from difflib import get_close_matches

import msgspec

from wechat_sandbox import callbacks, faults
from wechat_sandbox.faults import FaultKind
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.tokens import kill_all
from wechat_sandbox.wire import Body, ControlError, Request, control_parsed

LONGEST_MS = 600_000
NEAR = 3


class NewFault(msgspec.Struct):
    """Body of faults; see `wechat_sandbox.faults` for what each kind does."""

    kind: FaultKind
    times: int = 1
    path: str = "*"
    owner: str = ""
    errcode: int = 0
    http_status: int = 502
    code: str = "SYSTEM_ERROR"
    shift_ms: int = 0


class Appid(msgspec.Struct):
    """One account."""

    appid: str


def order(state: State, request: Request) -> Body:
    """POST /_sandbox/faults: the fault waits for its next `times` occasions."""
    body = control_parsed(request, NewFault)
    _check(body, paths=state.api_paths)
    number = faults.order(
        state,
        body.kind,
        times=body.times,
        path=body.path,
        owner=body.owner,
        errcode=body.errcode,
        http_status=body.http_status,
        code=body.code,
        shift_ms=body.shift_ms,
    )
    return {"fault": number}


def _check(body: NewFault, *, paths: frozenset[str]) -> None:
    """Raises `ControlError` for a fault that could never strike."""
    if body.kind is FaultKind.ERRCODE and body.errcode == 0:
        raise ControlError("errcode_missing", "an errcode fault needs its errcode")
    if body.kind is FaultKind.SLOW_ANSWER and not 0 < body.shift_ms <= LONGEST_MS:
        raise ControlError("shift_missing", f"a slow_answer fault needs shift_ms, from 1 to {LONGEST_MS}")
    if body.path == "*":
        return
    if body.kind not in faults.OF_CALLS:
        kinds = ", ".join(sorted(faults.OF_CALLS))
        raise ControlError("path_not_used", f"{body.kind} strikes no calls: leave path out. A path is for {kinds}")
    if body.path not in paths:
        near = get_close_matches(body.path, paths, n=NEAR)
        hint = f"near it: {', '.join(near)}" if near else "GET /_sandbox/openapi.json lists them all"
        raise ControlError("unknown_path", f"no API has the path {body.path!r}; {hint}")


def waiting(state: State, request: Request) -> Body:
    """GET /_sandbox/faults: all faults with what is left of them."""
    del request
    return {"faults": [dict(row) for row in state.all("SELECT * FROM faults ORDER BY id")]}


def clear(state: State, request: Request) -> Body:
    """POST /_sandbox/faults/clear: no fault waits any more."""
    del request
    faults.clear(state)
    return {"ok": True}


def kill_tokens(state: State, request: Request) -> Body:
    """POST /_sandbox/tokens/kill: every token of the account is invalid from now on (40001)."""
    kill_all(state, control_parsed(request, Appid).appid)
    return {"ok": True}


def release(state: State, request: Request) -> Body:
    """POST /_sandbox/callbacks/release: held pushes are due now."""
    del request
    return {"released": callbacks.release(state)}


class OneCallback(msgspec.Struct):
    """One push by its id, as the list of callbacks has it."""

    callback: int


def retry(state: State, request: Request) -> Body:
    """POST /_sandbox/callbacks/retry: this push is due now, even one that was given up."""
    number = control_parsed(request, OneCallback).callback
    if not callbacks.retry(state, number):
        raise ControlError("nothing_to_retry", f"callback {number} is unknown, on its way or already taken")
    return {"ok": True}


ROUTES = (
    Route("POST", "/_sandbox/faults", Door.CONTROL, order),
    Route("GET", "/_sandbox/faults", Door.CONTROL, waiting),
    Route("POST", "/_sandbox/faults/clear", Door.CONTROL, clear),
    Route("POST", "/_sandbox/tokens/kill", Door.CONTROL, kill_tokens),
    Route("POST", "/_sandbox/callbacks/release", Door.CONTROL, release),
    Route("POST", "/_sandbox/callbacks/retry", Door.CONTROL, retry),
)
