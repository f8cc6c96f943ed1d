r"""Pay's signatures and its AES-256-GCM envelopes.

A request signs `METHOD\npath?query\ntimestamp\nnonce\nbody\n`; a reply or notice signs `timestamp\nnonce\nbody\n`;
the `paySign` of the client signs `appId\ntimeStamp\nnonceStr\npackage\n`. All RSA-SHA256, PKCS#1 v1.5, base64.
"""

import base64
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wechat_sandbox import faults
from wechat_sandbox.faults import FaultKind
from wechat_sandbox.pay.keys import signing_certificate
from wechat_sandbox.pay.merchants import (
    KeyMode,
    Merchant,
    PlatformKey,
    find_merchant,
    merchant_key,
    platform,
)
from wechat_sandbox.state import State
from wechat_sandbox.wire import PayError, Request

SCHEMA = "WECHATPAY2-SHA256-RSA2048"
FIELD = re.compile(r'(\w+)="([^"]*)"')
PROBE_PREFIX = "WECHATPAY/SIGNTEST/"


def signed(message: str, key: rsa.RSAPrivateKey) -> str:
    """The base64 signature of the message."""
    return base64.b64encode(key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def is_signed(message: bytes, signature: str, key: rsa.RSAPublicKey) -> bool:
    """Whether the base64 signature is the key's signature of the message."""
    try:
        key.verify(base64.b64decode(signature), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def caller_of(state: State, request: Request, *, target: str) -> str:
    """The mchid that signed the request; `target` is path and query as sent.

    Raises `PayError` 401 SIGN_ERROR: no or foreign Authorization, unknown merchant or serial, old timestamp,
    wrong signature.
    """
    schema, _, rest = request.headers.get("authorization", "").partition(" ")
    fields = dict(FIELD.findall(rest))
    if schema != SCHEMA or not fields.keys() >= {"mchid", "serial_no", "nonce_str", "timestamp", "signature"}:
        raise PayError(401, "SIGN_ERROR", "Http头Authorization值格式错误,请参考《微信支付商户REST API签名规则》")
    merchant = find_merchant(state, fields["mchid"])
    if merchant is None or merchant.serial != fields["serial_no"].upper():
        raise PayError(401, "SIGN_ERROR", "商户证书序列号有误,请使用签名私钥匹配的证书序列号")
    _check_fresh(state, fields["timestamp"])
    head = f"{request.method}\n{target}\n{fields['timestamp']}\n{fields['nonce_str']}\n".encode()
    if not is_signed(head + request.body + b"\n", fields["signature"], merchant_key(state, merchant)):
        raise PayError(401, "SIGN_ERROR", "签名错误,请检查后再试")
    return merchant.mchid


def _check_fresh(state: State, timestamp: str) -> None:
    skew_ms = state.settings.request_skew_ms
    if not timestamp.isdecimal() or abs(int(timestamp) * 1000 - state.now_ms) > skew_ms + 999:
        raise PayError(401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")


def reply_headers(state: State, mchid: str, request: Request, body: bytes) -> tuple[tuple[str, str], ...]:
    """The headers that sign a reply, by the key the merchant's mode (or, while switching, its request) asks for."""
    merchant = find_merchant(state, mchid)
    if merchant is None:
        return ()
    by_key = merchant.key_mode is KeyMode.PUBLIC_KEY or (
        merchant.key_mode is KeyMode.SWITCHING and request.headers.get("wechatpay-serial", "").startswith("PUB_KEY_ID_")
    )
    is_probe = faults.strike(state, FaultKind.SIGNTEST_REPLY, owner=mchid) is not None
    headers = proof_headers(
        state, merchant, body.decode(), by_public_key=by_key, timestamp=state.now_s, is_probe=is_probe
    )
    return tuple(headers.items())


def proof_headers(
    state: State, merchant: Merchant, body: str, *, by_public_key: bool, timestamp: int, is_probe: bool = False
) -> Mapping[str, str]:
    """The `Wechatpay-*` headers of a reply or notice; a probe carries a signature that must be rejected."""
    nonce = state.draw_text(32)
    key = platform(state, PlatformKey.PUBLIC_KEY) if by_public_key else signing_certificate(state, drawn=nonce)
    signature = signed(f"{timestamp}\n{nonce}\n{body}\n", key.private)
    if is_probe:
        signature = PROBE_PREFIX + signature[len(PROBE_PREFIX) :]
    return {
        "Wechatpay-Timestamp": str(timestamp),
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": merchant.public_key_id if by_public_key else key.serial,
        "Wechatpay-Signature": signature,
        "Wechatpay-Signature-Type": SCHEMA,
    }


def enveloped(plain: bytes, *, apiv3_key: str, nonce: str, associated: str) -> str:
    """The base64 AES-256-GCM cipher text, its tag at the end."""
    sealed = AESGCM(apiv3_key.encode()).encrypt(nonce.encode(), plain, associated.encode())
    return base64.b64encode(sealed).decode()


def is_client_signed(merchant_public: rsa.RSAPublicKey, appid: str, fields: Mapping[str, str]) -> bool:
    """Whether the `paySign` of `wx.requestPayment` is right for these fields."""
    message = f"{appid}\n{fields.get('timeStamp')}\n{fields.get('nonceStr')}\n{fields.get('package')}\n"
    return is_signed(message.encode(), fields.get("paySign", ""), merchant_public)
