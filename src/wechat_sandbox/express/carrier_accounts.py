"""What an account has with its carriers: bound customer codes, the waybills left on them, and who may print."""

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.express.carriers import Carrier, carriers, listed
from wechat_sandbox.express.waybills import known_carrier
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

BOUND, IN_REVIEW, FAILED = 0, 1, 2
REVIEWED = ("EMS",)
FIRST_QUOTA = 1000
MOST_TAGS = 10


class Bind(msgspec.Struct):
    """Body of account/bind."""

    type: str = ""
    biz_id: str = ""
    delivery_id: str = ""
    password: str = ""
    remark_content: str = ""


class QuotaGet(msgspec.Struct):
    """Body of quota/get."""

    delivery_id: str = ""
    biz_id: str = ""


class PrinterUpdate(msgspec.Struct):
    """Body of printer/update."""

    openid: str = ""
    update_type: str = ""
    tagid_list: str = ""


def _services(carrier: Carrier) -> list[Body]:
    return [{"service_type": one.type, "service_name": one.name} for one in carrier.services]


def all_carriers(_state: State, _request: Request) -> Body:
    """GET delivery/getall: every carrier with its services."""
    rows = [
        {
            "delivery_id": carrier.id,
            "delivery_name": carrier.name,
            "can_use_cash": int(carrier.can_use_cash),
            "can_get_quota": int(carrier.can_get_quota),
            "cash_biz_id": carrier.cash_biz_id,
            "service_type": _services(carrier),
        }
        for carrier in listed()
    ]
    return {"count": len(rows), "data": rows}


def all_accounts(state: State, request: Request) -> Body:
    """GET account/getall: every customer code the account has bound, or tried to."""
    rows = state.all(
        "SELECT * FROM express_accounts WHERE appid = ? ORDER BY created_s, delivery_id, biz_id", request.caller
    )
    shown = [
        {
            "biz_id": row["biz_id"],
            "delivery_id": row["delivery_id"],
            "create_time": row["created_s"],
            "update_time": row["updated_s"],
            "status_code": row["status_code"],
            "alias": row["biz_id"],
            "remark_wrong_msg": row["remark_wrong"],
            "remark_content": row["remark"],
            "quota_num": row["quota_num"],
            "quota_update_time": row["updated_s"],
            "service_type": _services(carriers()[row["delivery_id"]]),
        }
        for row in rows
    ]
    return {"count": len(shown), "list": shown}


def bind(state: State, request: Request) -> Body:
    """POST account/bind: the customer code is the account's, or no more.

    Refuses a bad type (930561), an unknown carrier (9300503), a code bound already (9300529), without password
    (9300531), not bound (9300530), and one still in review (9300532); EMS reviews every code first.
    """
    body = parsed(request, Bind)
    if body.type not in ("bind", "unbind") or not body.biz_id:
        raise ApiError(930561)
    carrier = known_carrier(body.delivery_id)
    key = (request.caller, carrier.id, body.biz_id)
    known = state.one("SELECT * FROM express_accounts WHERE appid = ? AND delivery_id = ? AND biz_id = ?", *key)
    if body.type == "unbind":
        if known is None:
            raise ApiError(9300530)
        state.run("DELETE FROM express_accounts WHERE appid = ? AND delivery_id = ? AND biz_id = ?", *key)
        return {"errcode": 0, "errmsg": "ok"}
    if known is not None and known["status_code"] != FAILED:
        raise ApiError(9300532 if known["status_code"] == IN_REVIEW else 9300529)
    if not body.password:
        raise ApiError(9300531)
    state.run(
        "INSERT OR REPLACE INTO express_accounts VALUES (?, ?, ?, ?, ?, '', ?, ?, ?)",
        *key,
        IN_REVIEW if carrier.id in REVIEWED else BOUND,
        body.remark_content,
        FIRST_QUOTA if carrier.can_get_quota else 0,
        state.now_s,
        state.now_s,
    )
    return {"errcode": 0, "errmsg": "ok"}


