"""Customer-service messages (客服消息): an account answers a person while a window is open, and only then.

The same calls serve official accounts and mini-programs; the windows differ by what opened them (`windows`).
"""

import msgspec

from wechat_sandbox.official.blacklist import check_not_blacklisted
from wechat_sandbox.official.customer_content import Message, Sender, checked
from wechat_sandbox.official.followers import known_person
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.official.template_messages import refuses_messages
from wechat_sandbox.official.windows import check_open, has_spoken_since, spend
from wechat_sandbox.phone import deliver
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

TYPING_MS = 15_000
SPOKEN_WITHIN_MS = 30_000
OK = {"errcode": 0, "errmsg": "ok"}


class Typing(msgspec.Struct):
    """Body of message/custom/typing."""

    touser: str = ""
    command: str = ""


def send(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/custom/send: on the person's phone, one message of the open window fewer.

    Refuses an unknown openid (40003), a blacklisted person (43019), a closed window (45015) or a used-up one
    (45047), a sender who is no staff (61452), and contents that are wrong for their type.
    """
    app = check(state, request.caller, Right.CUSTOMER)
    message = parsed(request, Message)
    person = known_person(state, app.appid, message.touser)
    content = dict(checked(Sender(state, app), message))
    staff = message.customservice.kf_account if message.customservice is not None else ""
    if staff:
        _check_staff(state, app.appid, staff)
        content["kf_account"] = staff
    check_not_blacklisted(state, app.appid, message.touser)
    spend(state, app.appid, message.touser)
    if not refuses_messages(state, app.appid, message.touser):
        deliver(state, appid=app.appid, openid=message.touser, person=person, kind="custom", content=content)
    return OK


def _check_staff(state: State, appid: str, kf_account: str) -> None:
    known = state.value("SELECT 1 FROM kf_staff WHERE appid = ? AND kf_account = ?", appid, kf_account)
    if known is None:
        raise ApiError(61452)


def typing(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/custom/typing: the person sees 对方正在输入 for fifteen seconds, or no more.

    Refuses an unknown command (45072), a person silent for 30 s (45080), and a second time while it shows (45081).
    """
    app = check(state, request.caller, Right.CUSTOMER)
    body = parsed(request, Typing)
    known_person(state, app.appid, body.touser)
    if body.command not in ("Typing", "CancelTyping"):
        raise ApiError(45072)
    check_open(state, app.appid, body.touser)
    if not has_spoken_since(state, app.appid, body.touser, since_ms=state.now_ms - SPOKEN_WITHIN_MS):
        raise ApiError(45080)
    if body.command == "CancelTyping":
        state.run("DELETE FROM typing WHERE appid = ? AND openid = ?", app.appid, body.touser)
        return OK
    until_ms = state.value("SELECT until_ms FROM typing WHERE appid = ? AND openid = ?", app.appid, body.touser)
    if until_ms is not None and until_ms > state.now_ms:
        raise ApiError(45081)
    state.run("INSERT OR REPLACE INTO typing VALUES (?, ?, ?)", app.appid, body.touser, state.now_ms + TYPING_MS)
    return OK


CONTENT_WRONG = (40007, 40008, 40013, 40073, 44003, 44004, 45002, 45008, 45086, 53600)
ROUTES = (
    Route(
        "POST",
        "/cgi-bin/message/custom/send",
        Door.TOKEN,
        send,
        refuses=(40003, *CONTENT_WRONG, 43019, 45015, 45047, 48001, 61452),
    ),
    Route(
        "POST",
        "/cgi-bin/message/custom/typing",
        Door.TOKEN,
        typing,
        refuses=(40003, 45015, 45047, 45072, 45080, 45081, 48001),
    ),
)
