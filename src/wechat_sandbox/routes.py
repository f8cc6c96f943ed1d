"""Every API the sandbox has: a new one is a function in its subject's file and a row in that file's `ROUTES`."""

from wechat_sandbox import control, quotas, tokens
from wechat_sandbox.catalogue import openapi
from wechat_sandbox.content import articles, datacube
from wechat_sandbox.mini_program import cards, login, subscriptions
from wechat_sandbox.pay import certificates, refunds, transactions
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping import calls as shipping
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request

WECHAT: tuple[Route, ...] = (
    *tokens.ROUTES,
    *quotas.ROUTES,
    *login.ROUTES,
    *subscriptions.ROUTES,
    *cards.ROUTES,
    *articles.ROUTES,
    *datacube.ROUTES,
    *shipping.ROUTES,
    *transactions.ROUTES,
    *refunds.ROUTES,
    *certificates.ROUTES,
)


def surface(_state: State, _request: Request) -> Body:
    """GET /_sandbox/openapi.json: every API of WeChat that is served, with what it takes and refuses."""
    return openapi(WECHAT)


ALL: tuple[Route, ...] = (
    *WECHAT,
    *control.ROUTES,
    Route("GET", "/_sandbox/openapi.json", Door.CONTROL, surface),
)
