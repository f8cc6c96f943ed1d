"""The test driver's door, `/_sandbox/…`: create accounts, act as people, look at everything, order faults.

Not WeChat's; JSON in, JSON out; errors are HTTP 400 with `error` and `message`.
"""

from wechat_sandbox.control import acts, lists, look, setup, trouble

ROUTES = (*setup.ROUTES, *acts.ROUTES, *look.ROUTES, *lists.ROUTES, *trouble.ROUTES)
