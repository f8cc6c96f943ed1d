"""Customer-service messages: the windows people open, every type of content, and the staff."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, MINI, MINUTE_MS, SERVICE, Driver
from gateways.sandbox.official import (
    a_draft,
    a_follower,
    a_media,
    a_personal_account,
    code,
    get,
    phone,
    post,
    pushed,
)
from wechat_sandbox import SandboxSettings

SEND, TYPING = "/cgi-bin/message/custom/send", "/cgi-bin/message/custom/typing"
HI = {"msgtype": "text", "text": {"content": "您好"}}


def send(driver: Driver, openid: str, appid: str = SERVICE, **body: Any) -> int:
    return code(post(driver, SEND, appid, touser=openid, **(body or HI)))


def sends(driver: Driver, openid: str, count: int, appid: str = SERVICE) -> list[int]:
    return [send(driver, openid, appid) for _ in range(count)]


def a_speaker(driver: Driver, person: str = "p1") -> str:
    openid = a_follower(driver, person)
    driver.now_ms += MINUTE_MS
    driver.control("say", person=person, appid=SERVICE, text="在吗")
    return openid


def test_a_message_allows_five_answers_in_two_days(driver: Driver):
    openid = a_speaker(driver)

    assert sends(driver, openid, 6) == [0] * 5 + [45047]
    driver.control("say", person="p1", appid=SERVICE, text="还在吗")
    driver.now_ms += 2 * DAY_MS - 1
    assert send(driver, openid) == 0
    driver.now_ms += 1
    assert send(driver, openid) == 45015
    assert len(phone(driver, kind="custom")) == 6


def test_following_and_scanning_allow_three_answers_in_a_minute(driver: Driver):
    made = post(driver, "/cgi-bin/qrcode/create", action_name="QR_SCENE", action_info={"scene": {"scene_id": 1}})
    openid = a_follower(driver)

    assert sends(driver, openid, 4) == [0, 0, 0, 45047]
    driver.control("scan", person="p1", ticket=made["ticket"])
    assert sends(driver, openid, 4) == [0, 0, 0, 45047]
    driver.now_ms += MINUTE_MS
    assert send(driver, openid) == 45015


def test_a_tap_on_the_menu_allows_three_answers_and_a_link_none(driver: Driver):
    buttons = [{"type": "click", "name": "客服", "key": "K"}, {"type": "view", "name": "店", "url": "https://a.test"}]
    post(driver, "/cgi-bin/menu/create", button=buttons)
    openid = a_follower(driver)
    driver.now_ms += MINUTE_MS

    driver.control("menu/tap", person="p1", appid=SERVICE, name="店")
    assert send(driver, openid) == 45015
    driver.control("menu/tap", person="p1", appid=SERVICE, name="客服")
    assert sends(driver, openid, 4) == [0, 0, 0, 45047]


def test_the_window_that_closes_first_is_used_first(driver: Driver):
    openid = a_speaker(driver)
    driver.control("unfollow", person="p1", appid=SERVICE)
    a_follower(driver)
    driver.control("say", person="p1", appid=SERVICE, text="又来了")

    assert sends(driver, openid, 3) == [0] * 3
    driver.now_ms += MINUTE_MS
    assert sends(driver, openid, 6) == [0] * 5 + [45047]


def test_who_stops_following_cannot_be_answered(driver: Driver):
    openid = a_speaker(driver)
    driver.control("unfollow", person="p1", appid=SERVICE)

    assert send(driver, openid) == 45015
    assert phone(driver) == []


def test_a_mini_program_answers_messages_and_entered_sessions(driver: Driver):
    openid = driver.openid()
    assert send(driver, openid, MINI) == 45015

    driver.control("enter_session", person="p1", appid=MINI, session_from="order-1")
    assert sends(driver, openid, 3, MINI) == [0, 0, 45047]
    driver.control("say", person="p1", appid=MINI, text="什么时候发货")
    assert sends(driver, openid, 6, MINI) == [0] * 5 + [45047]
    assert pushed(driver, "user_enter_tempsession", MINI)[0]["SessionFrom"] == "order-1"
    assert pushed(driver, "text", MINI)[0]["Content"] == "什么时候发货"


@pytest.mark.parametrize(("messages", "outcomes"), [(0, [45015]), (2, [0, 0, 45047])])
def test_a_payment_opens_what_the_switch_says(a_sandbox: MakeDriver, messages: int, outcomes: list[int]):
    driver = a_sandbox(settings=SandboxSettings(payment_window_messages=messages))
    key = driver.key.public_pem
    driver.control(
        "merchants",
        mchid="1900000109",
        appids=[MINI, SERVICE],
        public_key_pem=key,
        serial="3775B6A45ACD588826D15E583A95F5DD12345678",
        apiv3_key="a" * 32,
    )
    openid = driver.openid("p1", SERVICE)
    prepaid = driver.prepay(appid=SERVICE, payer={"openid": openid}).json["prepay_id"]

    driver.control("pay", person="p1", prepay_id=prepaid)

    assert sends(driver, openid, len(outcomes)) == outcomes


def test_who_blocks_the_account_sees_nothing_of_it(driver: Driver):
    openid = a_speaker(driver)
    driver.control("block", person="p1", appid=SERVICE)

    assert send(driver, openid) == 0
    assert phone(driver) == []


def test_every_type_of_content_reaches_the_phone(driver: Driver):
    picture, draft, cover = a_media(driver), a_draft(driver), a_media(driver, "thumb")
    driver.control("articles/publish", appid=SERVICE, msgid="2247490098_1", title="春季")
    article = driver.look("publications", appid=SERVICE)["publications"][0]["article_id"]
    driver.control("coupons", appid=SERVICE, card_id="pCoupon", title="九折")
    openid = a_speaker(driver)
    page = {"title": "商城", "appid": MINI, "pagepath": "pages/index", "thumb_media_id": picture}
    music = {"title": "歌", "musicurl": "https://a.test", "hqmusicurl": "https://a.test", "thumb_media_id": picture}
    contents: dict[str, Any] = {
        "text": {"content": "您好"},
        "image": {"media_id": picture},
        "voice": {"media_id": a_media(driver, "voice")},
        "video": {"media_id": a_media(driver, "video"), "thumb_media_id": cover, "title": "手作"},
        "music": music,
        "news": {"articles": [{"title": "新品", "url": "https://shop.test", "picurl": "https://shop.test/a.png"}]},
        "mpnews": {"media_id": draft},
        "mpnewsarticle": {"article_id": article},
        "msgmenu": {"head_content": "满意吗?", "list": [{"id": "1", "content": "满意"}], "tail_content": "谢谢"},
        "wxcard": {"card_id": "pCoupon"},
        "miniprogrampage": page,
    }

    for msgtype, content in contents.items():
        driver.control("say", person="p1", appid=SERVICE, text="再说一次")
        assert send(driver, openid, msgtype=msgtype, **{msgtype: content}) == 0, msgtype

    assert [message["content"]["msgtype"] for message in phone(driver, kind="custom")] == list(contents)


def test_a_mini_program_sends_four_types(driver: Driver):
    picture, openid = a_media(driver, appid=MINI), driver.openid()
    page = {"title": "订单", "pagepath": "pages/order", "thumb_media_id": picture}
    link = {"title": "官网", "description": "", "url": "https://shop.test", "thumb_url": ""}
    driver.control("say", person="p1", appid=MINI, text="在吗")

    assert send(driver, openid, MINI, msgtype="image", image={"media_id": picture}) == 0
    assert send(driver, openid, MINI, msgtype="link", link=link) == 0
    assert send(driver, openid, MINI, msgtype="miniprogrampage", miniprogrampage=page) == 0
    assert send(driver, openid, MINI, msgtype="news", news={"articles": [{}]}) == 40008
    assert send(driver, openid, msgtype="link", link=link) == 40003


WRONG: dict[str, tuple[Any, int]] = {
    "an unknown type": ({"msgtype": "sticker"}, 40008),
    "no content": ({"msgtype": "text"}, 44004),
    "an empty text": ({"msgtype": "text", "text": {"content": ""}}, 44004),
    "a long text": ({"msgtype": "text", "text": {"content": "长" * 683}}, 45002),
    "no such picture": ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
    "no such draft": ({"msgtype": "mpnews", "mpnews": {"media_id": "none"}}, 40007),
    "no card": ({"msgtype": "news", "news": {"articles": []}}, 44003),
    "two cards": ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
    "no such article": ({"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "none"}}, 53600),
    "no such coupon": ({"msgtype": "wxcard", "wxcard": {"card_id": "none"}}, 40073),
    "no title": ({"msgtype": "miniprogrampage", "miniprogrampage": {"pagepath": "a"}}, 45086),
    "a stranger's mini-program": (
        {"msgtype": "miniprogrampage", "miniprogrampage": {"title": "商城", "appid": "wxnobody", "pagepath": "a"}},
        40013,
    ),
    "no music": ({"msgtype": "music", "music": {}}, 44004),
    "no lines": ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 44004),
    "nobody of the staff": ({**HI, "customservice": {"kf_account": "nobody@shop"}}, 61452),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_content_uses_nothing_of_the_window(driver: Driver, what: str):
    body, errcode = WRONG[what]
    openid = a_speaker(driver)

    assert send(driver, openid, **body) == errcode
    assert sends(driver, openid, 6) == [0] * 5 + [45047]


def test_typing_shows_for_fifteen_seconds_after_the_person_spoke(driver: Driver):
    openid = a_speaker(driver)

    def typing(command: str = "Typing", who: str = openid) -> int:
        return code(post(driver, TYPING, touser=who, command=command))

    assert [typing(), typing()] == [0, 45081]
    assert [typing("CancelTyping"), typing()] == [0, 0]
    assert typing("Dancing") == 45072
    assert typing(who="o-nobody") == 40003
    driver.now_ms += 15_000
    assert typing() == 0
    driver.now_ms += 15_001
    assert typing() == 45080
    sends(driver, openid, 5)
    assert typing() == 45047
    driver.now_ms += 2 * DAY_MS
    assert typing() == 45015


ADD, UPDATE, DELETE = (f"/customservice/kfaccount/{verb}" for verb in ("add", "update", "del"))
ANNA, BEN = "anna@shop", "ben@shop"


def add(driver: Driver, kf_account: str = ANNA) -> int:
    return code(post(driver, ADD, kf_account=kf_account, nickname="小安"))


def test_staff_come_are_renamed_and_go(driver: Driver):
    assert add(driver) == 0
    assert code(post(driver, UPDATE, kf_account=ANNA, nickname="安安")) == 0

    listed = get(driver, "/cgi-bin/customservice/getkflist")["kf_list"]
    assert [(one["kf_nick"], one["kf_id"]) for one in listed] == [("安安", 1001)]
    assert code(get(driver, DELETE, kf_account=ANNA)) == 0
    assert code(get(driver, DELETE, kf_account=ANNA)) == 61452
    assert code(post(driver, DELETE, kf_account=ANNA)) == 61452
    assert code(post(driver, UPDATE, kf_account=ANNA)) == 61452
    add(driver)
    assert code(post(driver, DELETE, kf_account=ANNA)) == 0
    assert get(driver, "/cgi-bin/customservice/getkflist")["kf_list"] == []


def test_names_of_staff_keep_their_form_and_number(driver: Driver):
    assert add(driver, "安娜@shop") == 61455
    assert add(driver, "elevenletters@shop") == 61454
    assert [add(driver), add(driver)] == [0, 61453]
    for number in range(99):
        add(driver, f"kf{number}@shop")
    assert add(driver, "onemore@shop") == 61456


def test_a_message_in_a_name_shows_the_name(driver: Driver):
    add(driver)
    openid = a_speaker(driver)

    assert send(driver, openid, **HI, customservice={"kf_account": ANNA}) == 0
    assert phone(driver)[0]["content"]["kf_account"] == ANNA


def test_one_of_the_staff_serves_a_person_at_a_time(driver: Driver):
    openid = a_speaker(driver)
    add(driver)
    add(driver, BEN)
    create, close = "/customservice/kfsession/create", "/customservice/kfsession/close"
    assert code(post(driver, create, kf_account=ANNA, openid=openid)) == 61459
    for kf_account in (ANNA, BEN):
        driver.control("staff", appid=SERVICE, kf_account=kf_account)

    assert code(post(driver, create, kf_account=ANNA, openid=openid)) == 0

    assert code(post(driver, create, kf_account=BEN, openid=openid)) == 61458
    assert code(post(driver, create, kf_account="nobody@shop", openid=openid)) == 61452
    assert code(post(driver, create, kf_account=ANNA, openid="o-nobody")) == 40003
    session = get(driver, "/customservice/kfsession/getsession", openid=openid)
    assert (session["kf_account"], session["createtime"]) == (ANNA, driver.now_ms // 1000)
    listed = get(driver, "/customservice/kfsession/getsessionlist", kf_account=ANNA)["sessionlist"]
    assert [one["openid"] for one in listed] == [openid]
    online = get(driver, "/cgi-bin/customservice/getonlinekflist")["kf_online_list"]
    assert [one["accepted_case"] for one in online] == [1, 0]
    assert code(post(driver, close, kf_account=ANNA, openid=openid)) == 0
    assert code(post(driver, close, kf_account=ANNA, openid=openid)) == 40003
    assert code(post(driver, close, kf_account="nobody@shop", openid=openid)) == 61452
    assert get(driver, "/customservice/kfsession/getsession", openid=openid)["kf_account"] == ""
    assert code(get(driver, "/customservice/kfsession/getsession", openid="o-nobody")) == 40003
    assert code(get(driver, "/customservice/kfsession/getsessionlist", kf_account="nobody@shop")) == 61452


RECORDS = "/customservice/msgrecord/getmsglist"


def test_what_was_said_is_read_back_in_order(driver: Driver):
    openid = a_speaker(driver)
    add(driver)
    send(driver, openid, **HI, customservice={"kf_account": ANNA})
    send(driver, openid)
    day = {"starttime": driver.now_ms // 1000 - 60, "endtime": driver.now_ms // 1000 + 60}

    page = post(driver, RECORDS, **day, msgid=1, number=1)
    rest = post(driver, RECORDS, **day, msgid=page["msgid"])

    told = [(row["opercode"], row["text"], row["worker"]) for row in (*page["recordlist"], *rest["recordlist"])]
    assert told == [(2003, "在吗", ""), (2002, "您好", ANNA)]
    assert post(driver, RECORDS, **day, msgid=rest["msgid"])["number"] == 0
    assert code(post(driver, RECORDS, starttime=0, endtime=86_401)) == 61451
    assert code(post(driver, RECORDS, starttime=2, endtime=1)) == 61451


GETS = (
    "/cgi-bin/customservice/getkflist",
    "/cgi-bin/customservice/getonlinekflist",
    "/customservice/kfsession/getsession",
    "/customservice/kfsession/getsessionlist",
    "/customservice/kfsession/getwaitcase",
    DELETE,
)
POSTS = (
    RECORDS,
    SEND,
    TYPING,
    ADD,
    UPDATE,
    DELETE,
    "/customservice/kfsession/create",
    "/customservice/kfsession/close",
)


def test_an_account_that_is_not_verified_answers_nobody(driver: Driver):
    personal = a_personal_account(driver)

    assert {code(get(driver, path, personal)) for path in GETS} == {48001}
    assert {code(post(driver, path, personal)) for path in POSTS} == {48001}


def test_only_followers_speak_to_an_official_account(driver: Driver):
    assert driver.refused("say", person="p1", appid=SERVICE, text="在吗") == "not_a_follower"
    assert driver.refused("enter_session", person="p1", appid=SERVICE) == "not_a_mini_program"
    assert pushed(driver, "text") == []


def test_a_media_is_sent_as_what_it_is_and_while_it_lives(driver: Driver):
    picture = a_media(driver)
    openid = a_speaker(driver)

    assert send(driver, openid, msgtype="voice", voice={"media_id": picture}) == 40007
    driver.now_ms += 2 * DAY_MS
    driver.control("say", person="p1", appid=SERVICE, text="在吗")
    assert send(driver, openid, msgtype="image", image={"media_id": picture}) == 0
    driver.now_ms += DAY_MS
    assert send(driver, openid, msgtype="image", image={"media_id": picture}) == 40007
