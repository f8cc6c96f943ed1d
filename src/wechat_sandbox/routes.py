"""Every API the sandbox has: a new one is a function in its subject's file and a row in that file's `ROUTES`."""

from wechat_sandbox import control, quotas, tokens
from wechat_sandbox.content import articles, datacube
from wechat_sandbox.mini_program import cards, login, subscriptions
from wechat_sandbox.pay import certificates, refunds, transactions
from wechat_sandbox.routing import Route
from wechat_sandbox.shipping import calls as shipping

ALL: tuple[Route, ...] = (
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
    *control.ROUTES,
)
