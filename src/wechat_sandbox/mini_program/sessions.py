"""The session between a person's phone and a mini-program: its key, its checks, and the data sealed with it.

The key is given by `jscode2session` and changes with every login; what `wx.getUserProfile` and `getPhoneNumber` hand
to the page is sealed with it: AES-128-CBC, PKCS#7 in blocks of 16, key and IV in base64.
Source: developers.weixin.qq.com, 开放数据校验与解密, checkSessionKey, resetUserSessionKey.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Request

KEY_BYTES = 16


def begin(state: State, appid: str, openid: str) -> str:
    """The person's new session key in the mini-program (base64); the one before opens nothing any more."""
    session_key = base64.b64encode(state.draw(KEY_BYTES)).decode()
    state.run("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", appid, openid, session_key)
    return session_key


def session_key_of(state: State, appid: str, openid: str) -> str | None:
    """The person's present session key, or None before the first login."""
    key: str | None = state.value("SELECT session_key FROM sessions WHERE appid = ? AND openid = ?", appid, openid)
    return key


def signature_of(session_key: str, text: str = "") -> str:
    """hmac_sha256 (hex) of `text` with the session key as it is written."""
    return hmac.new(session_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def sealed(state: State, appid: str, openid: str, content: Mapping[str, Any]) -> Mapping[str, str]:
    """`encryptedData` and `iv` of `content` with its watermark; raises `ControlError` before the first login."""
    session_key = session_key_of(state, appid, openid)
    if session_key is None:
        raise ControlError("no_session", "the person has not logged in: wx_login and jscode2session come first")
    marked = {**content, "watermark": {"timestamp": state.now_s, "appid": appid}}
    iv = state.draw(KEY_BYTES)
    text = sealed_text(msgspec.json.encode(marked), session_key=session_key, iv=iv)
    return {"encryptedData": text, "iv": base64.b64encode(iv).decode()}


def sealed_text(plain: bytes, *, session_key: str, iv: bytes) -> str:
    """`plain` under a session key (base64 of 16 bytes), in base64."""
    padder = PKCS7(AES.block_size).padder()
    encryptor = Cipher(AES(base64.b64decode(session_key)), CBC(iv)).encryptor()
    text = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    return base64.b64encode(text).decode()


def raw_signature(session_key: str, raw: str) -> str:
    """sha1 (hex) of rawData and session key, as `wx.getUserProfile` signs."""
    return hashlib.sha1(f"{raw}{session_key}".encode(), usedforsecurity=False).hexdigest()


def _checked(state: State, request: Request) -> str:
    """The openid whose session the signature proves; raises `ApiError` 40003, 40097 or 87009."""
    openid = request.query.get("openid", "")
    if state.value("SELECT 1 FROM openids WHERE appid = ? AND openid = ?", request.caller, openid) is None:
        raise ApiError(40003)
    if request.query.get("sig_method") != "hmac_sha256":
        raise ApiError(40097)
    session_key = session_key_of(state, request.caller, openid)
    given = request.query.get("signature", "")
    if session_key is None or not hmac.compare_digest(signature_of(session_key).encode(), given.encode()):
        raise ApiError(87009)
    return openid


def check_session(state: State, request: Request) -> Body:
    """GET /wxa/checksession: ok while the caller holds the person's present session key (87009)."""
    _checked(state, request)
    return {"errcode": 0, "errmsg": "ok"}


def reset_session_key(state: State, request: Request) -> Body:
    """GET /wxa/resetusersessionkey: a new key for who proves to hold the present one (87009)."""
    openid = _checked(state, request)
    session_key = begin(state, request.caller, openid)
    return {"errcode": 0, "errmsg": "ok", "openid": openid, "session_key": session_key}


ROUTES = (
    Route("GET", "/wxa/checksession", Door.TOKEN, check_session, refuses=(40003, 40097, 87009)),
    Route("GET", "/wxa/resetusersessionkey", Door.TOKEN, reset_session_key, refuses=(40003, 40097, 87009)),
)
