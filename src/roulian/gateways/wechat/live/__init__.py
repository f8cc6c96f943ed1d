"""The line to WeChat itself, over HTTPS or any transport that is handed in; against the sandbox the same code runs."""

from roulian.gateways.wechat.live.line import API_URL, LiveLine

__all__ = ["API_URL", "LiveLine"]
