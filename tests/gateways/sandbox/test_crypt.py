"""Signatures and envelopes against public vectors and against two independent libraries."""

import base64

import pytest
from wechatpayv3.utils import aes_decrypt
from wechatpy.crypto import WeChatCrypto

from wechat_sandbox.crypt import decrypted, encrypted, signature
from wechat_sandbox.pay.signing import enveloped

PAM_KEY, PAM_APPID = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6"
PAM_ENCRYPTED = (
    "rTNFcsut4LfGuAFKEUVVpwcaCOTJzOd9twZdIW910jb3k+iicx2uvhttIZ3Qg9Qgty3BEF2xbOrz6boTfb30dMomcgrkTqdFPwnhqbk+kIQ7rZiw"
    "ny9D7NUrTgA5kpX3KsZvrXzUZyP2x9YOlxbgm572lmxKvM7HAQQhIQ/p6HBmoY30bGXFK0BtIu1pW9TjhOYrLQoU18nWYjWqDA1ynkmOytpv7QRI"
    "1P1+0NoxL0q2zO1DgeSvnE8CZGo/o5Ap/WHK5W2RAsinpzN4/LjPnmB6U01I5XCoJoC0GK/yMZycd2Oh8Nq6+wBkC1U85oy0ktOY4nLvsQMLrour"
    "mMGdZHuTbqpeJ8Ao/5PRYJ+WBvRUwPfGKBL2+2IKZF49vAJqkcGWSHGE76ZN2erXeuNazf/o9o3lIE3q739o4c8t9QGPe31GT2Go/rOz1BsrASwv"
    "auNulCh+++yz+CQzBIuikA=="
)


def test_message_encrypts_to_the_official_sample() -> None:
    text = encrypted("我是中文abcd123".encode(), aes_key=PAM_KEY, appid=PAM_APPID, random16=b"aaaabbbbccccdddd")

    assert text == "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="


def test_message_signature_and_plain_text_match_the_easywechat_sample() -> None:
    assert signature("pamtest", "1458300676", "260774613", PAM_ENCRYPTED) == "4f3ad57b6989f09f4eb392acce4f9e93942ed890"
    assert b"<Content><![CDATA[hello]]></Content>" in decrypted(PAM_ENCRYPTED, aes_key=PAM_KEY, appid=PAM_APPID)


def test_echostr_signature_matches_the_wechatpy_sample() -> None:
    key, appid = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a"
    echo = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="

    assert signature("123456", "1411443780", "437374425", echo) == "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"
    assert decrypted(echo, aes_key=key, appid=appid) == b"5927782489442352469"


def test_message_for_another_account_is_not_opened() -> None:
    with pytest.raises(ValueError, match="another appid"):
        decrypted(PAM_ENCRYPTED, aes_key=PAM_KEY, appid="wx0000000000000000")


@pytest.mark.parametrize("length", [0, 1, 15, 31, 32, 33, 500])
def test_wechatpy_opens_what_the_sandbox_seals(length: int) -> None:
    message = ("<xml>" + "柔" * length + "</xml>").encode()
    text = encrypted(message, aes_key=PAM_KEY, appid=PAM_APPID, random16=b"0123456789abcdef")
    proof = signature("pamtest", "1458300676", "9", text)

    opened = WeChatCrypto("pamtest", PAM_KEY, PAM_APPID).decrypt_message({"Encrypt": text}, proof, "1458300676", "9")

    assert opened.encode() == message


def test_pay_envelope_matches_the_official_java_sample() -> None:
    key, nonce = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb", "uluk4a9R25RW"

    sealed = enveloped(b"message", apiv3_key=key, nonce=nonce, associated="associatedData")

    assert sealed == "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI="
    assert len(base64.b64decode(sealed)) == len(b"message") + 16
    assert aes_decrypt(nonce, sealed, "associatedData", key) == "message"
