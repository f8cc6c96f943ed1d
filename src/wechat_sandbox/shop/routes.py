"""Every API of the shop."""

from wechat_sandbox.shop import aftersales, order_calls, product_calls

ROUTES = (*product_calls.ROUTES, *order_calls.ROUTES, *aftersales.ROUTES)
