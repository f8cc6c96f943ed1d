"""A faithful WeChat on your own machine: official accounts, mini-programs, Pay v3, shipping, statistics.

`Sandbox` is an ASGI app with WeChat's own paths, errors, quotas, signatures and callbacks, plus a control API
under `/_sandbox/` to act as people and to order faults. See README.md.
"""

from wechat_sandbox.app import Sandbox
from wechat_sandbox.clock import SandboxClock
from wechat_sandbox.sending import Answer, Callback, Send
from wechat_sandbox.settings import SandboxSettings

__all__ = ["Answer", "Callback", "Sandbox", "SandboxClock", "SandboxSettings", "Send"]
