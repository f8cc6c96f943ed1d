"""Every API the sandbox has: a new one is a function in its subject's file and a row in that file's `ROUTES`."""

from wechat_sandbox import articles, cards, control, datacube, login, messages, quotas, shipping_api, tokens
from wechat_sandbox.pay import certificates, refunds, transactions
from wechat_sandbox.routing import Route

ALL: tuple[Route, ...] = (
    *tokens.ROUTES,
    *quotas.ROUTES,
    *login.ROUTES,
    *messages.ROUTES,
    *cards.ROUTES,
    *articles.ROUTES,
    *datacube.ROUTES,
    *shipping_api.ROUTES,
    *transactions.ROUTES,
    *refunds.ROUTES,
    *certificates.ROUTES,
    *control.ROUTES,
)
