"""One-off subscription messages: one tap of consent is one send.

Consents accumulate and never expire; there is no API that tells how many are left, which is why senders keep
their own ledger. A long-term template needs one consent only.
"""

from collections.abc import Mapping

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.values import fits
from wechat_sandbox.wire import ApiError, Body, Request, parsed


class Value(msgspec.Struct):
    """One field's value."""

    value: str | int | float = ""


class Send(msgspec.Struct):
    """Body of message/subscribe/send."""

    touser: str = ""
    template_id: str = ""
    page: str = ""
    miniprogram_state: str = "formal"
    lang: str = "zh_CN"
    data: dict[str, Value] = {}


def send(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/subscribe/send: delivered at once, one consent poorer.

    Refuses an unknown template (40037) or openid (40003), a missing or unfit field (47003, named), and a person
    who has no consent left for this template (43101).
    """
    body = parsed(request, Send)
    appid = request.caller
    template = state.one("SELECT * FROM templates WHERE appid = ? AND template_id = ?", appid, body.template_id)
    if template is None:
        raise ApiError(40037)
    person = person_of(state, appid, body.touser)
    if person is None:
        raise ApiError(40003)
    _check_values(template["fields"].split(","), body.data)
    _spend_consent(state, appid, body.touser, body.template_id, kind=template["kind"])
    content = {name: str(value.value) for name, value in body.data.items()}
    msgid = deliver(
        state,
        appid=appid,
        openid=body.touser,
        person=person,
        kind="subscribe",
        template_id=body.template_id,
        page=body.page,
        content=content,
    )
    sent = {"TemplateId": body.template_id, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}
    push_event(
        state, appid, "subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": [sent]}}, openid=body.touser
    )
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _check_values(fields: list[str], data: Mapping[str, Value]) -> None:
    for name in fields:
        if name not in data or str(data[name].value) == "":
            raise ApiError(47003, f"argument invalid! data.{name}.value is empty")
        if not fits(name, str(data[name].value)):
            raise ApiError(47003, f"argument invalid! data.{name}.value invalid")
    for name in data:
        if name not in fields:
            raise ApiError(47003, f"argument invalid! data.{name} is not in the template")


def _spend_consent(state: State, appid: str, openid: str, template_id: str, *, kind: str) -> None:
    spent = state.run(
        "UPDATE consents SET remaining = remaining - ? WHERE appid = ? AND openid = ? AND template_id = ?"
        " AND remaining > 0",
        0 if kind == "long" else 1,
        appid,
        openid,
        template_id,
    )
    if spent.rowcount == 0:
        raise ApiError(43101)


def grant(state: State, *, appid: str, openid: str, template_id: str) -> int:
    """How many consents the person has left for the template after one more tap on 允许."""
    remaining: int = state.value(
        "INSERT INTO consents VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET remaining = remaining + 1"
        " RETURNING remaining",
        appid,
        openid,
        template_id,
    )
    return remaining


def withdraw(state: State, *, appid: str, openid: str, template_id: str) -> None:
    """The person has refused the template in the mini-program's settings: no consent is left."""
    state.run(
        "UPDATE consents SET remaining = 0 WHERE appid = ? AND openid = ? AND template_id = ?",
        appid,
        openid,
        template_id,
    )


def deliver(
    state: State,
    *,
    appid: str,
    openid: str,
    person: str,
    kind: str,
    template_id: str = "",
    page: str = "",
    content: Mapping[str, object],
) -> int:
    """The id of the message that is now on the person's phone."""
    cursor = state.run(
        "INSERT INTO messages (at_ms, appid, openid, person, kind, template_id, page, content)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        state.now_ms,
        appid,
        openid,
        person,
        kind,
        template_id,
        page,
        msgspec.json.encode(content).decode(),
    )
    return cursor.lastrowid or 0


ROUTES = (Route("POST", "/cgi-bin/message/subscribe/send", Door.TOKEN, send),)
