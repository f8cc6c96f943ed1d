"""Third-party platforms from outside WeChat: registering one, and what an account's administrator decides."""

import base64

import msgspec

from wechat_sandbox.accounts import find_account
from wechat_sandbox.component import privacy
from wechat_sandbox.component.agreements import agree, offered_sets, preauth_platform, withdraw
from wechat_sandbox.component.permissions import permissions
from wechat_sandbox.component.tickets import start_pushing, stop_pushing
from wechat_sandbox.platforms import Platform, find_platform, read_sets, written_sets
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, ControlError, Request, control_parsed

AES_KEY_CHARACTERS = 43


class NewPlatform(msgspec.Struct):
    """Body of platforms; what is left out is made up from the seed, and every permission set is asked for."""

    appid: str
    name: str = ""
    secret: str = ""
    token: str = ""
    aes_key: str = ""
    ticket_url: str = ""
    message_url: str = ""
    sets: list[int] | None = None
    ips: list[str] = []
    pushes_tickets: bool = True


class Decision(msgspec.Struct):
    """What the administrator of `appid` decides; without `sets`, everything the platform asks for."""

    platform: str
    appid: str
    sets: list[int] | None = None
    pre_auth_code: str = ""


class PlatformAppid(msgspec.Struct):
    """One platform."""

    platform: str


class Principal(msgspec.Struct):
    """The company behind an account."""

    appid: str
    principal: str


class Declaration(msgspec.Struct):
    """What the account's live privacy guide declares."""

    appid: str
    keys: list[str] = []


class Judgement(msgspec.Struct):
    """WeChat's answer to an application for a privacy interface; a reason refuses it."""

    appid: str
    api_name: str
    reason: str = ""


def add_platform(state: State, request: Request) -> Body:
    """POST /_sandbox/platforms: the platform with all its secrets; its tickets begin to come."""
    body = control_parsed(request, NewPlatform)
    aes_key = body.aes_key or base64.b64encode(state.hashed("aes key", body.appid, size=32)).decode()[:43]
    if len(aes_key) != AES_KEY_CHARACTERS:
        raise ControlError("bad_aes_key", "an EncodingAESKey has 43 characters")
    known = tuple(one.id for one in permissions().sets)
    sets = known if body.sets is None else tuple(body.sets)
    if not set(sets) <= set(known):
        raise ControlError("unknown_sets", f"permission sets are {list(known)}")
    state.run(
        "INSERT OR REPLACE INTO platforms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        body.appid,
        body.name or body.appid,
        body.secret or state.hashed("secret", body.appid, size=16).hex(),
        body.token or state.hashed("token", body.appid, size=12).hex(),
        aes_key,
        body.ticket_url,
        body.message_url,
        written_sets(sets),
        ",".join(body.ips),
    )
    if body.pushes_tickets:
        start_pushing(state, body.appid)
    return {"platform": msgspec.to_builtins(_platform(state, body.appid))}


def _platform(state: State, appid: str) -> Platform:
    found = find_platform(state, appid)
    if found is None:
        raise ControlError("unknown_platform", f"there is no platform {appid!r}")
    return found


def stop_tickets(state: State, request: Request) -> Body:
    """POST /_sandbox/platforms/stop_tickets: no ticket comes until api_start_push_ticket."""
    stop_pushing(state, _platform(state, control_parsed(request, PlatformAppid).platform).appid)
    return {"ok": True}


def authorize(state: State, request: Request) -> Body:
    """POST /_sandbox/platforms/authorize: the administrator agrees, as on the page; the code is the redirect's."""
    body = control_parsed(request, Decision)
    platform = _platform(state, body.platform)
    if body.pre_auth_code:
        preauth_platform(state, body.pre_auth_code, platform=body.platform)
    sets = offered_sets(state, platform, body.appid) if body.sets is None else tuple(body.sets)
    agreement = agree(state, platform, body.appid, sets=sets, preauth_code=body.pre_auth_code)
    return {"auth_code": agreement.auth_code, "expires_in": agreement.expires_in_s, "sets": sorted(sets)}


def unauthorize(state: State, request: Request) -> Body:
    """POST /_sandbox/platforms/unauthorize: the administrator takes it back."""
    body = control_parsed(request, Decision)
    withdraw(state, body.platform, body.appid)
    return {"ok": True}


def set_principal(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts/principal: this company is behind the account."""
    body = control_parsed(request, Principal)
    _check_account(state, body.appid)
    state.run("INSERT OR REPLACE INTO principals VALUES (?, ?)", body.appid, body.principal)
    return {"ok": True}


def _check_account(state: State, appid: str) -> None:
    if find_account(state, appid) is None:
        raise ControlError("unknown_account", f"there is no account {appid!r}")


def declare(state: State, request: Request) -> Body:
    """POST /_sandbox/privacy/declare: the live guide declares exactly these keys, as if set in the console."""
    body = control_parsed(request, Declaration)
    _check_account(state, body.appid)
    privacy.declare(state, body.appid, body.keys)
    return {"keys": sorted(privacy.declared_keys(state, body.appid))}


def release(state: State, request: Request) -> Body:
    """POST /_sandbox/privacy/release: the mini-program's next version is out, and with it the guide's draft."""
    appid = control_parsed(request, Declaration).appid
    if not privacy.release(state, appid):
        raise ControlError("no_draft", f"{appid!r} has no draft of a privacy guide")
    return {"keys": sorted(privacy.declared_keys(state, appid))}


def judge(state: State, request: Request) -> Body:
    """POST /_sandbox/privacy/judge: WeChat opens the interface applied for, or refuses it with a reason."""
    body = control_parsed(request, Judgement)
    if not privacy.judge_interface(state, body.appid, body.api_name, reason=body.reason):
        raise ControlError("not_applied", f"{body.appid!r} waits for no answer about {body.api_name!r}")
    return {"ok": True}


def platforms(state: State, request: Request) -> Body:
    """GET /_sandbox/platforms: every platform, and the accounts that authorised it with their sets."""
    del request
    rows = state.all("SELECT appid FROM platforms ORDER BY appid")
    return {"platforms": [_shown(state, row["appid"]) for row in rows]}


def _shown(state: State, appid: str) -> Body:
    rows = state.all("SELECT appid, sets, granted_ms FROM authorizations WHERE platform = ?", appid)
    granted = [
        {"appid": row["appid"], "sets": list(read_sets(row["sets"])), "granted_ms": row["granted_ms"]} for row in rows
    ]
    return {**msgspec.to_builtins(_platform(state, appid)), "authorizers": granted}


ROUTES = (
    Route("POST", "/_sandbox/platforms", Door.CONTROL, add_platform),
    Route("GET", "/_sandbox/platforms", Door.CONTROL, platforms),
    Route("POST", "/_sandbox/platforms/stop_tickets", Door.CONTROL, stop_tickets),
    Route("POST", "/_sandbox/platforms/authorize", Door.CONTROL, authorize),
    Route("POST", "/_sandbox/platforms/unauthorize", Door.CONTROL, unauthorize),
    Route("POST", "/_sandbox/accounts/principal", Door.CONTROL, set_principal),
    Route("POST", "/_sandbox/privacy/declare", Door.CONTROL, declare),
    Route("POST", "/_sandbox/privacy/release", Door.CONTROL, release),
    Route("POST", "/_sandbox/privacy/judge", Door.CONTROL, judge),
)
