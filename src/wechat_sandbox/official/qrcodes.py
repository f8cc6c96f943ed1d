"""QR codes with a scene: temporary up to thirty days, or permanent; scanning one tells the account from where.

The image is a true QR code of the ticket's address, so that any scanner reads it.
"""

import sqlite3

import msgspec

from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.pictures import qr_jpeg
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Reply, Request, parsed

DEFAULT_LIFE_S = 60
LONGEST_LIFE_S = 2_592_000
TEMPORARY = ("QR_SCENE", "QR_STR_SCENE")
PERMANENT = ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")
LARGEST_SCENE = 2**32 - 1
LARGEST_PERMANENT_SCENE = 100_000
LONGEST_SCENE_STR = 64
IMAGE_PX = 430


class Scene(msgspec.Struct):
    """The scene: a number or a text."""

    scene_id: int = 0
    scene_str: str = ""


class ActionInfo(msgspec.Struct):
    """Around the scene."""

    scene: Scene = msgspec.field(default_factory=Scene)


class Create(msgspec.Struct):
    """Body of qrcode/create."""

    action_name: str = ""
    expire_seconds: int = DEFAULT_LIFE_S
    action_info: ActionInfo = msgspec.field(default_factory=ActionInfo)


def create(state: State, request: Request) -> Body:
    """POST /cgi-bin/qrcode/create: a ticket; 40052 for an unknown action, 40053 for a bad scene, 40097 for a bad life.

    Past a hundred thousand permanent ones it is 45029.
    A permanent scene that was made before gives its ticket again.
    """
    check(state, request.caller, Right.QRCODE)
    body = parsed(request, Create)
    scene = _checked(body)
    if body.action_name in TEMPORARY:
        expires_ms = state.now_ms + body.expire_seconds * 1000
        ticket, url = _insert(state, request.caller, scene, expires_ms=expires_ms)
        return {"ticket": ticket, "expire_seconds": body.expire_seconds, "url": url}
    known = state.one(
        "SELECT * FROM qrcodes WHERE appid = ? AND scene_id = ? AND scene_str = ? AND expires_ms IS NULL",
        request.caller,
        scene.scene_id,
        scene.scene_str,
    )
    if known is not None:
        return {"ticket": known["ticket"], "url": known["url"]}
    made: int = state.value("SELECT COUNT(*) FROM qrcodes WHERE appid = ? AND expires_ms IS NULL", request.caller)
    if made >= state.settings.permanent_qrcodes:
        raise ApiError(45029)
    ticket, url = _insert(state, request.caller, scene, expires_ms=None)
    return {"ticket": ticket, "url": url}


def _checked(body: Create) -> Scene:
    """The scene without what its action does not use."""
    if body.action_name not in (*TEMPORARY, *PERMANENT):
        raise ApiError(40052)
    if body.action_name in TEMPORARY and not 1 <= body.expire_seconds <= LONGEST_LIFE_S:
        raise ApiError(40097, "invalid args, expire_seconds out of range")
    scene = body.action_info.scene
    if "STR" in body.action_name:
        if not 1 <= len(scene.scene_str) <= LONGEST_SCENE_STR:
            raise ApiError(40053)
        return Scene(scene_str=scene.scene_str)
    largest = LARGEST_SCENE if body.action_name in TEMPORARY else LARGEST_PERMANENT_SCENE
    if not 1 <= scene.scene_id <= largest:
        raise ApiError(40053)
    return Scene(scene_id=scene.scene_id)


def _insert(state: State, appid: str, scene: Scene, *, expires_ms: int | None) -> tuple[str, str]:
    ticket = f"gQ{state.draw_text(84)}8" + state.draw_text(9)
    url = f"http://weixin.qq.com/q/02{state.draw_text(24)}"
    state.run(
        "INSERT INTO qrcodes VALUES (?, ?, ?, ?, ?, ?)", ticket, appid, scene.scene_id, scene.scene_str, url, expires_ms
    )
    return ticket, url


def living_code(state: State, ticket: str) -> sqlite3.Row | None:
    """The row of a ticket that can be scanned now, or None."""
    row = state.one("SELECT * FROM qrcodes WHERE ticket = ?", ticket)
    if row is None or (row["expires_ms"] is not None and row["expires_ms"] <= state.now_ms):
        return None
    return row


def scene_of(row: sqlite3.Row) -> str:
    """The scene as events write it: the text, or the number."""
    return row["scene_str"] or str(row["scene_id"])


def show(state: State, request: Request) -> Reply:
    """GET mp.weixin.qq.com/cgi-bin/showqrcode?ticket=: the image; HTTP 404 for a ticket that is not or no more."""
    row = living_code(state, request.query.get("ticket", ""))
    if row is None:
        return Reply(404, b"", (("content-type", "text/html"),), "404")
    return Reply(200, qr_jpeg(row["url"], width_px=IMAGE_PX), (("content-type", "image/jpg"),))


ROUTES = (
    Route("POST", "/cgi-bin/qrcode/create", Door.TOKEN, create, refuses=(40052, 40053, 40097, 45029, 48001)),
    Route("GET", "/cgi-bin/showqrcode", Door.OPEN, show),
)
