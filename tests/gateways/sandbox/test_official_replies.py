"""What an account answers to a push is on the person's phone; what cannot be read is WeChat's apology."""

import base64
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from gateways.sandbox.driving import CALLBACK_URL, MINI, SERVICE, Driver
from gateways.sandbox.official import FILES, a_follower, get, phone, post, pushed
from wechat_sandbox import Answer
from wechat_sandbox.crypt import encrypted, signature

APOLOGY = "该公众号提供的服务出现故障,请稍后再试"


def account(driver: Driver, appid: str = SERVICE) -> Any:
    return driver.look("account", appid=appid)["account"]


def written(driver: Driver, inside: str, *, to: str = "", since: str = "1772000000") -> str:
    openid = to or driver.openid("p1", SERVICE)
    head = f"<ToUserName>{openid}</ToUserName><FromUserName>{account(driver)['original_id']}</FromUserName>"
    return f"<xml>{head}<CreateTime>{since}</CreateTime>{inside}</xml>"


def sealed(driver: Driver, text: str, *, appid: str = "", proof: str = "") -> bytes:
    app = account(driver)
    body = encrypted(text.encode(), aes_key=app["aes_key"], appid=appid or SERVICE, random16=b"0" * 16)
    signed = proof or signature(app["token"], "1772000000", "n1", body)
    head = f"<Encrypt><![CDATA[{body}]]></Encrypt><MsgSignature>{signed}</MsgSignature>"
    return f"<xml>{head}<TimeStamp>1772000000</TimeStamp><Nonce>n1</Nonce></xml>".encode()


def answered(driver: Driver, body: bytes, *, status: int = 200) -> list[Any]:
    """What appears on the phone when the account answers a text with `body`."""
    driver.pump()
    driver.answer = Answer(status, body)
    driver.control("say", person="p1", appid=SERVICE, text="在吗")
    for _ in range(3):
        driver.pump(after_ms=5_000)
    return phone(driver)


TEXT = "<MsgType>text</MsgType><Content><![CDATA[您好]]></Content>"


@pytest.fixture
def follower(driver: Driver) -> Driver:
    a_follower(driver)
    driver.pump()
    return driver


@pytest.fixture
def plain(follower: Driver) -> Driver:
    follower.control("accounts", appid=SERVICE, kind="service", callback_url=CALLBACK_URL, encryption="plain")
    return follower


def test_an_encrypted_text_is_on_the_phone(follower: Driver):
    received = answered(follower, sealed(follower, written(follower, TEXT)))

    assert [(one["kind"], one["content"]) for one in received] == [("reply", {"msgtype": "text", "content": "您好"})]


def test_a_plain_text_is_on_the_phone_of_a_plain_account(plain: Driver):
    received = answered(plain, written(plain, TEXT).encode())

    assert [one["content"]["content"] for one in received] == ["您好"]


@pytest.mark.parametrize("silence", [b"", b"success", b" success\n"])
def test_silence_shows_nothing(follower: Driver, silence: bytes):
    assert answered(follower, silence) == []


def test_cards_are_on_the_phone(plain: Driver):
    item = "<item><Title>新品</Title><Description>陶杯</Description><PicUrl>p</PicUrl><Url>https://a.test</Url></item>"
    inside = f"<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles>{item}</Articles>"

    received = answered(plain, written(plain, inside).encode())

    assert received[0]["content"]["articles"][0]["title"] == "新品"


def test_a_transferred_person_waits_for_the_staff(plain: Driver):
    received = answered(plain, written(plain, "<MsgType>transfer_customer_service</MsgType>").encode())

    waiting = get(plain, "/customservice/kfsession/getwaitcase")
    assert received == []
    assert [case["openid"] for case in waiting["waitcaselist"]] == [plain.openid("p1", SERVICE)]


def test_a_transfer_to_one_who_is_online_is_a_session(plain: Driver):
    post(plain, "/customservice/kfaccount/add", kf_account="anna@shop", nickname="小安")
    plain.control("staff", appid=SERVICE, kf_account="anna@shop")
    named = "<TransInfo><KfAccount>anna@shop</KfAccount></TransInfo>"

    answered(plain, written(plain, f"<MsgType>transfer_customer_service</MsgType>{named}").encode())

    openid = plain.openid("p1", SERVICE)
    assert get(plain, "/customservice/kfsession/getsession", openid=openid)["kf_account"] == "anna@shop"


