"""The templates of a service account: its industries, what it took from the public library, at most twenty-five.

An industry may be changed once a month. The library here is a sample (`template_library.toml`).
"""

import importlib.resources
import re
import tomllib
from collections.abc import Mapping
from functools import cache

import msgspec

from wechat_sandbox.moments import local
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_TEMPLATES = 25
SHOWN = ("template_id", "title", "primary_industry", "deputy_industry", "content", "example")
FIELD = re.compile(r"\{\{(\w+)\.DATA\}\}")
OK = {"errcode": 0, "errmsg": "ok"}
INDUSTRIES: Mapping[int, tuple[str, str]] = {
    1: ("IT科技", "互联网|电子商务"),
    2: ("IT科技", "IT软件与服务"),
    3: ("IT科技", "IT硬件与设备"),
    4: ("IT科技", "电子技术"),
    5: ("IT科技", "通信与运营商"),
    6: ("IT科技", "网络游戏"),
    7: ("金融业", "银行"),
    8: ("金融业", "基金理财信托"),
    9: ("金融业", "保险"),
    10: ("餐饮", "餐饮"),
    11: ("酒店旅游", "酒店"),
    12: ("酒店旅游", "旅游"),
    13: ("运输与仓储", "快递"),
    14: ("运输与仓储", "物流"),
    15: ("运输与仓储", "仓储"),
    16: ("教育", "培训"),
    17: ("教育", "院校"),
    18: ("政府与公共事业", "学术科研"),
    19: ("政府与公共事业", "交警"),
    20: ("政府与公共事业", "博物馆"),
    21: ("政府与公共事业", "公共事业|非盈利机构"),
    22: ("医药护理", "医药医疗"),
    23: ("医药护理", "护理美容"),
    24: ("医药护理", "保健与卫生"),
    25: ("交通工具", "汽车相关"),
    26: ("交通工具", "摩托车相关"),
    27: ("交通工具", "火车相关"),
    28: ("交通工具", "飞机相关"),
    29: ("房地产", "建筑"),
    30: ("房地产", "物业"),
    31: ("消费品", "消费品"),
    32: ("商业服务", "法律"),
    33: ("商业服务", "会展"),
    34: ("商业服务", "中介服务"),
    35: ("商业服务", "认证"),
    36: ("商业服务", "审计"),
    37: ("文体娱乐", "传媒"),
    38: ("文体娱乐", "体育"),
    39: ("文体娱乐", "娱乐休闲"),
    40: ("印刷", "印刷"),
    41: ("其它", "其它"),
}
"""Source: developers.weixin.qq.com, 模板消息 设置所属行业."""


NUMBERS = frozenset(map(str, INDUSTRIES))


class SetIndustry(msgspec.Struct):
    """Body of api_set_industry."""

    industry_id1: str | int = ""
    industry_id2: str | int = ""


class AddTemplate(msgspec.Struct):
    """Body of api_add_template; without `keyword_name_list` every field of the library's template is taken."""

    template_id_short: str = ""
    keyword_name_list: list[str] = []


class DeleteTemplate(msgspec.Struct):
    """Body of del_private_template."""

    template_id: str = ""


class LibraryTemplate(msgspec.Struct, frozen=True):
    """One template of the public library; `fields` are pairs of title and data field."""

    short_id: str
    title: str
    primary_industry: str
    deputy_industry: str
    fields: list[tuple[str, str]]


@cache
def library() -> Mapping[str, LibraryTemplate]:
    """The public library by short id."""
    text = importlib.resources.files("wechat_sandbox.official").joinpath("template_library.toml").read_text("utf-8")
    rows = msgspec.convert(tomllib.loads(text)["template"], list[LibraryTemplate])
    return {row.short_id: row for row in rows}


