"""Public vectors and independent implementations: wechatpy for messages, wechatpayv3 for Pay."""

import asyncio
import base64
import random
import re

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st
from wechatpayv3.utils import aes_decrypt, build_authorization, load_public_key, rsa_verify
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from gateways.live import vectors
from gateways.live.home import a_private_key
from roulian.gateways.pay.keys import Envelope, Signer
from roulian.gateways.pay.platform import Platform, Proof
from roulian.gateways.wechat.crypt import MessageCrypt, open_shared
from roulian.gateways.wechat.pushes import read_message
from roulian.words import Bug, Instant, Rejected, SimulatedClock

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wxb11529c136998cb6"
CRYPT = MessageCrypt(token="pamtest", aes_key=KEY, appid=APPID)
MESSAGES = st.text(max_size=300)


def test_the_official_pamtest_sample_encrypts_to_the_published_text():
    sealed = CRYPT.encrypt("我是中文abcd123".encode(), random16=b"aaaabbbbccccdddd")

    assert sealed == "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    assert CRYPT.decrypt(sealed).decode() == "我是中文abcd123"
    video = CRYPT.encrypt(vectors.PAMTEST_VIDEO_PLAIN.encode(), random16=b"aaaabbbbccccdddd")
    assert video == vectors.PAMTEST_VIDEO_SEALED


@given(message=MESSAGES, stamp=st.integers(0, 2**32), nonce=st.text("0123456789", min_size=1))
def test_wechatpy_opens_what_we_seal_and_agrees_on_the_signature(message: str, stamp: int, nonce: str):
    theirs = WeChatCrypto("pamtest", KEY, APPID)
    sealed = CRYPT.encrypt(message.encode(), random16=b"0123456789abcdef")
    envelope = {"Encrypt": sealed}

    opened = theirs.decrypt_message(envelope, CRYPT.signature(str(stamp), nonce, sealed), str(stamp), nonce)

    assert (opened if isinstance(opened, str) else opened.decode()) == message


@given(message=MESSAGES.filter(bool))
def test_we_open_what_wechatpy_seals(message: str):
    from wechatpy.crypto import PrpCrypto

    sealed = PrpCrypto(base64.b64decode(KEY + "=")).encrypt(message, APPID)

    assert CRYPT.decrypt(sealed.decode() if isinstance(sealed, bytes) else sealed) == message.encode()


def test_a_message_for_another_account_is_refused_by_both():
    sealed = CRYPT.encrypt(b"hello", random16=b"0123456789abcdef")
    stranger = MessageCrypt(token="pamtest", aes_key=KEY, appid="wx_other")

    with pytest.raises(Rejected) as refusal:
        stranger.decrypt(sealed)
    assert refusal.value.code == "foreign_appid"
    proof = CRYPT.signature("1", "2", sealed)
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto("pamtest", KEY, "wx_other").decrypt_message({"Encrypt": sealed}, proof, "1", "2")


@given(noise=st.binary(max_size=200))
def test_noise_is_always_refused_and_never_an_error(noise: bytes):
    with pytest.raises(Rejected):
        CRYPT.decrypt(base64.b64encode(noise).decode())


def test_a_key_of_the_wrong_length_is_a_bug():
    with pytest.raises(Bug):
        MessageCrypt(token="t", aes_key=KEY[:-4], appid=APPID)
    with pytest.raises(Bug):
        Envelope("short")


def test_the_published_pay_envelope_opens():
    envelope = Envelope("a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb")

    plain = envelope.open("ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=", nonce="uluk4a9R25RW", associated="associatedData")

    assert plain == b"message"
    theirs = aes_decrypt(
        "uluk4a9R25RW", "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=", "associatedData", "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb"
    )
    assert theirs == "message"
    with pytest.raises(Rejected):
        envelope.open("ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=", nonce="uluk4a9R25RW", associated="other")


async def no_certificates() -> dict[str, str]:
    raise Rejected("RESOURCE_NOT_EXISTS")


def verified(keys: dict[str, str], proof: Proof, body: bytes) -> None:
    clock = SimulatedClock(Instant(int(proof.stamp) * 1000))
    asyncio.run(Platform(keys, clock=clock, certificates=no_certificates).verify(proof, body))


def test_wechatpayv3_verifies_our_signature_and_signs_the_same():
    private_pem, public_pem = a_private_key()
    private = load_pem_private_key(private_pem.encode(), None)
    body = '{"a":"中文"}'

    theirs = build_authorization("/v3/x?y=1", "POST", "1900000001", "SERIAL", private, body, "N" * 32)
    stamp = re.search(r'timestamp="(\d+)"', theirs)
    assert stamp is not None
    ours = Signer(private_pem).sign(f"POST\n/v3/x?y=1\n{stamp[1]}\n{'N' * 32}\n{body}\n".encode())

    assert f'signature="{ours}"' in theirs
    reply = Signer(private_pem).sign(f"1700000000\nN\n{body}\n".encode())
    assert rsa_verify("1700000000", "N", body, reply, load_public_key(public_pem))
    verified({"S": public_pem}, Proof("1700000000", "N", "S", reply), body.encode())


def test_published_texts_are_signed_as_published():
    assert Signer(vectors.SOURCE_PRIVATE_KEY).sign(b"source") == vectors.SOURCE_SIGNATURE
    assert Signer(vectors.MESSAGE_PRIVATE_KEY).sign(b"message") == vectors.MESSAGE_SIGNATURE


