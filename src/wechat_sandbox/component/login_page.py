"""The page where an account's administrator lets a third-party platform act for the account.

In real life the administrator scans it with WeChat; here the accounts of the sandbox stand in a list.
"""

from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from wechat_sandbox.accounts import AccountKind
from wechat_sandbox.component.agreements import agree, offered_sets, preauth_platform
from wechat_sandbox.component.permissions import permissions
from wechat_sandbox.platforms import Platform
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError, Reply, Request

HTML = (("content-type", "text/html; charset=utf-8"),)
AUTH_TYPES = {
    "1": (AccountKind.SERVICE, AccountKind.SUBSCRIPTION),
    "2": (AccountKind.MINI_PROGRAM,),
    "3": tuple(AccountKind),
}
STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:34em;margin:2em auto;padding:0 1em;color:#191919}"
    "fieldset{border:1px solid #ddd;border-radius:8px;margin:1em 0}label{display:block}"
    "button{background:#07c160;color:#fff;border:0;border-radius:8px;padding:.6em 2em;font:inherit}"
)


def show(state: State, request: Request) -> Reply:
    """GET /cgi-bin/componentloginpage: a form for each account that may agree; what is wrong, in words, otherwise."""
    query = request.query
    try:
        platform = preauth_platform(state, query.get("pre_auth_code", ""), platform=query.get("component_appid", ""))
        _check_redirect(query.get("redirect_uri", ""))
    except ControlError as error:
        return _page(f"<h1>无法授权</h1><p>{escape(error.message)}</p>")
    kinds = AUTH_TYPES.get(query.get("auth_type", "3"), AUTH_TYPES["3"])
    rows = state.all("SELECT appid, name, kind FROM accounts ORDER BY name, appid")
    wanted = query.get("biz_appid", "")
    forms = [
        _form(state, platform, request, appid=row["appid"], name=row["name"])
        for row in rows
        if AccountKind(row["kind"]) in kinds and wanted in ("", row["appid"])
    ]
    return _page(f"<h1>授权给「{escape(platform.name)}」</h1>{''.join(forms) or '<p>没有可以授权的帐号。</p>'}")


def confirm(state: State, request: Request) -> Reply:
    """POST /cgi-bin/componentloginpage: the administrator agreed; back to the platform with `auth_code`."""
    form = parse_qs(request.body.decode(errors="replace"))

    def field(name: str) -> str:
        return form.get(name, [""])[0]

    try:
        platform = preauth_platform(state, field("pre_auth_code"), platform=field("component_appid"))
        _check_redirect(field("redirect_uri"))
        chosen = tuple(int(number) for number in form.get("sets", []) if number.isdecimal())
        agreement = agree(state, platform, field("appid"), sets=chosen, preauth_code=field("pre_auth_code"))
    except ControlError as error:
        return _page(f"<h1>无法授权</h1><p>{escape(error.message)}</p>")
    state.run("DELETE FROM preauth_codes WHERE code = ?", field("pre_auth_code"))
    where = field("redirect_uri")
    answer = urlencode({"auth_code": agreement.auth_code, "expires_in": agreement.expires_in_s})
    return Reply(302, b"", (("location", f"{where}{'&' if urlsplit(where).query else '?'}{answer}"),))


def _check_redirect(uri: str) -> None:
    if urlsplit(uri).scheme not in ("http", "https"):
        raise ControlError("redirect_uri_invalid", "回调地址 redirect_uri 缺失或不是网址")


def _form(state: State, platform: Platform, request: Request, *, appid: str, name: str) -> str:
    offered = set(offered_sets(state, platform, appid))
    boxes = "".join(
        f'<label><input type="checkbox" name="sets" value="{known.id}" checked> {known.id} {escape(known.name)}</label>'
        for known in permissions().sets
        if known.id in offered
    )
    if not boxes:
        return ""
    kept = {key: request.query.get(key, "") for key in ("component_appid", "pre_auth_code", "redirect_uri")}
    hidden = "".join(
        f'<input type="hidden" name="{key}" value="{escape(value, quote=True)}">'
        for key, value in {**kept, "appid": appid}.items()
    )
    return (
        f'<form method="post" action="/cgi-bin/componentloginpage"><fieldset><legend>{escape(name)}({escape(appid)})'
        f"</legend>{boxes}{hidden}<p><button>同意授权</button></p></fieldset></form>"
    )


def _page(inside: str) -> Reply:
    text = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>第三方平台授权</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style><main>{inside}</main></html>'
    )
    return Reply(200, text.encode(), HTML)


ROUTES = (
    Route("GET", "/cgi-bin/componentloginpage", Door.OPEN, show),
    Route("GET", "/wxaopen/safe/bindcomponent", Door.OPEN, show),
    Route("GET", "/safe/bindcomponent", Door.OPEN, show),
    Route("POST", "/cgi-bin/componentloginpage", Door.OPEN, confirm),
)