def set_industry(state: State, request: Request) -> Body:
    """POST /cgi-bin/template/api_set_industry: two industries; 40102 for an unknown one, 43100 twice in a month."""
    check(state, request.caller, Right.TEMPLATE)
    body = parsed(request, SetIndustry)
    ids = [int(text) if str(text) in NUMBERS else 0 for text in (body.industry_id1, body.industry_id2)]
    if any(each not in INDUSTRIES for each in ids):
        raise ApiError(40102)
    changed_ms = state.value("SELECT changed_ms FROM industries WHERE appid = ?", request.caller)
    if changed_ms is not None and f"{local(changed_ms):%Y-%m}" == f"{local(state.now_ms):%Y-%m}":
        raise ApiError(43100)
    state.run("INSERT OR REPLACE INTO industries VALUES (?, ?, ?, ?)", request.caller, *ids, state.now_ms)
    return OK


def get_industry(state: State, request: Request) -> Body:
    """GET /cgi-bin/template/get_industry: the account's two industries; 40102 before they are set."""
    check(state, request.caller, Right.TEMPLATE)
    row = state.one("SELECT * FROM industries WHERE appid = ?", request.caller)
    if row is None:
        raise ApiError(40102)
    return {"primary_industry": _named(row["primary_id"]), "secondary_industry": _named(row["secondary_id"])}


def _named(industry: int) -> Body:
    first, second = INDUSTRIES[industry]
    return {"first_class": first, "second_class": second}


def add(state: State, request: Request) -> Body:
    """POST /cgi-bin/template/api_add_template: one more template; 40037 unknown, 45026 past twenty-five.

    A keyword that the library's template does not have is 47003.
    """
    check(state, request.caller, Right.TEMPLATE)
    body = parsed(request, AddTemplate)
    found = library().get(body.template_id_short)
    if found is None:
        raise ApiError(40037)
    known = dict(found.fields)
    names = body.keyword_name_list or list(known)
    if any(name not in known for name in names):
        raise ApiError(47003, "argument invalid! keyword_name_list invalid")
    owned: int = state.value("SELECT COUNT(*) FROM message_templates WHERE appid = ?", request.caller)
    if owned >= MOST_TEMPLATES:
        raise ApiError(45026)
    content = "\n".join(f"{name}:{{{{{known[name]}.DATA}}}}" for name in names)
    template_id = state.draw_text(43)
    keep_template(state, request.caller, template_id, found, content=content)
    return {**OK, "template_id": template_id}


def keep_template(state: State, appid: str, template_id: str, found: LibraryTemplate, *, content: str) -> None:
    """The account has the template now."""
    state.run(
        "INSERT OR REPLACE INTO message_templates (appid, template_id, title, primary_industry, deputy_industry, content)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        appid,
        template_id,
        found.title,
        found.primary_industry,
        found.deputy_industry,
        content,
    )


def fields_of(content: str) -> list[str]:
    """The data fields that a template's text shows, in order."""
    return FIELD.findall(content)


def get_all(state: State, request: Request) -> Body:
    """GET /cgi-bin/template/get_all_private_template: the account's templates."""
    check(state, request.caller, Right.TEMPLATE)
    rows = state.all("SELECT * FROM message_templates WHERE appid = ? ORDER BY nth", request.caller)
    return {"template_list": [{name: row[name] for name in SHOWN} for row in rows]}


def delete(state: State, request: Request) -> Body:
    """POST /cgi-bin/template/del_private_template: the template is gone; 40037 when there is none."""
    check(state, request.caller, Right.TEMPLATE)
    template_id = parsed(request, DeleteTemplate).template_id
    gone = state.run("DELETE FROM message_templates WHERE appid = ? AND template_id = ?", request.caller, template_id)
    if gone.rowcount == 0:
        raise ApiError(40037)
    return OK


ROUTES = (
    Route("POST", "/cgi-bin/template/api_set_industry", Door.TOKEN, set_industry, refuses=(40102, 43100, 48001)),
    Route("GET", "/cgi-bin/template/get_industry", Door.TOKEN, get_industry, refuses=(40102, 48001)),
    Route("POST", "/cgi-bin/template/api_add_template", Door.TOKEN, add, refuses=(40037, 45026, 47003, 48001)),
    Route("GET", "/cgi-bin/template/get_all_private_template", Door.TOKEN, get_all, refuses=(48001,)),
    Route("POST", "/cgi-bin/template/del_private_template", Door.TOKEN, delete, refuses=(40037, 48001)),
)
