"""wechatpy, a third-party platform: its ticket, an account that authorises it, and what it then does for the account."""

import wechatpy
from walking import Receiver, control
from wechatpy.component import WeChatComponent

PLATFORM = "wxplatform000001"


def go(walk, appid):
    """Walk; `appid` is a service account."""
    receiver = Receiver()
    made = control("platforms", appid=PLATFORM, ticket_url=f"{receiver.url}/ticket")["platform"]
    component = WeChatComponent(PLATFORM, made["secret"], made["token"], made["aes_key"])
    push = receiver.next()
    proof = (push.query["msg_signature"], push.query["timestamp"], push.query["nonce"])
    walk("component.parse_message", lambda: component.parse_message(push.body, *proof))
    walk("component.fetch_access_token", component.fetch_access_token)
    walk("component.create_preauthcode", component.create_preauthcode)
    walk("component.get_pre_auth_url", lambda: component.get_pre_auth_url("https://platform.test/"))
    walk("component.get_pre_auth_url_m", lambda: component.get_pre_auth_url_m("https://platform.test/"))
    code = control("platforms/authorize", platform=PLATFORM, appid=appid)["auth_code"]
    given = walk("component.query_auth", lambda: component.query_auth(code))["authorization_info"]
    refresh = given["authorizer_refresh_token"]
    walk("component.refresh_authorizer_token", lambda: component.refresh_authorizer_token(appid, refresh))
    walk("component.get_authorizer_info", lambda: component.get_authorizer_info(appid))
    walk("component.get_authorizer_list", component.get_authorizer_list)
    walk("component.set_authorizer_option", lambda: component.set_authorizer_option(appid, "voice_recognize", "1"))
    walk("component.get_authorizer_option", lambda: component.get_authorizer_option(appid, "voice_recognize"))
    client = component.get_client_by_appid(appid)
    walk("component.get_client_by_appid", client.user.get_followers)
    oauth = component.get_component_oauth(appid)
    walk("component.get_component_oauth", lambda: component.get_component_oauth(appid))
    walk.chapter(_oauth, walk, oauth, appid)
    if not wechatpy.__version__.startswith("2"):
        _first_names(walk, component, push, appid)
    walk.probe_rest("component", component, never=("get", "post"))
    walk.probe_rest("component_oauth", oauth)


def _first_names(walk, component, push, appid):
    """What the first version alone has."""
    proof = (push.query["msg_signature"], push.query["timestamp"], push.query["nonce"])
    walk("component.cache_component_verify_ticket", lambda: component.cache_component_verify_ticket(push.body, *proof))
    walk("component.get_unauthorized", lambda: component.get_unauthorized(push.body, *proof))
    code = control("platforms/authorize", platform=PLATFORM, appid=appid)["auth_code"]
    by_code = "component.get_client_by_authorization_code"
    walk(by_code, lambda: component.get_client_by_authorization_code(code).user.get_followers())


def _oauth(walk, oauth, appid):
    login = {"person": "p1", "appid": appid, "scope": "snsapi_userinfo"}
    code = control("web_login", **login)["code"]
    got = walk("component_oauth.fetch_access_token", lambda: oauth.fetch_access_token(code))
    walk("component_oauth.get_user_info", lambda: oauth.get_user_info(got["openid"], got["access_token"]))
    walk("component_oauth.get_authorize_url", lambda: oauth.get_authorize_url("https://shop.test/"))
    walk("component_oauth.refresh_access_token", lambda: oauth.refresh_access_token(got["refresh_token"]))
