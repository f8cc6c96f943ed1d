"""WXBizMsgCrypt: how WeChat signs and encrypts what it pushes to an account's callback URL.

AES-256-CBC, key = base64(EncodingAESKey + "="), IV = first 16 bytes of the key,
plain text = 16 random bytes + length (4 bytes, big-endian) + message + appid, padded PKCS#7 to blocks of **32**.
Source: developers.weixin.qq.com, 消息加解密说明; checked against `wechatpy.crypto` and WxJava's vector.
"""

import base64
import hashlib
import struct
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK_BYTES = 32


def signature(*words: str) -> str:
    """SHA-1 (hex) over the sorted words: (token, timestamp, nonce) or (token, timestamp, nonce, Encrypt)."""
    return hashlib.sha1("".join(sorted(words)).encode(), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=64)
def _cipher(aes_key: str) -> Cipher[CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(AES(key), CBC(key[:16]))


def encrypted(message: bytes, *, aes_key: str, appid: str, random16: bytes) -> str:
    """The base64 `Encrypt` text of `message` for the account `appid`."""
    plain = random16 + struct.pack(">I", len(message)) + message + appid.encode()
    pad = BLOCK_BYTES - len(plain) % BLOCK_BYTES
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypted(text: str, *, aes_key: str, appid: str) -> bytes:
    """The message inside an `Encrypt` text; raises `ValueError` when it is not for `appid`."""
    decryptor = _cipher(aes_key).decryptor()
    plain = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
    plain = plain[: -plain[-1]]
    (length,) = struct.unpack(">I", plain[16:20])
    if plain[20 + length :] != appid.encode():
        raise ValueError("the message is for another appid")
    return plain[20 : 20 + length]
