"""Fields that only Pay may read: RSA-OAEP (SHA-1) with the key of Pay that the request's `Wechatpay-Serial` names."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from wechat_sandbox.pay.keys import key_named
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.state import State
from wechat_sandbox.wire import PayError, Request


def opened(state: State, request: Request, *texts: str) -> tuple[str, ...]:
    """The plain texts; raises `PayError` 400 PARAM_ERROR for an unknown serial or what its key cannot open."""
    merchant = find_merchant(state, request.caller)
    key = key_named(state, merchant, request.headers.get("wechatpay-serial", "")) if merchant is not None else None
    if key is None:
        raise PayError(400, "PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误")
    try:
        return tuple(unsealed(text, key.private) for text in texts)
    except ValueError as error:
        raise PayError(400, "PARAM_ERROR", "敏感信息解密失败,请检查加密证书与 Wechatpay-Serial 是否一致") from error


def unsealed(text: str, key: rsa.RSAPrivateKey) -> str:
    """The plain text of one field; raises `ValueError` for what the key did not seal."""
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - Pay's own scheme # nosec B303
    return key.decrypt(base64.b64decode(text), oaep).decode()
