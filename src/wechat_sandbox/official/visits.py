"""What people do towards an account: follow, scan, speak, tap its menu, refuse its messages.

Each opens its window for customer-service messages and tells the account by a push. Whom the account has
blacklisted reaches it no more: nothing is pushed and no window opens.
"""

import msgspec

from wechat_sandbox.accounts import AccountKind, account, openid_of
from wechat_sandbox.content.files import MediaKind, format_of
from wechat_sandbox.content.media import TEMPORARY_MS, URL_HOST, keep
from wechat_sandbox.official.blacklist import is_blacklisted
from wechat_sandbox.official.buttons import KEYED, Button, actions
from wechat_sandbox.official.followers import following, start_following, stop_following
from wechat_sandbox.official.menus import menu_of, menuid_of
from wechat_sandbox.official.qrcodes import living_code, scene_of
from wechat_sandbox.official.template_messages import ALL_MESSAGES
from wechat_sandbox.official.windows import Cause, close_windows, open_window
from wechat_sandbox.phone import deliver, note_saying
from wechat_sandbox.pushes import push_event, push_message
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError, Part

BY_SEARCH, BY_QRCODE = "ADD_SCENE_SEARCH", "ADD_SCENE_QR_CODE"
LONGEST_SCENE_ID = 10
SCENE_PREFIX = "qrscene_"


def follow(state: State, appid: str, person: str, *, scene: str = "", ticket: str = "") -> str:
    """The openid of the person, who now follows; the first time the event `subscribe` goes out."""
    openid = openid_of(state, appid, person)
    is_new = start_following(
        state,
        appid,
        openid,
        subscribe_scene=BY_QRCODE if scene else BY_SEARCH,
        qr_scene=int(scene) if _is_number(scene) else 0,
        qr_scene_str="" if _is_number(scene) else scene,
    )
    if is_new and not is_blacklisted(state, appid, openid):
        open_window(state, appid, openid, Cause.FOLLOW)
        fields = {"EventKey": f"{SCENE_PREFIX}{scene}" if scene else ""}
        push_event(state, appid, "subscribe", {**fields, "Ticket": ticket} if ticket else fields, openid=openid)
    return openid


def _is_number(scene: str) -> bool:
    return scene.isdecimal() and len(scene) <= LONGEST_SCENE_ID


def unfollow(state: State, appid: str, person: str) -> str:
    """The openid of the person, who does not follow any more; `unsubscribe` goes out if they did."""
    openid = openid_of(state, appid, person)
    if stop_following(state, appid, openid):
        close_windows(state, appid, openid)
        push_event(state, appid, "unsubscribe", {"EventKey": ""}, openid=openid)
    return openid


def scan(state: State, person: str, *, ticket: str) -> tuple[str, str]:
    """The account and openid of a scanned code: a follower's scan is the event `SCAN`, anyone else follows by it."""
    row = living_code(state, ticket)
    if row is None:
        raise ControlError("code_expired", "二维码不存在或已过期")
    appid, scene = row["appid"], scene_of(row)
    openid = openid_of(state, appid, person)
    if following(state, appid, openid) is None:
        follow(state, appid, person, scene=scene, ticket=ticket)
    elif not is_blacklisted(state, appid, openid):
        open_window(state, appid, openid, Cause.SCAN)
        push_event(state, appid, "SCAN", {"EventKey": scene, "Ticket": ticket}, openid=openid)
    return appid, openid


def say(state: State, appid: str, person: str, *, msg_type: str, fields: dict[str, object]) -> int:
    """The MsgId of what the person said, which stays in the chat on their phone; 0 when they are blacklisted.

    Raises `ControlError` for a person who does not follow the official account.
    """
    openid = _speaker(state, appid, person)
    note_saying(state, appid=appid, person=person, content={"msgtype": msg_type, **fields})
    if is_blacklisted(state, appid, openid):
        return 0
    open_window(state, appid, openid, Cause.MESSAGE)
    return push_message(state, appid, msg_type, fields, openid=openid)


def photographed(state: State, appid: str, picture: bytes) -> dict[str, object]:
    """The fields of a picture message; the account can fetch the picture for three days by media/get."""
    part = Part(name="media", filename="photo", content_type="", content=picture)
    form = format_of(part)
    media_id, _ = keep(state, appid, MediaKind.IMAGE, part, form=form, expires_ms=state.now_ms + TEMPORARY_MS)
    return {"PicUrl": f"{URL_HOST}/sz_mmbiz_{form}/{state.draw_text(60)}/0", "MediaId": media_id}


def _speaker(state: State, appid: str, person: str) -> str:
    """The openid of a person who has a conversation with the account: a follower, or any user of a mini-program."""
    openid = openid_of(state, appid, person)
    if account(state, appid).kind is not AccountKind.MINI_PROGRAM and following(state, appid, openid) is None:
        raise ControlError("not_a_follower", f"{person!r} does not follow {appid!r}: there is no conversation")
    return openid


def tap_menu(state: State, appid: str, person: str, *, name: str, fields: dict[str, object]) -> Button:
    """The button the person tapped; `fields` go with the event of a button that scans, photographs or locates.

    Raises `ControlError` when the person does not follow or sees no such button.
    """
    openid = _speaker(state, appid, person)
    buttons = menu_of(state, appid, openid) or []
    button = next((each for each in actions(buttons) if each.name == name), None)
    if button is None:
        raise ControlError("no_such_button", f"{person!r} sees no button {name!r}")
    if is_blacklisted(state, appid, openid):
        return button
    if button.type in KEYED:
        if button.type in ("click", "scancode_push", "scancode_waitmsg"):
            open_window(state, appid, openid, Cause.MENU)
        event = "CLICK" if button.type == "click" else button.type
        push_event(state, appid, event, {"EventKey": button.key, **fields}, openid=openid)
    elif button.type == "view":
        told = {"EventKey": button.url, "MenuId": menuid_of(state, appid)}
        push_event(state, appid, "VIEW", told, openid=openid)
    elif button.type == "miniprogram":
        told = {"EventKey": button.pagepath, "MenuId": menuid_of(state, appid)}
        push_event(state, appid, "view_miniprogram", told, openid=openid)
    else:
        content = msgspec.to_builtins(button)
        deliver(state, appid=appid, openid=openid, person=person, kind="menu", content=content)
    return button


def enter_session(state: State, appid: str, person: str, *, session_from: str) -> str:
    """The openid of who opened the mini-program's customer service; event `user_enter_tempsession`."""
    openid = openid_of(state, appid, person)
    if account(state, appid).kind is not AccountKind.MINI_PROGRAM:
        raise ControlError("not_a_mini_program", f"{appid!r} has no session to enter")
    open_window(state, appid, openid, Cause.SESSION)
    push_event(state, appid, "user_enter_tempsession", {"SessionFrom": session_from}, openid=openid)
    return openid


def refuse(state: State, appid: str, person: str, *, template_id: str = ALL_MESSAGES) -> None:
    """The person turned off the account's messages, or those of one template."""
    openid = openid_of(state, appid, person)
    state.run("INSERT OR IGNORE INTO refusals VALUES (?, ?, ?)", appid, openid, template_id)


def allow(state: State, appid: str, person: str, *, template_id: str = ALL_MESSAGES) -> None:
    """The person turned them on again."""
    openid = openid_of(state, appid, person)
    state.run("DELETE FROM refusals WHERE appid = ? AND openid = ? AND template_id = ?", appid, openid, template_id)
