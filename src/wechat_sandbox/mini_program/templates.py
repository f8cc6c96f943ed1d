"""An account's subscription templates: chosen from the public library, combined from its keywords, 25 at most.

What is added here can be sent with at once; templates created through the control API are listed too.
Source: developers.weixin.qq.com, addMessageTemplate, deleteMessageTemplate, getMessageTemplateList, getCategory,
getPubTemplateTitleList, getPubTemplateKeyWordsById. Their bodies may be JSON or a form; both are read.
"""

import re
import sqlite3
from collections.abc import Sequence
from urllib.parse import parse_qsl

import msgspec

from wechat_sandbox.mini_program import flags
from wechat_sandbox.mini_program.flags import Flag
from wechat_sandbox.mini_program.public_templates import Keyword, PublicTemplate, library
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_TEMPLATES = 25
LEAST_KEYWORDS, MOST_KEYWORDS = 2, 5
MOST_SCENE = 15
MOST_TITLES = 30
ONCE, LONG = 2, 3
NUMBER = re.compile(r"[0-9]{1,9}")


class AddTemplate(msgspec.Struct):
    """Body of addtemplate."""

    tid: int | str = ""
    kidList: list[int | str] = []  # noqa: N815 - WeChat's own name
    sceneDesc: str = ""  # noqa: N815 - WeChat's own name


class DelTemplate(msgspec.Struct):
    """Body of deltemplate."""

    priTmplId: str = ""  # noqa: N815 - WeChat's own name


def _form(request: Request) -> list[tuple[str, str]] | None:
    if "x-www-form-urlencoded" not in request.headers.get("content-type", "") or request.body[:1] == b"{":
        return None
    return parse_qsl(request.body.decode(errors="replace"))


def _asked(request: Request) -> AddTemplate:
    form = _form(request)
    if form is None:
        return parsed(request, AddTemplate)
    single = dict(form)
    kids: list[int | str] = [value for name, value in form if re.fullmatch(r"kidList(\[\d*\])?", name)]
    return AddTemplate(tid=single.get("tid", ""), kidList=kids, sceneDesc=single.get("sceneDesc", ""))


def add_template(state: State, request: Request) -> Body:
    """POST /wxaapi/newtmpl/addtemplate: the new template's id.

    Refuses a banned account (200011) or template (200013), the 26th template (200012), an unknown tid (200014), two
    to five of its keywords not given (200020), and a scene of more than 15 characters (200021).
    """
    body, appid = _asked(request), request.caller
    if flags.is_set(state, appid, Flag.TEMPLATES_BANNED):
        raise ApiError(200011)
    template = _template(body.tid)
    if state.value("SELECT 1 FROM banned_templates WHERE tid = ?", template.tid):
        raise ApiError(200013)
    keywords = _keywords(template, body.kidList)
    if len(body.sceneDesc) > MOST_SCENE:
        raise ApiError(200021)
    if state.value("SELECT COUNT(*) FROM templates WHERE appid = ?", appid) >= MOST_TEMPLATES:
        raise ApiError(200012)
    return {"errcode": 0, "errmsg": "ok", "priTmplId": _added(state, appid, template, keywords, body.sceneDesc)}


def _added(state: State, appid: str, template: PublicTemplate, keywords: Sequence[Keyword], scene: str) -> str:
    template_id = state.draw_text(43)
    fields = ",".join(keyword.field for keyword in keywords)
    state.run("INSERT INTO templates VALUES (?, ?, ?, 'once', ?)", appid, template_id, template.title, fields)
    state.run(
        "INSERT INTO personal_templates VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        template_id,
        appid,
        template.tid,
        template.title,
        "".join(f"{keyword.name}:{{{{{keyword.field}.DATA}}}}\n" for keyword in keywords),
        "".join(f"{keyword.name}:{keyword.example}\n" for keyword in keywords),
        scene,
        state.now_ms,
    )
    enums = [(template_id, keyword.field, value) for keyword in keywords for value in keyword.values]
    state.run_many("INSERT INTO template_enums VALUES (?, ?, ?)", enums)
    return template_id


def _number(text: int | str) -> int | None:
    """The number a client wrote, as a number or as text; None for anything else."""
    return int(text) if NUMBER.fullmatch(str(text)) else None


def _template(tid: int | str) -> PublicTemplate:
    found = library().templates.get(_number(tid) or 0)
    if found is None:
        raise ApiError(200014)
    return found


def _keywords(template: PublicTemplate, kids: Sequence[int | str]) -> list[Keyword]:
    chosen = [template.keyword(_number(kid) or 0) for kid in kids]
    found = [keyword for keyword in chosen if keyword is not None]
    if not LEAST_KEYWORDS <= len(kids) <= MOST_KEYWORDS or len(set(found)) != len(kids):
        raise ApiError(200020)
    return found


