"""Acting as a follower of an official account, and as its administrator in the back office."""

from typing import Literal

import msgspec

from wechat_sandbox.accounts import find_account
from wechat_sandbox.official import one_time, visits
from wechat_sandbox.official.mass_jobs import answer_protection
from wechat_sandbox.official.template_messages import ALL_MESSAGES
from wechat_sandbox.official.templates import LibraryTemplate, keep_template
from wechat_sandbox.official.tickets import is_page_signed
from wechat_sandbox.official.web_login import Scope, issue_code, landing, refusal
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, ControlError, Request, control_parsed


class InAccount(msgspec.Struct):
    """One person in one account."""

    person: str
    appid: str


class Scan(msgspec.Struct):
    """One person before a QR code."""

    person: str
    ticket: str


class Say(InAccount):
    """What the person sends: a text, a picture, or the fields of another message type as the push names them."""

    text: str = ""
    picture: bytes = b""
    msg_type: Literal["text", "image", "voice", "video", "shortvideo", "location", "link", "miniprogrampage"] = "text"
    fields: dict[str, str | int | float] = {}


class TapMenu(InAccount):
    """The button the person taps, by its name; `fields` go with a button that scans, photographs or locates."""

    name: str
    fields: dict[str, object] = {}


class Enter(InAccount):
    """Opening a mini-program's customer service."""

    session_from: str = ""


class Refusing(InAccount):
    """Turning the account's messages off or on: all of them, or those of one template."""

    template_id: str = ALL_MESSAGES


class WebLogin(InAccount):
    """Opening a page that asks who reads it, and agreeing."""

    redirect_uri: str = "https://shop.test/"
    scope: Scope = Scope.BASE
    state: str = ""


class OneTime(InAccount):
    """Answering the page that asks for one message; without `template_id` the account's own."""

    scene: int
    action: Literal["confirm", "cancel"] = "confirm"
    template_id: str = ""
    redirect_url: str = "https://shop.test/"
    reserved: str = ""


class Domain(msgspec.Struct):
    """A domain registered for web login."""

    appid: str
    domain: str


class PageConfig(msgspec.Struct):
    """The arguments of `wx.config` on a page."""

    appid: str
    url: str
    timestamp: str | int
    nonce_str: str
    signature: str


class OwnTemplate(msgspec.Struct):
    """A template message's template as the back office adds it; the content names its fields `{{thing1.DATA}}`."""

    appid: str
    template_id: str
    content: str
    title: str = ""


class Coupon(msgspec.Struct):
    """A coupon that may be sent."""

    appid: str
    card_id: str
    title: str = ""


class Online(msgspec.Struct):
    """One of the staff comes or goes."""

    appid: str
    kf_account: str
    is_online: bool = True


class MassAnswer(msgspec.Struct):
    """The administrator's answer to a mass message that waits."""

    msg_id: int
    is_agreed: bool = True


def scan(state: State, request: Request) -> Body:
    """POST /_sandbox/scan: a QR code of an account; who follows is told as `SCAN`, who does not follows by it."""
    body = control_parsed(request, Scan)
    appid, openid = visits.scan(state, body.person, ticket=body.ticket)
    return {"appid": appid, "openid": openid}


def say(state: State, request: Request) -> Body:
    """POST /_sandbox/say: the person writes to the account; the answer to the push appears on the phone."""
    body = control_parsed(request, Say)
    fields: dict[str, object] = {"Content": body.text} if body.msg_type == "text" else dict(body.fields)
    msg_type = body.msg_type
    if body.picture:
        _check_account(state, body.appid)
        msg_type, fields = "image", visits.photographed(state, body.appid, body.picture)
    return {"msg_id": visits.say(state, body.appid, body.person, msg_type=msg_type, fields=fields)}


def tap_menu(state: State, request: Request) -> Body:
    """POST /_sandbox/menu/tap: the person taps a button of the menu they see, by its name."""
    body = control_parsed(request, TapMenu)
    return {
        "button": msgspec.to_builtins(
            visits.tap_menu(state, body.appid, body.person, name=body.name, fields=body.fields)
        )
    }


def enter_session(state: State, request: Request) -> Body:
    """POST /_sandbox/enter_session: the person opens a mini-program's customer service."""
    body = control_parsed(request, Enter)
    return {"openid": visits.enter_session(state, body.appid, body.person, session_from=body.session_from)}


def block(state: State, request: Request) -> Body:
    """POST /_sandbox/block: the person turns off the account's messages, or one template's."""
    body = control_parsed(request, Refusing)
    visits.refuse(state, body.appid, body.person, template_id=body.template_id)
    return {"ok": True}


def unblock(state: State, request: Request) -> Body:
    """POST /_sandbox/unblock: the person turns them on again."""
    body = control_parsed(request, Refusing)
    visits.allow(state, body.appid, body.person, template_id=body.template_id)
    return {"ok": True}


