"""The shopper's doors: sign in, look, signal, order, pay, follow an order.

Owns: /api/store. Neighbours: flows.checkout for what must be true together, stages' reads for what is shown.
"""

from roulian.web.storefront.routes import StoreDeps, storefront_routes

__all__ = ["StoreDeps", "storefront_routes"]
