"""From where WeChat calls, and where its API lives: in the sandbox both are this machine."""

from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request

LOOPBACK = ["127.0.0.1"]


def callback_ips(state: State, request: Request) -> Body:
    """GET /cgi-bin/getcallbackip: the addresses that pushes come from."""
    del state, request
    return {"ip_list": LOOPBACK}


def api_domain_ips(state: State, request: Request) -> Body:
    """GET /cgi-bin/get_api_domain_ip: the addresses of api.weixin.qq.com."""
    del state, request
    return {"ip_list": LOOPBACK}


ROUTES = (
    Route("GET", "/cgi-bin/getcallbackip", Door.TOKEN, callback_ips),
    Route("GET", "/cgi-bin/get_api_domain_ip", Door.TOKEN, api_domain_ips),
)
