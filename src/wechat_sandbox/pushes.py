"""Messages and events to an account's callback URL, in XML or JSON, plain or encrypted, always signed.

An event is a mapping of WeChat's field names. Lists carry the name of their repeated element in `LIST_TAGS`,
because XML repeats an element where JSON has an array.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import msgspec

from wechat_sandbox.accounts import Account, AccountKind, Encryption, Format, account, find_account
from wechat_sandbox.callbacks import PushDoor, push
from wechat_sandbox.crypt import encrypted, signature
from wechat_sandbox.platforms import Platform, find_platform, platforms_of
from wechat_sandbox.sending import Callback
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

SUBSCRIPTION_LISTS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
SYSTEM_SENDER = "oSystemSystemSystemSystem000"


def push_event(state: State, appid: str, event: str, fields: Mapping[str, Any], *, openid: str = SYSTEM_SENDER) -> None:
    """The event goes to the account's callback URL; nothing happens when the account has none."""
    _push(state, appid, event, {"MsgType": "event", "Event": event, **fields}, openid=openid)


def push_message(state: State, appid: str, msg_type: str, fields: Mapping[str, Any], *, openid: str) -> int:
    """The MsgId of what a person said to the account; it goes to the callback URL, if there is one."""
    msg_id = int(state.serial_digits(17))
    _push(state, appid, msg_type, {"MsgType": msg_type, **fields, "MsgId": msg_id}, openid=openid)
    return msg_id


def _push(state: State, appid: str, subject: str, fields: Mapping[str, Any], *, openid: str) -> None:
    app = find_account(state, appid)
    if app is None:
        return
    content = {"ToUserName": app.original_id, "FromUserName": openid, "CreateTime": state.now_s, **fields}
    platforms = platforms_of(state, appid)
    for platform in platforms:
        url = platform.message_url.replace("$APPID$", appid)
        push(state, PushDoor.PLATFORM, owner=platform.appid, subject=subject, url=url, content=content)
    if not platforms or not state.settings.platform_receives_alone:
        door = PushDoor.SHOP if app.kind is AccountKind.SHOP else PushDoor.MESSAGE
        push(state, door, owner=appid, subject=subject, url=app.callback_url, content=content)


def push_platform(state: State, platform: Platform, info_type: str, fields: Mapping[str, Any]) -> None:
    """A ticket, or news of an authorisation, goes to the platform's ticket URL, if it has one."""
    content = {"AppId": platform.appid, "CreateTime": state.now_s, "InfoType": info_type, **fields}
    push(state, PushDoor.PLATFORM, owner=platform.appid, subject=info_type, url=platform.ticket_url, content=content)


def push_plain(state: State, appid: str, subject: str, *, url: str, content: Mapping[str, Any]) -> None:
    """The content goes to a URL that one call named, as bare JSON, if it named one."""
    push(state, PushDoor.PLAIN, owner=appid, subject=subject, url=url, content=content)


def push_url_check(state: State, appid: str) -> None:
    """WeChat asks the account's callback URL to echo a random text, as when the URL is saved in the console."""
    app = account(state, appid)
    push(state, PushDoor.VERIFY, owner=appid, subject="echostr", url=app.callback_url, content={})


def url_check(state: State, appid: str, url: str, *, timestamp: int) -> Callback:
    """The signed GET whose `echostr` the receiver must answer."""
    app = account(state, appid)
    nonce, echo = state.draw_digits(10), state.draw_digits(19)
    query = {
        "signature": signature(app.token, str(timestamp), nonce),
        "echostr": echo,
        "timestamp": timestamp,
        "nonce": nonce,
    }
    return Callback(url=_with_query(url, query), headers={}, body=b"", method="GET", expects=echo.encode())


def sealed(state: State, appid: str, url: str, content: Mapping[str, Any], *, timestamp: int) -> Callback:
    """The POST that carries one message in the account's format and encryption."""
    app = account(state, appid)
    nonce = state.draw_digits(10)
    query: dict[str, Any] = {
        "signature": signature(app.token, str(timestamp), nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": content["FromUserName"],
    }
    text = written(app.format, content)
    if app.encryption is Encryption.AES:
        text, query = _encrypted(state, app, text, query)
    kind = "text/xml" if app.format is Format.XML else "application/json"
    return Callback(url=_with_query(url, query), headers={"content-type": kind}, body=text)


def _encrypted(state: State, app: Account, text: bytes, query: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    envelope = {
        "ToUserName": app.original_id,
        "Encrypt": encrypted(text, aes_key=app.aes_key, appid=app.appid, random16=state.draw(16)),
    }
    proof = signature(app.token, str(query["timestamp"]), query["nonce"], envelope["Encrypt"])
    return written(app.format, envelope), {**query, "encrypt_type": "aes", "msg_signature": proof}


def sealed_for_platform(state: State, appid: str, url: str, content: Mapping[str, Any], *, timestamp: int) -> Callback:
    """The POST that carries one message to a third-party platform: XML, always encrypted with the platform's key."""
    platform = find_platform(state, appid)
    if platform is None:
        raise ApiError(40013)
    nonce = state.draw_digits(10)
    text = encrypted(
        written(Format.XML, content), aes_key=platform.aes_key, appid=platform.appid, random16=state.draw(16)
    )
    query = {
        "signature": signature(platform.token, str(timestamp), nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": signature(platform.token, str(timestamp), nonce, text),
    }
    to = {"AppId": appid} if "InfoType" in content else {"ToUserName": content["ToUserName"]}
    body = written(Format.XML, {**to, "Encrypt": text})
    return Callback(url=_with_query(url, query), headers={"content-type": "text/xml"}, body=body)


def unsealed(url: str, content: Mapping[str, Any]) -> Callback:
    """The POST of bare JSON."""
    return Callback(url=url, headers={"content-type": "application/json"}, body=msgspec.json.encode(content))


def _with_query(url: str, query: Mapping[str, Any]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def written(form: Format, content: Mapping[str, Any]) -> bytes:
    """The message as WeChat writes it in this format."""
    if form is Format.JSON:
        return msgspec.json.encode(_json_lists(content))
    return f"<xml>{_elements(content)}</xml>".encode()


def _json_lists(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """In JSON the subscription events carry their `List` at the top."""
    for name in SUBSCRIPTION_LISTS:
        if name in content:
            rest = {key: value for key, value in content.items() if key != name}
            return {**rest, **content[name]}
    return content


def _elements(content: Mapping[str, Any]) -> str:
    return "".join(_element(tag, value) for tag, value in content.items())


def _element(tag: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return f"<{tag}>{_elements(value)}</{tag}>"
    if isinstance(value, list | tuple):
        return "".join(_element(tag, item) for item in value)
    if isinstance(value, int):
        return f"<{tag}>{value}</{tag}>"
    text = str(value)
    if "]]>" in text:
        return f"<{tag}>{escape(text)}</{tag}>"
    return f"<{tag}><![CDATA[{text}]]></{tag}>"
