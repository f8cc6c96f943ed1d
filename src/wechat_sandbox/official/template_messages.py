"""Template messages of a verified service account: to followers, about what they did, never marketing.

Fields of WeChat's newer kinds (`thing1`, `amount2`, …) are checked by type (47003); what a template does not show
(`first`, `remark`, colours) is dropped, as since May 2023. The send is answered at once, its outcome is the event
TEMPLATESENDJOBFINISH: `success`, or `failed:user block` when the person refuses the account's messages.
"""

import re
from collections.abc import Mapping

import msgspec

from wechat_sandbox.accounts import AccountKind, find_account
from wechat_sandbox.official.blacklist import check_not_blacklisted
from wechat_sandbox.official.followers import following, known_person
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.official.templates import fields_of
from wechat_sandbox.phone import deliver
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.values import RULES, complaint
from wechat_sandbox.wire import ApiError, Body, Request, parsed

TYPED = re.compile(rf"^({'|'.join(RULES)})\d+$")
LONGEST_FREE_VALUE = 200
ALL_MESSAGES = ""
"""The `template_id` of a refusal of everything the account sends."""


class Value(msgspec.Struct):
    """One field's value."""

    value: str | int | float = ""


class MiniProgram(msgspec.Struct):
    """Where a tap leads inside WeChat; WeChat's own documents spell the path in two ways."""

    appid: str = ""
    pagepath: str = ""
    path: str = ""


class Send(msgspec.Struct):
    """Body of message/template/send."""

    touser: str = ""
    template_id: str = ""
    url: str = ""
    miniprogram: MiniProgram | None = None
    data: dict[str, Value] = {}
    client_msg_id: str = ""


def refuses_messages(state: State, appid: str, openid: str, template_id: str = ALL_MESSAGES) -> bool:
    """Whether the person has turned off the account's messages, or those of one template."""
    row = state.value(
        "SELECT 1 FROM refusals WHERE appid = ? AND openid = ? AND template_id = ?", appid, openid, template_id
    )
    return row is not None


def check_mini_program(state: State, link: MiniProgram | None) -> None:
    """A tap leads to a mini-program there is; raises `ApiError` 40013 otherwise."""
    if link is None or not link.appid:
        return
    target = find_account(state, link.appid)
    if target is None or target.kind is not AccountKind.MINI_PROGRAM:
        raise ApiError(40013)


def send(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/template/send: on the person's phone, or refused by them; the event tells which.

    Refuses an unknown template (40037), openid (40003) or mini-program (40013), who does not follow (43004), who is
    blacklisted (43019) or has turned off this template (43101), and an unfit field (47003). A `client_msg_id` that
    the person had within ten minutes sends nothing and answers with the first msgid.
    """
    check(state, request.caller, Right.TEMPLATE)
    appid, body = request.caller, parsed(request, Send)
    template = state.one("SELECT * FROM message_templates WHERE appid = ? AND template_id = ?", appid, body.template_id)
    if template is None:
        raise ApiError(40037)
    person = known_person(state, appid, body.touser)
    if following(state, appid, body.touser) is None:
        raise ApiError(43004)
    check_not_blacklisted(state, appid, body.touser)
    check_mini_program(state, body.miniprogram)
    values = _checked(fields_of(template["content"]), body.data)
    if refuses_messages(state, appid, body.touser, body.template_id):
        raise ApiError(43101)
    earlier = _earlier(state, appid, body)
    if earlier is not None:
        return {"errcode": 0, "errmsg": "ok", "msgid": earlier}
    msgid = int(state.serial_digits(19)[-18:])
    is_blocked = refuses_messages(state, appid, body.touser)
    if not is_blocked:
        deliver(
            state,
            appid=appid,
            openid=body.touser,
            person=person,
            kind="template",
            template_id=body.template_id,
            page=_page(body),
            content={**values, "title": template["title"], "url": body.url},
        )
    _remember(state, appid, body, msgid)
    status = "failed:user block" if is_blocked else "success"
    push_event(state, appid, "TEMPLATESENDJOBFINISH", {"MsgID": msgid, "Status": status}, openid=body.touser)
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _page(body: Send) -> str:
    """Where a tap leads: into the mini-program if one is named, else to the address."""
    if body.miniprogram is None:
        return body.url
    return body.miniprogram.pagepath or body.miniprogram.path


def _checked(fields: list[str], data: Mapping[str, Value]) -> Mapping[str, str]:
    values = {name: str(data[name].value) for name in fields if name in data}
    wrong = complaint([name for name in fields if TYPED.match(name)], values)
    if wrong:
        raise ApiError(47003, wrong)
    for name, value in values.items():
        if len(value) > LONGEST_FREE_VALUE:
            raise ApiError(47003, f"argument invalid! data.{name}.value invalid")
    return values


def _earlier(state: State, appid: str, body: Send) -> int | None:
    """The msgid that this `client_msg_id` got within the time it is remembered, or None."""
    if not body.client_msg_id:
        return None
    msgid: int | None = state.value(
        "SELECT msgid FROM template_sends WHERE appid = ? AND openid = ? AND client_msg_id = ? AND at_ms > ?",
        appid,
        body.touser,
        body.client_msg_id,
        state.now_ms - state.settings.template_dedupe_ms,
    )
    return msgid


def _remember(state: State, appid: str, body: Send, msgid: int) -> None:
    if body.client_msg_id:
        state.run(
            "INSERT OR REPLACE INTO template_sends VALUES (?, ?, ?, ?, ?)",
            appid,
            body.touser,
            body.client_msg_id,
            msgid,
            state.now_ms,
        )


ROUTES = (
    Route(
        "POST",
        "/cgi-bin/message/template/send",
        Door.TOKEN,
        send,
        refuses=(40003, 40013, 40037, 43004, 43019, 43101, 47003, 48001),
    ),
)
