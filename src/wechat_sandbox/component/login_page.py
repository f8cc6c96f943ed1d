"""The page where an account's administrator lets a third-party platform act for the account.

In real life the administrator scans it with WeChat; here the accounts of the sandbox stand in a list. Chinese first,
as WeChat's own page is; English stands beside it, since the sandbox is read by those who know no Chinese too.
"""

from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from wechat_sandbox.accounts import AccountKind
from wechat_sandbox.component.agreements import agree, offered_sets, preauth_platform
from wechat_sandbox.component.permissions import permissions
from wechat_sandbox.platforms import Platform, granted_sets
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError, Reply, Request

HTML = (("content-type", "text/html; charset=utf-8"),)
AUTH_TYPES = {
    "1": (AccountKind.SERVICE, AccountKind.SUBSCRIPTION),
    "2": (AccountKind.MINI_PROGRAM,),
    "3": tuple(AccountKind),
}
KINDS = {
    AccountKind.SERVICE: "服务号 Service account",
    AccountKind.SUBSCRIPTION: "订阅号 Subscription account",
    AccountKind.MINI_PROGRAM: "小程序 Mini-program",
    AccountKind.SHOP: "微信小店 Shop",
}
STYLE = (
    "body{font:15px/1.6 system-ui,'Noto Sans CJK SC',sans-serif;margin:0;background:#f5f6f7;color:#191919}"
    "main{max-width:40em;margin:0 auto;padding:3em 1.25em}h1{font-size:22px;margin:0}small,.lead{color:#667}"
    ".lead{margin:.4em 0 2em}form{background:#fff;border:1px solid #e3e5e8;border-radius:12px;margin:0 0 12px;"
    "padding:16px 20px}.who{display:flex;align-items:center;gap:16px}.who>div{flex:1;min-width:0}"
    ".who b{font-size:16px}.who small{display:block;overflow-wrap:anywhere}"
    "button{background:#07c160;color:#fff;border:0;border-radius:8px;padding:.55em 1.4em;font:inherit;cursor:pointer}"
    "button.again{background:#fff;color:#07814a;box-shadow:inset 0 0 0 1px #07c160}"
    "button:focus-visible,summary:focus-visible{outline:2px solid #191919;outline-offset:2px}"
    "details{margin-top:10px}summary{color:#576b95;cursor:pointer;font-size:14px}"
    "ul{list-style:none;margin:8px 0 0;padding:0;columns:2;font-size:14px}li{break-inside:avoid}"
    "@media(max-width:34em){ul{columns:1}}"
)


def show(state: State, request: Request) -> Reply:
    """GET /cgi-bin/componentloginpage: a form for each account that may agree; what is wrong, in words, otherwise."""
    query = request.query
    try:
        platform = preauth_platform(state, query.get("pre_auth_code", ""), platform=query.get("component_appid", ""))
        _check_redirect(query.get("redirect_uri", ""))
    except ControlError as error:
        return _refusal(error)
    kinds = AUTH_TYPES.get(query.get("auth_type", "3"), AUTH_TYPES["3"])
    rows = state.all("SELECT appid, name, kind FROM accounts ORDER BY name, appid")
    wanted = query.get("biz_appid", "")
    forms = [
        _form(state, platform, request, appid=row["appid"], name=row["name"])
        for row in rows
        if AccountKind(row["kind"]) in kinds and wanted in ("", row["appid"])
    ]
    title = f"授权给「{escape(platform.name)}」"
    lead = (
        '<p class="lead">沙箱:选一个帐号,代替其管理员扫码同意。<br>'
        f"Sandbox: choose an account and agree to “{escape(platform.name)}” as its administrator would by a scan.</p>"
    )
    nobody = "<p>没有可以授权的帐号。 No account can agree.</p>"
    return _page(f"<h1>{title}</h1>{lead}{''.join(forms) or nobody}")


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
        return _refusal(error)
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
        f'<li><label><input type="checkbox" name="sets" value="{known.id}" checked> {known.id} {escape(known.name)}'
        "</label></li>"
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
    is_granted = granted_sets(state, platform.appid, appid) is not None
    button = '<button class="again">重新授权 Again</button>' if is_granted else "<button>同意授权 Agree</button>"
    kind = KINDS[AccountKind(state.value("SELECT kind FROM accounts WHERE appid = ?", appid))]
    return (
        '<form method="post" action="/cgi-bin/componentloginpage"><div class="who">'
        f"<div><b>{escape(name)}</b><small>{kind} · {escape(appid)}</small></div>{button}</div>"
        f"<details><summary>权限集 Permissions ({len(offered)})</summary><ul>{boxes}</ul></details>{hidden}</form>"
    )


def _refusal(error: ControlError) -> Reply:
    return _page(
        f'<h1>无法授权</h1><p>{escape(error.message)}</p><p class="lead">Not authorised: {escape(error.error)}</p>'
    )


def _page(inside: str) -> Reply:
    text = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>第三方平台授权</title>'
        f'<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{STYLE}</style><main>{inside}</main></html>"
    )
    return Reply(200, text.encode(), HTML)


ROUTES = (
    Route("GET", "/cgi-bin/componentloginpage", Door.OPEN, show),
    Route("GET", "/wxaopen/safe/bindcomponent", Door.OPEN, show),
    Route("GET", "/safe/bindcomponent", Door.OPEN, show),
    Route("POST", "/cgi-bin/componentloginpage", Door.OPEN, confirm),
)