def web_login(state: State, request: Request) -> Body:
    """POST /_sandbox/web_login: the person opens the page and agrees; the code, and where the phone goes with it."""
    body = control_parsed(request, WebLogin)
    reason = refusal(state, body.appid, redirect_uri=body.redirect_uri, scope=body.scope)
    if reason:
        raise ControlError("page_refused", reason)
    code = issue_code(state, body.appid, body.person, scope=body.scope)
    return {"code": code, "url": landing(body.redirect_uri, code=code, state=body.state)}


def register_domain(state: State, request: Request) -> Body:
    """POST /_sandbox/web_login/domain: from now on this account's web login goes to registered domains only."""
    body = control_parsed(request, Domain)
    _check_account(state, body.appid)
    state.run("INSERT OR IGNORE INTO web_domains VALUES (?, ?)", body.appid, body.domain)
    return {"ok": True}


def js_config(state: State, request: Request) -> Body:
    """POST /_sandbox/js_config: what the phone says to a page's `wx.config`."""
    body = control_parsed(request, PageConfig)
    is_signed = is_page_signed(
        state,
        body.appid,
        url=body.url,
        timestamp=str(body.timestamp),
        nonce=body.nonce_str,
        signature=body.signature,
    )
    return {"errMsg": "config:ok" if is_signed else "config:invalid signature"}


def show_one_time(state: State, request: Request) -> Body:
    """GET /_sandbox/one_time?appid=: the account's template_id for one-time subscriptions."""
    appid = request.query.get("appid", "")
    _check_account(state, appid)
    return {"template_id": one_time.template_id_of(state, appid)}


def answer_one_time(state: State, request: Request) -> Body:
    """POST /_sandbox/one_time: the person answers the page; where the phone goes next."""
    body = control_parsed(request, OneTime)
    query = {
        "appid": body.appid,
        "scene": str(body.scene),
        "template_id": body.template_id or one_time.template_id_of(state, body.appid),
        "redirect_url": body.redirect_url,
        "reserved": body.reserved,
    }
    reason = one_time.refusal(state, query)
    if reason:
        raise ControlError("page_refused", reason)
    return {"url": one_time.answer(state, query, person=body.person, action=body.action)}


def add_own_template(state: State, request: Request) -> Body:
    """POST /_sandbox/template_messages: the back office added a template for template messages."""
    body = control_parsed(request, OwnTemplate)
    _check_account(state, body.appid)
    known = LibraryTemplate("", body.title, "IT科技", "互联网|电子商务", [])
    keep_template(state, body.appid, body.template_id, known, content=body.content)
    return {"ok": True}


def add_coupon(state: State, request: Request) -> Body:
    """POST /_sandbox/coupons: the account has a coupon (卡券) that messages can carry."""
    body = control_parsed(request, Coupon)
    _check_account(state, body.appid)
    state.run("INSERT OR REPLACE INTO coupons VALUES (?, ?, ?)", body.appid, body.card_id, body.title)
    return {"ok": True}


def staff_online(state: State, request: Request) -> Body:
    """POST /_sandbox/staff: one of the account's staff comes online or leaves."""
    body = control_parsed(request, Online)
    changed = state.run(
        "UPDATE kf_staff SET is_online = ? WHERE appid = ? AND kf_account = ?",
        body.is_online,
        body.appid,
        body.kf_account,
    )
    if changed.rowcount == 0:
        raise ControlError("unknown_staff", f"{body.appid!r} has no staff {body.kf_account!r}")
    return {"ok": True}


def answer_mass(state: State, request: Request) -> Body:
    """POST /_sandbox/mass/answer: the administrator agrees to a mass message to all, or refuses it."""
    body = control_parsed(request, MassAnswer)
    answer_protection(state, body.msg_id, is_agreed=body.is_agreed)
    return {"ok": True}


def _check_account(state: State, appid: str) -> None:
    if find_account(state, appid) is None:
        raise ControlError("unknown_account", f"there is no account {appid!r}")


ROUTES = (
    Route("POST", "/_sandbox/scan", Door.CONTROL, scan),
    Route("POST", "/_sandbox/say", Door.CONTROL, say),
    Route("POST", "/_sandbox/menu/tap", Door.CONTROL, tap_menu),
    Route("POST", "/_sandbox/enter_session", Door.CONTROL, enter_session),
    Route("POST", "/_sandbox/block", Door.CONTROL, block),
    Route("POST", "/_sandbox/unblock", Door.CONTROL, unblock),
    Route("POST", "/_sandbox/web_login", Door.CONTROL, web_login),
    Route("POST", "/_sandbox/web_login/domain", Door.CONTROL, register_domain),
    Route("POST", "/_sandbox/js_config", Door.CONTROL, js_config),
    Route("GET", "/_sandbox/one_time", Door.CONTROL, show_one_time),
    Route("POST", "/_sandbox/one_time", Door.CONTROL, answer_one_time),
    Route("POST", "/_sandbox/template_messages", Door.CONTROL, add_own_template),
    Route("POST", "/_sandbox/coupons", Door.CONTROL, add_coupon),
    Route("POST", "/_sandbox/staff", Door.CONTROL, staff_online),
    Route("POST", "/_sandbox/mass/answer", Door.CONTROL, answer_mass),
)
