"""Every API of logistics."""

from wechat_sandbox.express import carrier_accounts, local, returns, tracking, waybills
from wechat_sandbox.express.intracity import orders, stores

ROUTES = (
    *waybills.ROUTES,
    *carrier_accounts.ROUTES,
    *tracking.ROUTES,
    *returns.ROUTES,
    *stores.ROUTES,
    *orders.ROUTES,
    *local.ROUTES,
)
