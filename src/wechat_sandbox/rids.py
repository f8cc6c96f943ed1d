"""openapi/rid/get: what a refused call was, asked by the account that made it, for seven days.

Source: developers.weixin.qq.com, 查询 rid 信息; the codes 76001-76004 and 76022 as its error table has them.
"""

import re

import msgspec

from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
KEPT_DAYS = 7


class RidGet(msgspec.Struct):
    """Body of openapi/rid/get."""

    rid: str = ""


def rid_get(state: State, request: Request) -> Body:
    """POST /cgi-bin/openapi/rid/get: one call as the log has it, secrets removed.

    Refuses a malformed rid (76002), an unknown one (76001), another account's (76003), one older than seven days
    (76004) and one of an /sns/ call (76022).
    """
    rid = parsed(request, RidGet).rid
    if not RID.fullmatch(rid):
        raise ApiError(76002)
    call = state.one("SELECT * FROM calls WHERE rid = ?", rid)
    if call is None:
        raise ApiError(76001)
    if call["path"].startswith("/sns/"):
        raise ApiError(76022)
    if call["caller"] != request.caller:
        raise ApiError(76003)
    if state.now_ms - call["at_ms"] > KEPT_DAYS * DAY_MS:
        raise ApiError(76004)
    url, _, body = call["request"].partition("\n")
    shown = {
        "invoke_time": call["at_ms"] // 1000,
        "cost_in_ms": 1,
        "request_url": url,
        "request_body": body,
        "response_body": call["reply"],
    }
    return {"errcode": 0, "errmsg": "ok", "request": shown}


ROUTES = (Route("POST", "/cgi-bin/openapi/rid/get", Door.TOKEN, rid_get, refuses=(76001, 76002, 76003, 76004, 76022)),)
