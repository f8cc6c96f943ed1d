"""The composition root: settings → clock, gateways, store, flows, web. The only room that knows them all.

`compose` builds one running platform: against the real WeChat on wall time, or with the sandbox beside it
on simulated time. Nothing here decides anything about the business.
"""

from roulian.app.compose import App, compose
from roulian.app.settings import BadSetting, Outside, Settings, read

__all__ = ["App", "BadSetting", "Outside", "Settings", "compose", "read"]
