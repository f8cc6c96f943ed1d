"""The sandbox's cryptography against published vectors and, on random messages, against what others wrote.

The vectors are those of `gateways.live.vectors`, where each names its source; wechatpy.crypto and wechatpayv3 know
nothing of the sandbox.
"""

import base64
import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st
from wechatpayv3.utils import aes_decrypt, build_authorization, load_public_key, rsa_verify
from wechatpy.crypto import PrpCrypto, WeChatCrypto, WeChatWxaCrypto

from gateways.live import vectors
from gateways.sandbox.driving import MCHID, SERIAL, Key
from wechat_sandbox.crypt import decrypted, encrypted, signature
from wechat_sandbox.mini_program.sessions import sealed_text
from wechat_sandbox.pay.sensitive import unsealed
from wechat_sandbox.pay.signing import enveloped, is_signed, signed

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
BLOCKS = st.binary(min_size=16, max_size=16)
AES_KEYS = st.binary(min_size=32, max_size=32).map(lambda key: base64.b64encode(key).decode()[:43])
DIGITS = st.text("0123456789", min_size=1, max_size=12)
APIDS = st.text("0123456789abcdef", min_size=16, max_size=16).map(lambda tail: f"wx{tail}")
APIV3_KEYS = st.text("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ", min_size=32, max_size=32)


def rsa_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def test_a_published_chinese_message_opens() -> None:
    proof = signature(vectors.CHINESE_TOKEN, vectors.CHINESE_STAMP, vectors.CHINESE_NONCE, vectors.CHINESE_SEALED)

    opened = decrypted(vectors.CHINESE_SEALED, aes_key=vectors.CHINESE_KEY, appid=vectors.CHINESE_APPID).decode()

    assert proof == vectors.CHINESE_SIGNATURE
    assert "<Content><![CDATA[" in opened
    assert re.search(r"[\u4e00-\u9fff]", opened)


def test_a_published_transaction_seals_to_the_published_text() -> None:
    sealed = enveloped(
        vectors.TRANSACTION_PLAIN.encode(),
        apiv3_key=vectors.TRANSACTION_KEY,
        nonce=vectors.TRANSACTION_NONCE,
        associated="transaction",
    )

    assert sealed == vectors.TRANSACTION_SEALED


@pytest.mark.parametrize(
    ("text", "pem", "published"),
    [
        ("source", vectors.SOURCE_PRIVATE_KEY, vectors.SOURCE_SIGNATURE),
        ("message", vectors.MESSAGE_PRIVATE_KEY, vectors.MESSAGE_SIGNATURE),
    ],
    ids=["wechatpay-go", "wechatpay-java"],
)
def test_a_published_signature_is_made_and_believed(text: str, pem: str, published: str) -> None:
    key = rsa_key(pem)

    assert signed(text, key) == published
    assert is_signed(text.encode(), published, key.public_key())
    assert not is_signed(f"{text} ".encode(), published, key.public_key())


def test_a_published_sealed_field_opens_for_its_own_key_alone() -> None:
    assert unsealed(vectors.PLAINTEXT_SEALED, rsa_key(vectors.MESSAGE_PRIVATE_KEY)) == "plaintext"
    with pytest.raises(ValueError, match="ecryption failed"):
        unsealed(vectors.PLAINTEXT_SEALED, rsa_key(vectors.SOURCE_PRIVATE_KEY))


@given(message=TEXTS, random16=BLOCKS, key=AES_KEYS, appid=APIDS, stamp=DIGITS, nonce=DIGITS)
def test_wechatpy_opens_whatever_the_sandbox_seals(
    *, message: str, random16: bytes, key: str, appid: str, stamp: str, nonce: str
) -> None:
    text = encrypted(message.encode(), aes_key=key, appid=appid, random16=random16)

    theirs = WeChatCrypto("token", key, appid)
    opened = theirs.decrypt_message({"Encrypt": text}, signature("token", stamp, nonce, text), stamp, nonce)

    assert opened == message


@given(message=TEXTS.filter(bool), key=AES_KEYS, appid=APIDS)
def test_the_sandbox_opens_whatever_wechatpy_seals(message: str, key: str, appid: str) -> None:
    sealed = PrpCrypto(base64.b64decode(f"{key}=")).encrypt(message, appid)

    assert decrypted(sealed.decode(), aes_key=key, appid=appid) == message.encode()


@given(plain=TEXTS, key=APIV3_KEYS, nonce=st.text("0123456789abcdef", min_size=12, max_size=12), associated=DIGITS)
def test_wechatpayv3_opens_every_envelope(plain: str, key: str, nonce: str, associated: str) -> None:
    sealed = enveloped(plain.encode(), apiv3_key=key, nonce=nonce, associated=associated)

    assert aes_decrypt(nonce, sealed, associated, key) == plain


@given(body=TEXTS, stamp=DIGITS, nonce=DIGITS)
def test_wechatpayv3_agrees_on_every_signature(merchant_key: Key, body: str, stamp: str, nonce: str) -> None:
    ours = signed(f"{stamp}\n{nonce}\n{body}\n", merchant_key.private)
    private = load_pem_private_key(merchant_key.private_pem.encode(), None)

    assert rsa_verify(stamp, nonce, body, ours, load_public_key(merchant_key.public_pem))
    theirs = build_authorization("/v3/x", "POST", MCHID, SERIAL, private, body, nonce)
    fields = dict(re.findall(r'(\w+)="([^"]*)"', theirs))
    said = f"POST\n/v3/x\n{fields['timestamp']}\n{nonce}\n{body}\n".encode()
    assert is_signed(said, fields["signature"], merchant_key.private.public_key())
    assert not is_signed(said + b" ", fields["signature"], merchant_key.private.public_key())


@given(name=TEXTS, session_key=BLOCKS, iv=BLOCKS)
def test_wechatpy_opens_whoever_is_sealed_with_the_session_key(name: str, session_key: bytes, iv: bytes) -> None:
    person = {"nickName": name, "watermark": {"timestamp": 1_477_314_187, "appid": vectors.SESSION_APPID}}
    key, start = base64.b64encode(session_key).decode(), base64.b64encode(iv).decode()

    sealed = sealed_text(json.dumps(person).encode(), session_key=key, iv=iv)

    assert WeChatWxaCrypto(key, start, vectors.SESSION_APPID).decrypt_message(sealed) == person


def test_the_published_person_seals_to_the_published_text() -> None:
    key, iv = base64.b64decode(vectors.SESSION_KEY), base64.b64decode(vectors.SESSION_IV)
    opening = Cipher(AES(key), CBC(iv)).decryptor()
    padded = opening.update(base64.b64decode(vectors.SESSION_SEALED)) + opening.finalize()
    plain = padded[: -padded[-1]]

    assert json.loads(plain)["watermark"]["appid"] == vectors.SESSION_APPID
    assert sealed_text(plain, session_key=vectors.SESSION_KEY, iv=iv) == vectors.SESSION_SEALED
