"""Subscription notices of an official account (订阅通知): one tap is one send, as in a mini-program.

The person needs not follow. Templates and consents are the same as a mini-program's, under this account's appid.
"""

import msgspec

from wechat_sandbox.consents import spend
from wechat_sandbox.official.blacklist import check_not_blacklisted
from wechat_sandbox.official.followers import known_person
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.official.template_messages import MiniProgram, Value, check_mini_program
from wechat_sandbox.phone import deliver
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.values import complaint
from wechat_sandbox.wire import ApiError, Body, Request, parsed


class Send(msgspec.Struct):
    """Body of message/subscribe/bizsend."""

    touser: str = ""
    template_id: str = ""
    page: str = ""
    miniprogram: MiniProgram | None = None
    data: dict[str, Value] = {}


def send(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/subscribe/bizsend: delivered, one consent poorer; event `subscribe_msg_sent_event`.

    Refuses an unknown template (40037), openid (40003) or mini-program (40013), a missing, unfit or superfluous
    field (47003), a blacklisted person (43019), and one who has no consent left (43101).
    """
    check(state, request.caller, Right.SUBSCRIBE_NOTICE)
    appid, body = request.caller, parsed(request, Send)
    template = state.one("SELECT * FROM templates WHERE appid = ? AND template_id = ?", appid, body.template_id)
    if template is None:
        raise ApiError(40037)
    person = known_person(state, appid, body.touser)
    check_not_blacklisted(state, appid, body.touser)
    check_mini_program(state, body.miniprogram)
    values = {name: str(value.value) for name, value in body.data.items()}
    fields = template["fields"].split(",")
    extra = next((name for name in values if name not in fields), "")
    wrong = complaint(fields, values) or (extra and f"argument invalid! data.{extra} is not in the template")
    if wrong:
        raise ApiError(47003, wrong)
    spend(state, appid=appid, openid=body.touser, template_id=body.template_id, is_long=template["kind"] == "long")
    msgid = deliver(
        state,
        appid=appid,
        openid=body.touser,
        person=person,
        kind="notice",
        template_id=body.template_id,
        page=body.miniprogram.pagepath if body.miniprogram is not None else body.page,
        content=values,
    )
    sent = {"TemplateId": body.template_id, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}
    fields_sent = {"SubscribeMsgSentEvent": {"List": [sent]}}
    push_event(state, appid, "subscribe_msg_sent_event", fields_sent, openid=body.touser)
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


ROUTES = (
    Route(
        "POST",
        "/cgi-bin/message/subscribe/bizsend",
        Door.TOKEN,
        send,
        refuses=(40003, 40013, 40037, 43019, 43101, 47003, 48001),
    ),
)
