"""Live rooms (小程序直播): planned by API, opened and ended by themselves at their times, watched again as replays.

A room's status: 102 not begun, 101 live, 103 ended, 107 expired unopened. Goods are audited before a room takes them:
here the control API plays the auditor. Source: developers.weixin.qq.com, livebroadcast.
"""

import sqlite3
import unicodedata

import msgspec

from wechat_sandbox.moments import DAY_MS, MINUTE_MS, rfc3339
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

LIVE, PLANNED, ENDED = 101, 102, 103
IN_REVIEW, PASSED, REFUSED = 1, 2, 3
EARLIEST_S, LATEST_S = 10 * MINUTE_MS // 1000, 180 * DAY_MS // 1000
SHORTEST_S, LONGEST_S = 30 * MINUTE_MS // 1000, DAY_MS // 1000
ROOM_NAME, ANCHOR_NAME, GOODS_NAME = (6, 34), (4, 30), (6, 28)
MOST_PRICE = 1_000_000_000
ONE_PRICE, PRICE_RANGE, DISCOUNT = 1, 2, 3
MOST_GOODS = 200
MOST_LISTED = 50
REPLAY_DAYS = 15


class Room(msgspec.Struct, rename="camel"):
    """Body of room/create."""

    name: str = ""
    cover_img: str = ""
    start_time: Int64 = 0
    end_time: Int64 = 0
    anchor_name: str = ""
    anchor_wechat: str = ""
    sub_anchor_wechat: str = ""
    creater_wechat: str = ""
    share_img: str = ""
    feeds_img: str = ""
    is_feeds_public: Int64 = 1
    type: Int64 = 0
    screen_type: Int64 = 0
    close_like: Int64 = 0
    close_goods: Int64 = 0
    close_comment: Int64 = 0
    close_replay: Int64 = 1
    close_share: Int64 = 0
    close_kf: Int64 = 1


class Goods(msgspec.Struct, rename="camel"):
    """One product to be shown; prices in yuan: one, from–to, or before–now."""

    cover_img_url: str = ""
    name: str = ""
    price_type: Int64 = 0
    price: float = 0.0
    price2: float | None = None
    url: str = ""
    third_party_appid: str = ""


class GoodsAdd(msgspec.Struct, rename="camel"):
    """Body of goods/add."""

    goods_info: Goods | None = None


class RoomGoods(msgspec.Struct):
    """Body of room/addgoods."""

    ids: list[Int64] = []
    room_id: Int64 = msgspec.field(default=0, name="roomId")


class LiveInfo(msgspec.Struct):
    """Body of getliveinfo: a page of rooms, or the replays of one (`action` get_replay)."""

    start: Int64 = 0
    limit: Int64 = 0
    action: str = ""
    room_id: Int64 = 0