def test_the_published_message_of_pamtest_is_verified_and_opens():
    CRYPT.verify(vectors.PAMTEST_SIGNATURE, vectors.PAMTEST_STAMP, vectors.PAMTEST_NONCE, vectors.PAMTEST_SEALED)
    said = read_message(CRYPT.decrypt(vectors.PAMTEST_SEALED))

    assert (said["ToUserName"], said["Content"]) == ("asdasdasd", "hello")
    with pytest.raises(Rejected):
        CRYPT.verify(vectors.PAMTEST_SIGNATURE, vectors.PAMTEST_STAMP, "260774614", vectors.PAMTEST_SEALED)


def test_the_published_echo_is_verified_and_opens():
    crypt = MessageCrypt(token=vectors.ECHO_TOKEN, aes_key=vectors.ECHO_KEY, appid=vectors.ECHO_APPID)

    crypt.verify(vectors.ECHO_SIGNATURE, vectors.ECHO_STAMP, vectors.ECHO_NONCE, vectors.ECHO_SEALED)

    assert crypt.decrypt(vectors.ECHO_SEALED).isdigit()


def test_the_published_message_in_chinese_is_verified_and_opens():
    crypt = MessageCrypt(token=vectors.CHINESE_TOKEN, aes_key=vectors.CHINESE_KEY, appid=vectors.CHINESE_APPID)

    crypt.verify(vectors.CHINESE_SIGNATURE, vectors.CHINESE_STAMP, vectors.CHINESE_NONCE, vectors.CHINESE_SEALED)

    assert read_message(crypt.decrypt(vectors.CHINESE_SEALED))["Content"] == "密文测试"


def test_the_published_session_text_opens_for_its_own_account_alone():
    opened = open_shared(
        vectors.SESSION_SEALED,
        session_key=vectors.SESSION_KEY,
        iv=vectors.SESSION_IV,
        appid=vectors.SESSION_APPID,
    )

    assert msgspec.json.decode(opened)["nickName"] == "Band"
    with pytest.raises(Rejected) as foreign:
        open_shared(vectors.SESSION_SEALED, session_key=vectors.SESSION_KEY, iv=vectors.SESSION_IV, appid="wx_other")
    assert foreign.value.code == "foreign_appid"


@given(noise=st.binary(max_size=200))
def test_noise_in_place_of_session_text_is_always_refused(noise: bytes):
    with pytest.raises(Rejected):
        open_shared(
            base64.b64encode(noise).decode(), session_key=vectors.SESSION_KEY, iv=vectors.SESSION_IV, appid="wx"
        )


def test_the_published_certificates_open_to_the_serial_they_name():
    pem = Envelope(vectors.CERTIFICATES_KEY).open(
        vectors.CERTIFICATES_SEALED, nonce=vectors.CERTIFICATES_NONCE, associated="certificate"
    )

    assert f"{x509.load_pem_x509_certificate(pem).serial_number:X}" == vectors.CERTIFICATES_SERIAL


def test_the_published_transaction_opens():
    plain = Envelope(vectors.TRANSACTION_KEY).open(
        vectors.TRANSACTION_SEALED, nonce=vectors.TRANSACTION_NONCE, associated="transaction"
    )

    assert plain.decode() == vectors.TRANSACTION_PLAIN


def test_the_published_callback_is_verified_over_its_raw_bytes():
    proof = Proof.of(
        {
            "Wechatpay-Timestamp": vectors.CALLBACK_STAMP,
            "wechatpay-nonce": vectors.CALLBACK_NONCE,
            "WECHATPAY-SERIAL": vectors.CALLBACK_SERIAL,
            "Wechatpay-Signature": vectors.CALLBACK_SIGNATURE,
        }
    )
    keys, body = {vectors.CALLBACK_SERIAL: vectors.CALLBACK_CERTIFICATE}, vectors.CALLBACK_BODY.encode()

    verified(keys, proof, body)

    for changed in (body + b" ", msgspec.json.encode(msgspec.json.decode(body), order="sorted"), b""):
        with pytest.raises(Rejected) as refusal:
            verified(keys, proof, changed)
        assert refusal.value.code == "bad_signature"


@given(plain=st.text(max_size=300), associated=st.text(max_size=20), seed=st.integers(0, 2**32))
def test_wechatpayv3_and_we_open_the_same_envelopes(plain: str, associated: str, seed: int):
    chance = random.Random(seed)
    key = "".join(chance.choices("ABCDEFGHabcdefgh01234567", k=32))
    nonce = "".join(chance.choices("0123456789abcdef", k=12))
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), plain.encode(), associated.encode())
    text = base64.b64encode(sealed).decode()

    assert Envelope(key).open(text, nonce=nonce, associated=associated) == plain.encode()
    assert aes_decrypt(nonce, text, associated, key) == plain


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_an_envelope_changed_in_any_byte_never_opens(place: int, flip: int):
    sealed = bytearray(base64.b64decode(vectors.TRANSACTION_SEALED))
    sealed[place % len(sealed)] ^= flip

    with pytest.raises(Rejected):
        Envelope(vectors.TRANSACTION_KEY).open(
            base64.b64encode(sealed).decode(), nonce=vectors.TRANSACTION_NONCE, associated="transaction"
        )


PRIVATE, PUBLIC = a_private_key()


@given(body=st.binary(max_size=300), nonce=st.text("0123456789ABCDEF", min_size=1, max_size=32))
def test_a_signature_holds_for_exactly_the_bytes_that_were_signed(body: bytes, nonce: str):
    proof = Proof("1700000000", nonce, "S", Signer(PRIVATE).sign(f"1700000000\n{nonce}\n".encode() + body + b"\n"))

    verified({"S": PUBLIC}, proof, body)

    with pytest.raises(Rejected):
        verified({"S": PUBLIC}, proof, body + b"\n")
    with pytest.raises(Rejected):
        verified({"S": PUBLIC}, Proof("1700000001", nonce, "S", proof.signature), body)
