"""WeChat's callbacks: payments, refunds and encrypted account messages. Verified first, then one transaction.

Owns: /wechat. WeChat repeats, reorders and delays; every handler may be called again and changes nothing twice.
"""

from roulian.web.callbacks.platform import PlatformDeps, platform_routes
from roulian.web.callbacks.routes import CallbackDeps, callback_routes

__all__ = ["CallbackDeps", "PlatformDeps", "callback_routes", "platform_routes"]
