"""One-off subscription messages: one tap of consent is one send.

The consents are counted in `consents`, the received messages are in `phone`.
"""

from collections.abc import Mapping

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.consents import spend
from wechat_sandbox.mini_program.safety import Suggest, verdict
from wechat_sandbox.phone import deliver
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.values import complaint
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

    Refuses an unknown template (40037) or openid (40003), a missing or unfit field (47003, named), a forbidden word
    (45168), and a person who has no consent left for this template (43101).
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
    _check_words(state, body)
    spend(state, appid=appid, openid=body.touser, template_id=body.template_id, is_long=template["kind"] == "long")
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
    wrong = complaint(fields, {name: str(value.value) for name, value in data.items()})
    if wrong:
        raise ApiError(47003, wrong)
    for name in data:
        if name not in fields:
            raise ApiError(47003, f"argument invalid! data.{name} is not in the template")


def _check_words(state: State, body: Send) -> None:
    """Enumerated values are of their list; no value has a word that content security refuses."""
    for name, value in body.data.items():
        if name.startswith("enum"):
            known = state.all(
                "SELECT value FROM template_enums WHERE template_id = ? AND field = ?", body.template_id, name
            )
            if known and str(value.value) not in [row["value"] for row in known]:
                raise ApiError(47003, f"argument invalid! data.{name}.value invalid")
    if verdict(state, "\n".join(str(value.value) for value in body.data.values())).suggest is Suggest.RISKY:
        raise ApiError(45168)


ROUTES = (
    Route("POST", "/cgi-bin/message/subscribe/send", Door.TOKEN, send, refuses=(40003, 40037, 43101, 45168, 47003)),
)
