"""Public vectors and independent implementations: wechatpy for messages, wechatpayv3 for Pay."""

import base64
import re

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st
from wechatpayv3.utils import aes_decrypt, build_authorization, load_public_key, rsa_verify
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from gateways.live.home import a_private_key
from roulian.gateways.pay.keys import Envelope, Platform, Signer
from roulian.gateways.wechat.crypt import MessageCrypt
from roulian.words import Bug, Rejected

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wxb11529c136998cb6"
CRYPT = MessageCrypt(token="pamtest", aes_key=KEY, appid=APPID)
MESSAGES = st.text(max_size=300)


def test_the_official_pamtest_sample_encrypts_to_the_published_text():
    sealed = CRYPT.encrypt("我是中文abcd123".encode(), random16=b"aaaabbbbccccdddd")

    assert sealed == "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    assert CRYPT.decrypt(sealed).decode() == "我是中文abcd123"


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
    Platform({"S": public_pem}).verify(f"1700000000\nN\n{body}\n".encode(), serial="S", signature=reply)
