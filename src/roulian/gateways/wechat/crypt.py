"""WXBizMsgCrypt: how WeChat signs and encrypts what it pushes to an account's callback address.

AES-256-CBC with key = base64(EncodingAESKey + "="), IV = its first 16 bytes; the plain text is 16 random bytes,
the length (4 bytes, big-endian), the message and the appid, padded PKCS#7 to blocks of 32 bytes. The signature is
SHA-1 over the sorted words. Source: developers.weixin.qq.com, 消息加解密说明.
"""

import base64
import hashlib
import hmac
import struct

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from roulian.words.errors import Bug, Rejected

_BLOCK_BYTES = 32
_RANDOM_BYTES = 16
_HEAD_BYTES = _RANDOM_BYTES + 4
_AES_KEY_BYTES = 32


class MessageCrypt:
    """Signs, encrypts and opens messages of one account."""

    __slots__ = ("_appid", "_cipher", "_token")

    def __init__(self, *, token: str, aes_key: str, appid: str) -> None:
        """`aes_key` is the EncodingAESKey as the console shows it, 43 characters."""
        key = base64.b64decode(aes_key + "=")
        if len(key) != _AES_KEY_BYTES:
            raise Bug(f"the EncodingAESKey of {appid} does not have 43 characters")
        self._token = token
        self._appid = appid
        self._cipher = Cipher(AES(key), CBC(key[:16]))

    def signature(self, *words: str) -> str:
        """SHA-1 in hex over our token and `words` (timestamp, nonce and, encrypted, the cipher text), sorted."""
        text = "".join(sorted((self._token, *words)))
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def verify(self, signature: str, *words: str) -> None:
        """Raises `Rejected` `bad_signature` unless WeChat, who knows our token, signed these words."""
        if not hmac.compare_digest(self.signature(*words).encode(), signature.encode()):
            raise Rejected("bad_signature")

    def encrypt(self, message: bytes, *, random16: bytes) -> str:
        """The base64 text that `decrypt` opens."""
        plain = random16 + struct.pack(">I", len(message)) + message + self._appid.encode()
        pad = _BLOCK_BYTES - len(plain) % _BLOCK_BYTES
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, text: str) -> bytes:
        """The message. Raises `Rejected`: `bad_cipher_text`, or `foreign_appid` when it is not for this account."""
        plain = self._unpadded(text)
        if len(plain) < _HEAD_BYTES:
            raise Rejected("bad_cipher_text")
        (length,) = struct.unpack(">I", plain[_RANDOM_BYTES:_HEAD_BYTES])
        message, appid = plain[_HEAD_BYTES : _HEAD_BYTES + length], plain[_HEAD_BYTES + length :]
        if len(message) != length:
            raise Rejected("bad_cipher_text")
        if appid != self._appid.encode():
            raise Rejected("foreign_appid")
        return message

    def _unpadded(self, text: str) -> bytes:
        try:
            sealed = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise Rejected("bad_cipher_text") from error
        if not sealed or len(sealed) % 16:
            raise Rejected("bad_cipher_text")
        decryptor = self._cipher.decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        pad = padded[-1]
        if not 1 <= pad <= _BLOCK_BYTES or padded[-pad:] != bytes([pad]) * pad:
            raise Rejected("bad_cipher_text")
        return padded[:-pad]


def open_shared(sealed: str, *, session_key: str, iv: str, appid: str) -> bytes:
    """What a mini-program was handed encrypted (`encryptedData`), as JSON text.

    AES-128-CBC with the session key, PKCS#7 to blocks of 16. Raises `Rejected`: `bad_cipher_text`, or `foreign_appid`
    when its watermark is another account's. Source: developers.weixin.qq.com, 服务端获取开放数据.
    """
    try:
        key, start, text = (base64.b64decode(each, validate=True) for each in (session_key, iv, sealed))
        decryptor = Cipher(AES(key), CBC(start)).decryptor()
        padded = decryptor.update(text) + decryptor.finalize()
        unpadder = PKCS7(AES.block_size).unpadder()
        plain = unpadder.update(padded) + unpadder.finalize()
        mark = msgspec.json.decode(plain, type=_Marked).watermark
    except (ValueError, msgspec.DecodeError) as error:
        raise Rejected("bad_cipher_text") from error
    if mark.appid != appid:
        raise Rejected("foreign_appid")
    return plain


class _Watermark(msgspec.Struct):
    appid: str


class _Marked(msgspec.Struct):
    watermark: _Watermark