def _width(text: str) -> int:
    """Length as WeChat counts names: a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _fits(text: str, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= _width(text) <= bounds[1]


def create(state: State, request: Request) -> Body:
    """POST room/create: a room that opens at its time.

    Refuses a name too short or long (300002), an anchor's (300034), no WeChat id (300030) or a person who is not
    known by name (300036, with the code to scan beside it), no pictures (300031, 300032), and times (200002): ten
    minutes to six months ahead, 30 minutes to 24 hours long.
    """
    body = parsed(request, Room)
    if not _fits(body.name, ROOM_NAME):
        raise ApiError(300002)
    if not _fits(body.anchor_name, ANCHOR_NAME):
        raise ApiError(300034)
    if not body.anchor_wechat:
        raise ApiError(300030)
    if body.anchor_wechat.startswith("unverified"):
        raise ApiError(300036, beside={"qrcode_url": "https://res.wx.qq.com/op_res/live_verify.png"})
    if not body.cover_img:
        raise ApiError(300031)
    if not body.share_img:
        raise ApiError(300032)
    ahead_s, long_s = body.start_time - state.now_s, body.end_time - body.start_time
    if not EARLIEST_S <= ahead_s <= LATEST_S or not SHORTEST_S <= long_s <= LONGEST_S:
        raise ApiError(200002, "parameter startTime or endTime is invalid")
    roomid = int(state.serial_digits(1))
    state.run(
        "INSERT INTO live_rooms (roomid, appid, asked, start_s, end_s, live_status) VALUES (?, ?, ?, ?, ?, ?)",
        roomid,
        request.caller,
        msgspec.json.encode(body).decode(),
        body.start_time,
        body.end_time,
        PLANNED,
    )
    set_timer(state, TimerKind.LIVE_OPENED, str(roomid), at_ms=body.start_time * 1000)
    set_timer(state, TimerKind.LIVE_ENDED, str(roomid), at_ms=body.end_time * 1000)
    return {"errcode": 0, "errmsg": "ok", "roomId": roomid}


def open_room(state: State, roomid: str) -> None:
    """The anchor is live."""
    state.run("UPDATE live_rooms SET live_status = ? WHERE roomid = ?", LIVE, int(roomid))


def end_room(state: State, roomid: str) -> None:
    """The room is over; with replays left on, there is one for fifteen days."""
    row = state.one("SELECT * FROM live_rooms WHERE roomid = ?", int(roomid))
    if row is None:
        return
    has_replay = msgspec.json.decode(row["asked"], type=Room).close_replay == 0
    replay = f"https://livevideo.wxqcloud.qq.com/{roomid}.m3u8" if has_replay else ""
    state.run("UPDATE live_rooms SET live_status = ?, replay = ? WHERE roomid = ?", ENDED, replay, row["roomid"])


def add_goods(state: State, request: Request) -> Body:
    """POST goods/add: the product waits for its audit.

    Refuses a name too short or long (300002), prices that make no sense (300003), no picture (300006), no page (300007).
    """
    goods = parsed(request, GoodsAdd).goods_info
    if goods is None or not _fits(goods.name, GOODS_NAME):
        raise ApiError(300002)
    if not _is_price(goods):
        raise ApiError(300003)
    if not goods.cover_img_url:
        raise ApiError(300006)
    if not goods.url:
        raise ApiError(300007)
    goods_id, audit_id = int(state.serial_digits(1)), int(state.serial_digits(1))
    text = msgspec.json.encode(goods).decode()
    state.run("INSERT INTO live_goods VALUES (?, ?, ?, ?, ?)", goods_id, request.caller, audit_id, text, IN_REVIEW)
    return {"errcode": 0, "errmsg": "ok", "goodsId": goods_id, "auditId": audit_id}


def _is_price(goods: Goods) -> bool:
    if not 0 < goods.price < MOST_PRICE:
        return False
    match goods.price_type, goods.price2:
        case 1, _:
            return True
        case 2, float(highest):
            return goods.price < highest < MOST_PRICE
        case 3, float(now):
            return 0 < now < goods.price
        case _:
            return False


def judge_goods(state: State, goods_id: int, *, is_passed: bool) -> bool:
    """Whether the product waited for its audit, which has passed or failed now."""
    judged = state.run(
        "UPDATE live_goods SET audit_status = ? WHERE goods_id = ? AND audit_status = ?",
        PASSED if is_passed else REFUSED,
        goods_id,
        IN_REVIEW,
    )
    return judged.rowcount > 0


def _room(state: State, appid: str, roomid: int) -> sqlite3.Row:
    row = state.one("SELECT * FROM live_rooms WHERE roomid = ? AND appid = ?", roomid, appid)
    if row is None:
        raise ApiError(300022)
    return row


def add_to_room(state: State, request: Request) -> Body:
    """POST room/addgoods: the room shows these products too; all of them or none.

    Refuses an unknown room (300022), an ended one (300023), unknown goods (300024), goods not passed (300025), and
    more than 200 in a room (300033).
    """
    body = parsed(request, RoomGoods)
    room = _room(state, request.caller, body.room_id)
    if room["live_status"] == ENDED:
        raise ApiError(300023)
    if not body.ids:
        raise ApiError(300024)
    for goods_id in body.ids:
        status = state.value(
            "SELECT audit_status FROM live_goods WHERE goods_id = ? AND appid = ?", goods_id, request.caller
        )
        if status is None:
            raise ApiError(300024)
        if status != PASSED:
            raise ApiError(300025)
    shown = {row["goods_id"] for row in _shown_goods(state, room["roomid"])}
    if len(shown | set(body.ids)) > MOST_GOODS:
        raise ApiError(300033)
    state.run_many(
        "INSERT OR IGNORE INTO live_room_goods VALUES (?, ?)", [(room["roomid"], goods_id) for goods_id in body.ids]
    )
    return {"errcode": 0, "errmsg": "ok"}


def _shown_goods(state: State, roomid: int) -> list[sqlite3.Row]:
    return state.all(
        "SELECT g.* FROM live_room_goods r JOIN live_goods g ON g.goods_id = r.goods_id WHERE r.roomid = ?"
        " ORDER BY g.goods_id",
        roomid,
    )


def get_live_info(state: State, request: Request) -> Body:
    """POST /wxa/business/getliveinfo: the rooms, latest first, or the replays of one.

    An account without rooms is 9410000, an unknown room 300022, a bad page 200002.
    """
    body = parsed(request, LiveInfo)
    if body.start < 0 or not 0 < body.limit <= MOST_LISTED:
        raise ApiError(200002)
    if body.action == "get_replay":
        return _replays(_room(state, request.caller, body.room_id), start=body.start)
    total = state.value("SELECT COUNT(*) FROM live_rooms WHERE appid = ?", request.caller)
    if not total:
        raise ApiError(9410000)
    rows = state.all(
        "SELECT * FROM live_rooms WHERE appid = ? ORDER BY roomid DESC LIMIT ? OFFSET ?",
        request.caller,
        body.limit,
        body.start,
    )
    return {"errcode": 0, "errmsg": "ok", "total": total, "room_info": [_shown(state, row) for row in rows]}


def _replays(row: sqlite3.Row, *, start: int) -> Body:
    replays = []
    if row["replay"]:
        expires_ms = row["end_s"] * 1000 + REPLAY_DAYS * DAY_MS
        replay = {
            "media_url": row["replay"],
            "create_time": rfc3339(row["end_s"] * 1000),
            "expire_time": rfc3339(expires_ms),
        }
        replays = [replay]
    return {"errcode": 0, "errmsg": "ok", "total": len(replays), "live_replay": replays[start:]}


def _shown(state: State, row: sqlite3.Row) -> Body:
    room = msgspec.json.decode(row["asked"], type=Room)
    return {
        "name": room.name,
        "roomid": row["roomid"],
        "cover_img": room.cover_img,
        "share_img": room.share_img,
        "feeds_img": room.feeds_img,
        "live_status": row["live_status"],
        "start_time": row["start_s"],
        "end_time": row["end_s"],
        "anchor_name": room.anchor_name,
        "goods": [_shown_product(item) for item in _shown_goods(state, row["roomid"])],
        "live_type": room.type,
        "close_like": room.close_like,
        "close_goods": room.close_goods,
        "close_comment": room.close_comment,
        "close_kf": room.close_kf,
        "close_replay": room.close_replay,
        "is_feeds_public": room.is_feeds_public,
        "creater_openid": "",
    }


def _shown_product(row: sqlite3.Row) -> Body:
    goods = msgspec.json.decode(row["asked"], type=Goods)
    return {
        "goods_id": row["goods_id"],
        "cover_img": goods.cover_img_url,
        "url": goods.url,
        "name": goods.name,
        "price": round(goods.price * 100),
        "price2": round((goods.price2 or 0) * 100),
        "price_type": goods.price_type,
        "third_party_appid": goods.third_party_appid,
    }


FOLDER = "/wxaapi/broadcast"

ROUTES = (
    Route(
        "POST",
        f"{FOLDER}/room/create",
        Door.TOKEN,
        create,
        (200002, 300002, 300030, 300031, 300032, 300034, 300036),
    ),
    Route("POST", f"{FOLDER}/goods/add", Door.TOKEN, add_goods, (300002, 300003, 300006, 300007)),
    Route("POST", f"{FOLDER}/room/addgoods", Door.TOKEN, add_to_room, (300022, 300023, 300024, 300025, 300033)),
    Route("POST", "/wxa/business/getliveinfo", Door.TOKEN, get_live_info, (200002, 300022, 9410000)),
)