def judge(state: State, appid: str, delivery_id: str, biz_id: str, *, reason: str) -> bool:
    """Whether a code was in review, which is now bound, or refused when there is a reason."""
    judged = state.run(
        "UPDATE express_accounts SET status_code = ?, remark_wrong = ?, updated_s = ?"
        " WHERE appid = ? AND delivery_id = ? AND biz_id = ? AND status_code = ?",
        FAILED if reason else BOUND,
        reason,
        state.now_s,
        appid,
        delivery_id,
        biz_id,
        IN_REVIEW,
    )
    return judged.rowcount > 0


def set_quota(state: State, appid: str, delivery_id: str, biz_id: str, *, left: int) -> bool:
    """Whether the code is bound; it has so many waybills left now."""
    changed = state.run(
        "UPDATE express_accounts SET quota_num = ?, updated_s = ? WHERE appid = ? AND delivery_id = ? AND biz_id = ?",
        left,
        state.now_s,
        appid,
        delivery_id,
        biz_id,
    )
    return changed.rowcount > 0


def get_quota(state: State, request: Request) -> Body:
    """POST quota/get: the waybills left; 9300527 for a carrier that does not count, 9300525 for a code not bound."""
    body = parsed(request, QuotaGet)
    if not known_carrier(body.delivery_id).can_get_quota:
        raise ApiError(9300527)
    left = state.value(
        "SELECT quota_num FROM express_accounts WHERE appid = ? AND delivery_id = ? AND biz_id = ?",
        request.caller,
        body.delivery_id,
        body.biz_id,
    )
    if left is None:
        raise ApiError(9300525)
    return {"errcode": 0, "errmsg": "ok", "quota_num": left}


def all_printers(state: State, request: Request) -> Body:
    """GET printer/getall: who may print labels."""
    rows = state.all("SELECT * FROM printers WHERE appid = ? ORDER BY openid", request.caller)
    tags = sorted({tag for row in rows for tag in row["tagids"].split(",") if tag})
    return {"count": len(rows), "openid": [row["openid"] for row in rows], "tagid_list": tags}


def update_printer(state: State, request: Request) -> Body:
    """POST printer/update: the person may print, or no more; 40003, 9300517 bad type, 9300533 bad tags."""
    body = parsed(request, PrinterUpdate)
    if person_of(state, request.caller, body.openid) is None:
        raise ApiError(40003)
    if body.update_type not in ("bind", "unbind"):
        raise ApiError(9300517)
    tags = [tag for tag in body.tagid_list.split(",") if tag]
    if len(tags) > MOST_TAGS or not all(tag.isdecimal() for tag in tags):
        raise ApiError(9300533)
    if body.update_type == "bind":
        state.run("INSERT OR REPLACE INTO printers VALUES (?, ?, ?)", request.caller, body.openid, ",".join(tags))
    else:
        state.run("DELETE FROM printers WHERE appid = ? AND openid = ?", request.caller, body.openid)
    return {"errcode": 0, "errmsg": "ok"}


FOLDER = "/cgi-bin/express/business"

ROUTES = (
    Route("GET", f"{FOLDER}/delivery/getall", Door.TOKEN, all_carriers),
    Route("GET", f"{FOLDER}/account/getall", Door.TOKEN, all_accounts),
    Route("POST", f"{FOLDER}/account/bind", Door.TOKEN, bind, (930561, 9300503, 9300529, 9300530, 9300531, 9300532)),
    Route("POST", f"{FOLDER}/quota/get", Door.TOKEN, get_quota, (9300503, 9300525, 9300527)),
    Route("GET", f"{FOLDER}/printer/getall", Door.TOKEN, all_printers),
    Route("POST", f"{FOLDER}/printer/update", Door.TOKEN, update_printer, (40003, 9300517, 9300533)),
)
