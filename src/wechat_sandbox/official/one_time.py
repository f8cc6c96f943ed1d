"""One-time subscription of an official account: a page asks for one message in one scene, a tap allows it.

The template_id is the account's only one, shown in its back office (here: `GET /_sandbox/one_time`). A confirmed
scene allows one message and no more, however often it is confirmed; the person needs not follow.
"""

import base64
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from wechat_sandbox.accounts import find_account, openid_of
from wechat_sandbox.official.blacklist import check_not_blacklisted
from wechat_sandbox.official.followers import known_person
from wechat_sandbox.official.pages import domain_of, page, redirect, with_query
from wechat_sandbox.official.rights import Right, check, has_right
from wechat_sandbox.official.template_messages import MiniProgram, Value, check_mini_program
from wechat_sandbox.phone import deliver
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Reply, Request, parsed

LARGEST_SCENE = 10_000
LONGEST_TITLE = 15
LONGEST_CONTENT = 200
MOST_ON_PAGE = 100
CONFIRM, CANCEL = "confirm", "cancel"


class Send(msgspec.Struct):
    """Body of message/template/subscribe."""

    touser: str = ""
    template_id: str = ""
    url: str = ""
    miniprogram: MiniProgram | None = None
    scene: str | int = ""
    title: str = ""
    data: dict[str, Value] = {}


def template_id_of(state: State, appid: str) -> str:
    """The account's template_id for one-time subscriptions."""
    return base64.urlsafe_b64encode(state.hashed("one-time subscription", appid, size=33)).decode()[:43]


def refusal(state: State, query: Mapping[str, str]) -> str:
    """What the page says instead of asking, or an empty text when it may ask."""
    app = find_account(state, query.get("appid", ""))
    if app is None or not has_right(app, Right.ONE_TIME):
        return "公众号没有一次性订阅权限"
    if query.get("template_id") != template_id_of(state, app.appid):
        return "template_id 参数错误"
    if not _is_scene(query.get("scene", "")):
        return "scene 参数错误"
    return "" if domain_of(query.get("redirect_url", "")) else "redirect_url 参数错误"


def _is_scene(scene: str) -> bool:
    return scene.isdecimal() and len(scene) <= len(str(LARGEST_SCENE)) and int(scene) <= LARGEST_SCENE


def ask(state: State, request: Request) -> Reply:
    """GET mp.weixin.qq.com/mp/subscribemsg?action=get_confirm: allow one message? Either answer goes on to the site.

    A second request with `person` and `answer` is that answer.
    """
    query = dict(request.query)
    reason = refusal(state, query)
    if reason:
        return page("无法访问", reason)
    person, given = query.pop("person", ""), query.pop("answer", "")
    if given in (CONFIRM, CANCEL) and state.value("SELECT 1 FROM persons WHERE person = ?", person):
        return redirect(answer(state, query, person=person, action=given))
    rows = state.all("SELECT person FROM persons ORDER BY person LIMIT ?", MOST_ON_PAGE)
    links = [
        (f"{row['person']}:{label}", f"{request.path}?{urlencode({**query, 'person': row['person'], 'answer': act})}")
        for row in rows
        for label, act in (("允许", CONFIRM), ("取消", CANCEL))
    ]
    return page("一次性订阅", "允许公众号下发一条消息?", links)


def answer(state: State, query: Mapping[str, str], *, person: str, action: str) -> str:
    """Where the phone goes after the person's answer; a confirmed scene has one message to spend."""
    openid = openid_of(state, query["appid"], person)
    if action == CONFIRM:
        state.run(
            "INSERT OR IGNORE INTO one_time_consents VALUES (?, ?, ?, ?)",
            query["appid"],
            openid,
            query["template_id"],
            int(query["scene"]),
        )
    told = {"template_id": query["template_id"], "action": action, "scene": query["scene"]}
    told |= {"openid": openid} if action == CONFIRM else {}
    told |= {"reserved": query["reserved"]} if query.get("reserved") else {}
    return with_query(query["redirect_url"], urlencode(told))


def send(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/template/subscribe: the one message of a confirmed scene.

    Refuses an unknown template (40037), openid (40003) or mini-program (40013), a blacklisted person (43019), a bad
    scene, a title past 15 or a text past 200 characters (47003), and a scene that is not confirmed or used (43101).
    """
    check(state, request.caller, Right.ONE_TIME)
    appid, body = request.caller, parsed(request, Send)
    if body.template_id != template_id_of(state, appid):
        raise ApiError(40037)
    person = known_person(state, appid, body.touser)
    check_not_blacklisted(state, appid, body.touser)
    check_mini_program(state, body.miniprogram)
    content = str(body.data["content"].value) if "content" in body.data else ""
    wrong = _complaint(str(body.scene), body.title, content)
    if wrong:
        raise ApiError(47003, f"argument invalid! {wrong} invalid")
    spent = state.run(
        "DELETE FROM one_time_consents WHERE appid = ? AND openid = ? AND template_id = ? AND scene = ?",
        appid,
        body.touser,
        body.template_id,
        int(body.scene),
    )
    if spent.rowcount == 0:
        raise ApiError(43101)
    deliver(
        state,
        appid=appid,
        openid=body.touser,
        person=person,
        kind="one_time",
        template_id=body.template_id,
        page=body.miniprogram.pagepath if body.miniprogram is not None else body.url,
        content={"title": body.title, "content": content, "scene": str(body.scene)},
    )
    return {"errcode": 0, "errmsg": "ok"}


def _complaint(scene: str, title: str, content: str) -> str:
    if not _is_scene(scene):
        return "scene"
    if not 1 <= len(title) <= LONGEST_TITLE:
        return "title"
    return "" if 1 <= len(content) <= LONGEST_CONTENT else "data.content.value"


ROUTES = (
    Route("GET", "/mp/subscribemsg", Door.OPEN, ask),
    Route(
        "POST",
        "/cgi-bin/message/template/subscribe",
        Door.TOKEN,
        send,
        refuses=(40003, 40013, 40037, 43019, 43101, 47003, 48001),
    ),
)
