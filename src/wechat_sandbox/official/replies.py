"""What an account answers in the HTTP reply to a push (被动回复): it appears on the person's phone.

`success` or nothing says nothing. Anything else must be a reply in the account's own mode: XML, in safe mode
encrypted and signed. What cannot be read, and a person's message that was never taken, shows the person
该公众号提供的服务出现故障,请稍后再试. Source: developers.weixin.qq.com, 被动回复用户消息, 消息加解密说明.
"""

import binascii
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from wechat_sandbox.accounts import Account, AccountKind, Encryption, find_account, person_of
from wechat_sandbox.content.files import MediaKind
from wechat_sandbox.crypt import decrypted, signature
from wechat_sandbox.official.media import COVER, PICTURE, VIDEO, VOICE, check_media
from wechat_sandbox.official.staff import start_waiting
from wechat_sandbox.phone import deliver
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

FAULT_TEXT = "该公众号提供的服务出现故障,请稍后再试"
SILENT = (b"", b"success")
ANSWERED_EVENTS = ("subscribe", "SCAN", "CLICK", "LOCATION", "scancode_push", "scancode_waitmsg")
MOST_TEXT_BYTES = 2048
MOST_ARTICLES = 8
DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
TRANSFER = "transfer_customer_service"


class UnreadableReplyError(Exception):
    """The answer to a push is neither silence nor a reply that WeChat can show."""


def person_waits(state: State, appid: str, push: Mapping[str, Any]) -> bool:
    """Whether a person holds the phone and waits for the answer to this push of an official account."""
    app = find_account(state, appid)
    if app is None or person_of(state, appid, push["FromUserName"]) is None:
        return False
    is_spoken = push["MsgType"] != "event" or push["Event"] in ANSWERED_EVENTS
    return is_spoken and (app.kind is not AccountKind.MINI_PROGRAM or push["MsgType"] != "event")


def take(state: State, appid: str, push: Mapping[str, Any], answer: bytes) -> None:
    """The answer to a taken push is on the person's phone, or WeChat's apology for it."""
    app = find_account(state, appid)
    if app is None or answer.strip() in SILENT or not person_waits(state, appid, push):
        return
    try:
        reply = _read(app, answer)
        _check_addressed(app, push, reply)
        content = _shown(state, app, reply)
    except UnreadableReplyError:
        if app.kind is not AccountKind.MINI_PROGRAM:
            apologize(state, appid, push)
        return
    openid = push["FromUserName"]
    if reply["MsgType"] == TRANSFER:
        start_waiting(state, appid, openid, str(_below(reply, "TransInfo").get("KfAccount", "")))
    elif app.kind is not AccountKind.MINI_PROGRAM:
        _deliver(state, appid, openid, kind="reply", content=content)


def apologize(state: State, appid: str, push: Mapping[str, Any]) -> None:
    """The person who waited reads that the service is out of order."""
    if person_waits(state, appid, push):
        _deliver(state, appid, push["FromUserName"], kind="fault", content={"content": FAULT_TEXT})


def _deliver(state: State, appid: str, openid: str, *, kind: str, content: Mapping[str, object]) -> None:
    person = person_of(state, appid, openid)
    if person is not None:
        deliver(state, appid=appid, openid=openid, person=person, kind=kind, content=content)


def _read(app: Account, answer: bytes) -> Mapping[str, Any]:
    reply = _parsed(answer)
    if app.encryption is Encryption.PLAIN:
        return reply
    names = ("TimeStamp", "Nonce", "Encrypt")
    proof = signature(app.token, *(str(reply.get(name, "")) for name in names))
    if "Encrypt" not in reply or reply.get("MsgSignature") != proof:
        raise UnreadableReplyError
    try:
        return _parsed(decrypted(reply["Encrypt"], aes_key=app.aes_key, appid=app.appid))
    except (ValueError, binascii.Error, struct.error, IndexError) as error:
        raise UnreadableReplyError from error


def _parsed(text: bytes) -> Mapping[str, Any]:
    """The elements of a reply; a declaration is refused, so that nothing outside the text is ever read."""
    if DECLARATION.search(text):
        raise UnreadableReplyError
    try:
        root = ET.fromstring(text)  # noqa: S314 - declarations were refused above
    except ET.ParseError as error:
        raise UnreadableReplyError from error
    return {child.tag: _element(child) for child in root}


def _element(element: ET.Element) -> Any:
    if len(element) == 0:
        return element.text or ""
    if all(child.tag == "item" for child in element):
        return [_element(child) for child in element]
    return {child.tag: _element(child) for child in element}


def _check_addressed(app: Account, push: Mapping[str, Any], reply: Mapping[str, Any]) -> None:
    is_back = reply.get("ToUserName") == push["FromUserName"] and reply.get("FromUserName") == app.original_id
    if not is_back or not str(reply.get("CreateTime", "")).isdigit():
        raise UnreadableReplyError


def _shown(state: State, app: Account, reply: Mapping[str, Any]) -> Mapping[str, object]:
    msg_type = str(reply.get("MsgType", ""))
    if msg_type not in CONTENTS:
        raise UnreadableReplyError
    return {"msgtype": msg_type, **CONTENTS[msg_type](state, app, reply)}


def _below(reply: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    below = reply.get(name)
    return below if isinstance(below, Mapping) else {}


def _text(state: State, app: Account, reply: Mapping[str, Any]) -> Mapping[str, object]:
    del state, app
    content = str(reply.get("Content", ""))
    if not 1 <= len(content.encode()) <= MOST_TEXT_BYTES:
        raise UnreadableReplyError
    return {"content": content}


def _media(
    name: str, kinds: tuple[MediaKind, ...]
) -> Callable[[State, Account, Mapping[str, Any]], Mapping[str, object]]:
    def content(state: State, app: Account, reply: Mapping[str, Any]) -> Mapping[str, object]:
        media_id = str(_below(reply, name).get("MediaId", ""))
        try:
            check_media(state, app.appid, media_id, kinds)
        except ApiError as error:
            raise UnreadableReplyError from error
        return {"media_id": media_id}

    return content


def _music(state: State, app: Account, reply: Mapping[str, Any]) -> Mapping[str, object]:
    music = _below(reply, "Music")
    if "ThumbMediaId" in music:
        _media("Thumb", COVER)(state, app, {"Thumb": {"MediaId": music["ThumbMediaId"]}})
    return {"title": music.get("Title", ""), "musicurl": music.get("MusicUrl", "")}


def _news(state: State, app: Account, reply: Mapping[str, Any]) -> Mapping[str, object]:
    del state, app
    articles = reply.get("Articles")
    count = str(reply.get("ArticleCount", ""))
    if not isinstance(articles, list) or not 1 <= len(articles) <= MOST_ARTICLES or count != str(len(articles)):
        raise UnreadableReplyError
    return {"articles": [{key.lower(): value for key, value in article.items()} for article in articles]}


def _transfer(state: State, app: Account, reply: Mapping[str, Any]) -> Mapping[str, object]:
    del state, app, reply
    return {}


CONTENTS: Mapping[str, Callable[[State, Account, Mapping[str, Any]], Mapping[str, object]]] = {
    "text": _text,
    "image": _media("Image", PICTURE),
    "voice": _media("Voice", VOICE),
    "video": _media("Video", VIDEO),
    "music": _music,
    "news": _news,
    TRANSFER: _transfer,
}
