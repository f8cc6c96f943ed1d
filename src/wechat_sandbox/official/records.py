"""What was said between people and the account's staff, read back in order (获取聊天记录).

A message that was sent in nobody's name is no talk of the staff and not recorded.
Source: developers.weixin.qq.com, 客服 获取聊天记录.
"""

import sqlite3
from collections.abc import Mapping
from typing import Annotated

import msgspec

from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

LONGEST_SPAN_S = 86_400
MOST_ROWS = 10_000
SENT, RECEIVED = 2002, 2003
TALK = f"""
SELECT at_ms, {RECEIVED} AS opercode, id, openids.openid AS openid, content
FROM sayings JOIN openids USING (appid, person) WHERE appid = ?1 AND at_ms BETWEEN ?2 AND ?3
UNION ALL
SELECT at_ms, {SENT}, id, openid, content FROM messages
WHERE appid = ?1 AND at_ms BETWEEN ?2 AND ?3 AND kind = 'custom' AND json_extract(content, '$.kf_account') IS NOT NULL
ORDER BY at_ms, opercode DESC, id LIMIT ?4 OFFSET ?5
"""
Moment = Annotated[int, msgspec.Meta(ge=0, le=2**40)]


class Span(msgspec.Struct):
    """Body of msgrecord/getmsglist: seconds, within one day; `msgid` counts the rows from 1, so that the next page begins where one ended."""

    starttime: Moment = 0
    endtime: Moment = 0
    msgid: Moment = 1
    number: Moment = MOST_ROWS


def get_list(state: State, request: Request) -> Body:
    """POST /customservice/msgrecord/getmsglist: the talk of at most a day, 10 000 rows a page; 61451 otherwise."""
    check(state, request.caller, Right.CUSTOMER)
    body = parsed(request, Span)
    if not 0 <= body.endtime - body.starttime <= LONGEST_SPAN_S or not 1 <= body.number <= MOST_ROWS:
        raise ApiError(61451)
    rows = state.all(
        TALK,
        request.caller,
        body.starttime * 1000,
        body.endtime * 1000 + 999,
        body.number,
        max(0, body.msgid - 1),
    )
    return {"recordlist": [_shown(row) for row in rows], "number": len(rows), "msgid": body.msgid + len(rows)}


def _shown(row: sqlite3.Row) -> Mapping[str, object]:
    content = msgspec.json.decode(row["content"])
    is_sent = row["opercode"] == SENT
    text = content.get("text", {}).get("content", "") if is_sent else content.get("Content", "")
    return {
        "openid": row["openid"],
        "opercode": row["opercode"],
        "text": text,
        "time": row["at_ms"] // 1000,
        "worker": content.get("kf_account", ""),
    }


ROUTES = (Route("POST", "/customservice/msgrecord/getmsglist", Door.TOKEN, get_list, refuses=(48001, 61451)),)
