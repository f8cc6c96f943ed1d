"""The test driver's door, `/_sandbox/…`: create accounts, act as people, look at everything, order faults.

Not WeChat's; JSON in, JSON out; errors are HTTP 400 with `error` and `message`.
"""

from wechat_sandbox.control import (
    acts,
    bank,
    console,
    editing,
    lists,
    live,
    logistics,
    look,
    official,
    platforms,
    setup,
    shop,
    trouble,
    visiting,
)

ROUTES = (
    *setup.ROUTES,
    *platforms.ROUTES,
    *logistics.ROUTES,
    *shop.ROUTES,
    *live.ROUTES,
    *acts.ROUTES,
    *bank.ROUTES,
    *official.ROUTES,
    *look.ROUTES,
    *lists.ROUTES,
    *visiting.ROUTES,
    *editing.ROUTES,
    *console.ROUTES,
    *trouble.ROUTES,
)
