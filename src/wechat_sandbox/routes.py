"""Every API the sandbox has: a new one is a function in its subject's file and a row in that file's `ROUTES`."""

from wechat_sandbox import control, quotas, rids, tokens
from wechat_sandbox.catalogue import described, openapi
from wechat_sandbox.component import routes as component
from wechat_sandbox.content import articles, datacube
from wechat_sandbox.express import routes as express
from wechat_sandbox.mini_program import (
    cards,
    codes,
    links,
    login,
    paid_unionid,
    phone_numbers,
    safety,
    sessions,
    subscriptions,
    templates,
)
from wechat_sandbox.mini_program.cloud import database, files, functions
from wechat_sandbox.official import routes as official
from wechat_sandbox.pay import abnormal, bills, certificates, combined, refunds, transactions
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping import routes as shipping
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request

WECHAT: tuple[Route, ...] = (
    *tokens.ROUTES,
    *quotas.ROUTES,
    *rids.ROUTES,
    *login.ROUTES,
    *sessions.ROUTES,
    *phone_numbers.ROUTES,
    *paid_unionid.ROUTES,
    *templates.ROUTES,
    *subscriptions.ROUTES,
    *cards.ROUTES,
    *codes.ROUTES,
    *links.ROUTES,
    *safety.ROUTES,
    *functions.ROUTES,
    *database.ROUTES,
    *files.ROUTES,
    *official.ROUTES,
    *articles.ROUTES,
    *datacube.ROUTES,
    *shipping.ROUTES,
    *transactions.ROUTES,
    *combined.ROUTES,
    *refunds.ROUTES,
    *abnormal.ROUTES,
    *bills.ROUTES,
    *certificates.ROUTES,
    *component.ROUTES,
    *express.ROUTES,
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