def del_template(state: State, request: Request) -> Body:
    """POST /wxaapi/newtmpl/deltemplate: nothing can be sent with it any more (20001 for an unknown one, 20002 none)."""
    form = _form(request)
    template_id = parsed(request, DelTemplate).priTmplId if form is None else dict(form).get("priTmplId", "")
    if not template_id:
        raise ApiError(20002)
    gone = state.run("DELETE FROM templates WHERE appid = ? AND template_id = ?", request.caller, template_id)
    if gone.rowcount == 0:
        raise ApiError(20001)
    state.run("DELETE FROM personal_templates WHERE template_id = ?", template_id)
    state.run("DELETE FROM template_enums WHERE template_id = ?", template_id)
    return {"errcode": 0, "errmsg": "ok"}


def get_templates(state: State, request: Request) -> Body:
    """GET /wxaapi/newtmpl/gettemplate: all templates of the account."""
    rows = state.all(
        "SELECT t.*, p.content, p.example FROM templates t LEFT JOIN personal_templates p USING (template_id)"
        " WHERE t.appid = ? ORDER BY p.added_ms, t.template_id",
        request.caller,
    )
    return {"errcode": 0, "errmsg": "ok", "data": [_shown(state, row) for row in rows]}


def _shown(state: State, row: sqlite3.Row) -> dict[str, object]:
    fields = row["fields"].split(",")
    content = row["content"] or "".join(f"{field}:{{{{{field}.DATA}}}}\n" for field in fields)
    shown: dict[str, object] = {
        "priTmplId": row["template_id"],
        "title": row["title"],
        "content": content,
        "example": row["example"] or "",
        "type": LONG if row["kind"] == "long" else ONCE,
    }
    enums = state.all("SELECT * FROM template_enums WHERE template_id = ? ORDER BY field, value", row["template_id"])
    if enums:
        named = {enum["field"]: [e["value"] for e in enums if e["field"] == enum["field"]] for enum in enums}
        shown["keywordEnumValueList"] = [
            {"keywordCode": f"{field}.DATA", "enumValueList": values} for field, values in named.items()
        ]
    return shown


def get_category(state: State, request: Request) -> Body:
    """GET /wxaapi/newtmpl/getcategory: the account's categories, here all of the library."""
    del state, request
    rows = [{"id": number, "name": name} for number, name in library().categories.items()]
    return {"errcode": 0, "errmsg": "ok", "data": rows}


def get_titles(state: State, request: Request) -> Body:
    """GET /wxaapi/newtmpl/getpubtemplatetitles: the titles of these categories, `limit` from `start` on.

    Refuses a bad start (200016) or limit (200017, at most 30), missing (200018) and unknown categories (200019).
    """
    del state
    query = request.query
    if not query.get("ids"):
        raise ApiError(200018)
    ids = query["ids"].split(",")
    if not all(_number(number) in library().categories for number in ids):
        raise ApiError(200019)
    start, limit = _number(query.get("start", "")), _number(query.get("limit", ""))
    if start is None:
        raise ApiError(200016)
    if limit is None or not 1 <= limit <= MOST_TITLES:
        raise ApiError(200017)
    found = [
        {"tid": template.tid, "title": template.title, "type": ONCE, "categoryId": str(template.category)}
        for template in library().templates.values()
        if str(template.category) in ids
    ]
    return {"errcode": 0, "errmsg": "ok", "count": len(found), "data": found[start : start + limit]}


def get_keywords(state: State, request: Request) -> Body:
    """GET /wxaapi/newtmpl/getpubtemplatekeywords: the keywords of one title (200014 for an unknown tid)."""
    del state
    words = [
        {"kid": keyword.kid, "name": keyword.name, "example": keyword.example, "rule": keyword.rule}
        for keyword in _template(request.query.get("tid", "")).keywords
    ]
    return {"errcode": 0, "errmsg": "ok", "count": len(words), "data": words}


ROUTES = (
    Route(
        "POST",
        "/wxaapi/newtmpl/addtemplate",
        Door.TOKEN,
        add_template,
        refuses=(200011, 200012, 200013, 200014, 200020, 200021),
    ),
    Route("POST", "/wxaapi/newtmpl/deltemplate", Door.TOKEN, del_template, refuses=(20001, 20002)),
    Route("GET", "/wxaapi/newtmpl/gettemplate", Door.TOKEN, get_templates),
    Route("GET", "/wxaapi/newtmpl/getcategory", Door.TOKEN, get_category),
    Route(
        "GET",
        "/wxaapi/newtmpl/getpubtemplatetitles",
        Door.TOKEN,
        get_titles,
        refuses=(200016, 200017, 200018, 200019),
    ),
    Route("GET", "/wxaapi/newtmpl/getpubtemplatekeywords", Door.TOKEN, get_keywords, refuses=(200014,)),
)
