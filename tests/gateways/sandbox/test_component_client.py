"""A third-party platform built on wechatpy, unmodified but for its base address, over loopback."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from wechatpy import WeChatComponent
from wechatpy.exceptions import WeChatClientException

from gateways.sandbox.driving import SERVICE
from gateways.sandbox.test_real_clients import Served, ToSandbox, served

PLATFORM = "wxplatform000001"

__all__ = ["served"]


def heard(component: WeChatComponent, served: Served) -> Any:
    """What the client makes of the latest push."""
    httpx.post(f"{served.url}/_sandbox/pump", json={})
    push = served.received[-1]
    query = {name: value[0] for name, value in parse_qs(urlsplit(push.url).query).items()}
    return component.parse_message(push.body, query["msg_signature"], query["timestamp"], query["nonce"])


def test_wechatpy_runs_a_platform_from_its_ticket_to_the_withdrawal(served: Served) -> None:
    made = served.control("platforms", appid=PLATFORM, ticket_url="https://platform.test/ticket")["platform"]
    served.control("accounts", appid=SERVICE, kind="service")
    component = WeChatComponent(PLATFORM, made["secret"], made["token"], made["aes_key"])
    component._http.mount("https://", ToSandbox(served.url))

    ticket = heard(component, served)
    preauth = component.create_preauthcode()
    served.control("platforms/authorize", platform=PLATFORM, appid=SERVICE, pre_auth_code=preauth["pre_auth_code"])
    authorized = heard(component, served)
    client = component.get_client_by_appid(SERVICE)
    client._http.mount("https://", ToSandbox(served.url))

    assert ticket.type == "component_verify_ticket"
    assert (authorized.type, authorized.authorizer_appid) == ("authorized", SERVICE)
    assert component.get_authorizer_list()["total_count"] == 1
    assert component.get_authorizer_info(SERVICE)["authorizer_info"]["service_type_info"]["id"] == 2
    component.set_authorizer_option(SERVICE, "voice_recognize", "1")
    assert component.get_authorizer_option(SERVICE, "voice_recognize")["option_value"] == "1"
    assert client.get("open/have")["have_open"] is False
    served.control("platforms/unauthorize", platform=PLATFORM, appid=SERVICE)
    assert heard(component, served).type == "unauthorized"
    with pytest.raises(WeChatClientException) as refusal:
        client.get("open/have")
    assert refusal.value.errcode == 61003
