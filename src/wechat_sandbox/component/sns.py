"""Logins through a third-party platform: the platform's token stands where the account's secret would.

The account must have authorised the platform (61003). Source: developers.weixin.qq.com, 第三方平台 小程序登录 and
代公众号发起网页授权.
"""

from wechat_sandbox.accounts import Account, account
from wechat_sandbox.mini_program import login
from wechat_sandbox.official import web_login
from wechat_sandbox.platforms import granted_sets
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request


def _authorizer(state: State, request: Request, *, grant_type: str) -> Account:
    query = request.query
    if query.get("component_appid") != request.caller:
        raise ApiError(40013)
    app = account(state, query.get("appid", ""))
    if query.get("grant_type") != grant_type:
        raise ApiError(40002)
    if granted_sets(state, request.caller, app.appid) is None:
        raise ApiError(61003)
    return app


def jscode2session(state: State, request: Request) -> Body:
    """GET /sns/component/jscode2session: openid, session_key and perhaps unionid, as the account itself would get."""
    app = _authorizer(state, request, grant_type="authorization_code")
    return login.exchange(state, app, request.query.get("js_code", ""))


def access_token(state: State, request: Request) -> Body:
    """GET /sns/oauth2/component/access_token: the web token behind a page's code."""
    app = _authorizer(state, request, grant_type="authorization_code")
    return web_login.exchange(state, app, request.query.get("code", ""))


def refresh_token(state: State, request: Request) -> Body:
    """GET /sns/oauth2/component/refresh_token: a new web token."""
    app = _authorizer(state, request, grant_type="refresh_token")
    return web_login.renew(state, app, request.query.get("refresh_token", ""))


OURS = (40002, 40013, 61003)

ROUTES = (
    Route("GET", "/sns/component/jscode2session", Door.COMPONENT, jscode2session, (*OURS, 40029, 40163, 40226, 45011)),
    Route("GET", "/sns/oauth2/component/access_token", Door.COMPONENT, access_token, (*OURS, 40029, 40163, 41008)),
    Route("GET", "/sns/oauth2/component/refresh_token", Door.COMPONENT, refresh_token, (*OURS, 40030, 41003, 42002)),
)
