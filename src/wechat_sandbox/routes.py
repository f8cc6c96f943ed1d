"""Every API the sandbox has: a new one is a function in its subject's file and a row in that file's `ROUTES`."""

from wechat_sandbox import control, quotas, rids, tokens
from wechat_sandbox.catalogue import described, openapi
from wechat_sandbox.component import routes as component
from wechat_sandbox.content import routes as content
from wechat_sandbox.express import routes as express
from wechat_sandbox.live import rooms
from wechat_sandbox.mini_program import routes as mini_program
from wechat_sandbox.official import routes as official
from wechat_sandbox.pay import abnormal, bills, certificates, combined, refunds, sharing, transactions
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping import routes as shipping
from wechat_sandbox.shop import routes as shop
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request

WECHAT: tuple[Route, ...] = (
    *tokens.ROUTES,
    *quotas.ROUTES,
    *rids.ROUTES,
    *mini_program.ROUTES,
    *official.ROUTES,
    *content.ROUTES,
    *shipping.ROUTES,
    *transactions.ROUTES,
    *combined.ROUTES,
    *refunds.ROUTES,
    *abnormal.ROUTES,
    *sharing.ROUTES,
    *bills.ROUTES,
    *certificates.ROUTES,
    *component.ROUTES,
    *express.ROUTES,
    *shop.ROUTES,
    *rooms.ROUTES,
)


def surface(_state: State, _request: Request) -> Body:
    """GET /_sandbox/openapi.json: every API of WeChat that is served, with what it takes and refuses."""
    return openapi(WECHAT)


def acts(_state: State, _request: Request) -> Body:
    """GET /_sandbox/acts: every call of the control API, what it does and what its body is."""
    return {"acts": described(control.ROUTES)}


ALL: tuple[Route, ...] = (
    *WECHAT,
    *control.ROUTES,
    Route("GET", "/_sandbox/openapi.json", Door.CONTROL, surface),
    Route("GET", "/_sandbox/acts", Door.CONTROL, acts),
)