UNREADABLE = {
    "json": '{"errcode": 0}',
    "half": "<xml><ToUserName>",
    "a declaration": '<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>',
    "an unknown type": "<MsgType>sticker</MsgType>",
    "no text": "<MsgType>text</MsgType>",
    "a long text": f"<MsgType>text</MsgType><Content>{'长' * 683}</Content>",
    "no such picture": "<MsgType>image</MsgType><Image><MediaId>none</MediaId></Image>",
    "no such cover": "<MsgType>music</MsgType><Music><ThumbMediaId>none</ThumbMediaId></Music>",
    "a wrong count": "<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles><item><Title>a</Title></item></Articles>",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_an_apology(plain: Driver, what: str):
    text = UNREADABLE[what]
    whole = text if text[:2] != "<M" else written(plain, text)

    received = answered(plain, whole.encode())

    assert [(one["kind"], one["content"]["content"]) for one in received] == [("fault", APOLOGY)]


def test_a_reply_to_another_person_or_without_its_time_is_an_apology(plain: Driver):
    assert answered(plain, written(plain, TEXT, to="o-other").encode())[-1]["kind"] == "fault"
    assert answered(plain, written(plain, TEXT, since="now").encode())[-1]["kind"] == "fault"


def test_an_unsealed_or_wrongly_sealed_reply_is_an_apology(follower: Driver):
    text = written(follower, TEXT)
    wrong = (text.encode(), sealed(follower, text, proof="0" * 40), sealed(follower, text, appid=MINI))

    kinds = [answered(follower, body)[-1]["kind"] for body in wrong]

    assert kinds == ["fault"] * 3


def test_an_account_that_never_answers_is_apologised_for_once(follower: Driver):
    received = answered(follower, b"", status=500)

    tries = follower.look("callbacks", owner=SERVICE, subject="text")["callbacks"][0]["tries"]
    assert tries == 3
    assert [one["content"]["content"] for one in received] == [APOLOGY]


def test_an_answer_that_came_too_late_is_not_shown(plain: Driver):
    plain.pump()
    plain.control("faults", kind="slow", times=3, owner=SERVICE)

    received = answered(plain, written(plain, TEXT).encode())

    assert [one["kind"] for one in received] == ["fault"]


def test_a_reply_to_a_finished_job_is_nobodys(plain: Driver):
    plain.control("template_messages", appid=SERVICE, template_id="tm", content="{{thing1.DATA}}")
    plain.answer = Answer(200, b"not a reply")
    openid = plain.openid("p1", SERVICE)

    post(plain, "/cgi-bin/message/template/send", touser=openid, template_id="tm", data={"thing1": {"value": "好"}})
    plain.pump()

    assert [one["kind"] for one in phone(plain)] == ["template"]


def test_a_mini_program_can_only_hand_over_to_its_staff(driver: Driver):
    driver.control("accounts", appid=MINI, kind="mini_program", callback_url=CALLBACK_URL, encryption="plain")
    original = account(driver, MINI)["original_id"]
    head = (
        f"<ToUserName>{driver.openid()}</ToUserName><FromUserName>{original}</FromUserName><CreateTime>1</CreateTime>"
    )
    for kind in ("text</MsgType><Content>您好</Content>", "transfer_customer_service</MsgType>", "sticker</MsgType>"):
        driver.answer = Answer(200, f"<xml>{head}<MsgType>{kind}</xml>".encode())
        driver.control("say", person="p1", appid=MINI, text="在吗")
        driver.pump()

    assert phone(driver) == []
    assert get(driver, "/customservice/kfsession/getwaitcase", MINI)["count"] == 1


def test_what_a_person_says_is_pushed_with_its_msg_id(plain: Driver):
    said = plain.control("say", person="p1", appid=SERVICE, text="在吗")
    place = {"Location_X": 30.27, "Location_Y": 120.15, "Scale": 15, "Label": "湖滨"}
    plain.control("say", person="p1", appid=SERVICE, msg_type="location", fields=place)
    plain.received.clear()
    plain.pump()

    sent = ET.fromstring(plain.received[0].body)
    assert {child.tag: child.text for child in sent}.items() >= {
        "Content": "在吗",
        "MsgId": str(said["msg_id"]),
    }.items()
    assert pushed(plain, "location")[0]["Label"] == "湖滨"


def test_a_picture_a_person_sends_can_be_fetched(plain: Driver):
    plain.control("say", person="p1", appid=SERVICE, picture=base64.b64encode(FILES["image"]).decode())

    sent = pushed(plain, "image")[0]
    token = plain.stable_token(SERVICE)
    fetched = plain.send("GET", f"/cgi-bin/media/get?access_token={token}&media_id={sent['MediaId']}")
    assert fetched.body == FILES["image"]
    assert sent["PicUrl"].startswith("http://mmbiz.qpic.cn/")
