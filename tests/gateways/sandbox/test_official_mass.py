"""Mass messages: slots of a day, a month and a person; repeats; the administrator; and the event that counts."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, HOUR_MS, MINUTE_MS, SERVICE, Driver
from gateways.sandbox.official import (
    a_draft,
    a_follower,
    a_media,
    a_personal_account,
    a_subscription_account,
    code,
    followers,
    get,
    phone,
    post,
    pushed,
)
from wechat_sandbox import SandboxSettings

ALL, TO, PREVIEW = (f"/cgi-bin/message/mass/{verb}" for verb in ("sendall", "send", "preview"))
EVERYBODY = {"is_to_all": True}


def text(number: int = 1) -> Any:
    return {"msgtype": "text", "text": {"content": f"第{number}次上新"}}


def to_all(driver: Driver, number: int = 1, appid: str = SERVICE, **extra: Any) -> Any:
    return post(driver, ALL, appid, **{"filter": EVERYBODY, **text(number), **extra})


def to(driver: Driver, openids: list[str], number: int = 1, **extra: Any) -> Any:
    return post(driver, TO, touser=openids, **{**text(number), **extra})


def status(driver: Driver, msg_id: int) -> str:
    shown: str = post(driver, "/cgi-bin/message/mass/get", msg_id=msg_id)["msg_status"]
    return shown


def done(driver: Driver, appid: str = SERVICE) -> list[Any]:
    driver.pump(after_ms=3_000)
    return list(pushed(driver, "MASSSENDJOBFINISH", appid))


def test_a_message_to_all_reaches_every_follower_and_is_counted(driver: Driver):
    a_follower(driver, "p1")
    a_follower(driver, "p2")

    sent = to_all(driver)
    before = status(driver, sent["msg_id"])
    event = done(driver)[0]

    assert sent == {"errcode": 0, "errmsg": "send job submission success", "msg_id": sent["msg_id"]}
    assert (before, status(driver, sent["msg_id"])) == ("SENDING", "SEND_SUCCESS")
    assert [phone(driver, person)[0]["content"]["text"] for person in ("p1", "p2")] == [{"content": "第1次上新"}] * 2
    counts = [event[name] for name in ("MsgID", "TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert counts == [sent["msg_id"], 2, 2, 2, 0]
    assert (event["Status"], event["ArticleUrlResult"]["Count"]) == ("send success", 0)


def test_articles_are_public_with_their_addresses_and_their_draft_is_gone(driver: Driver):
    a_follower(driver)
    draft = a_draft(driver, articles=2)

    sent = to_all(driver, msgtype="mpnews", mpnews={"media_id": draft})
    event = done(driver)[0]

    urls = [item["ArticleUrl"] for item in event["ArticleUrlResult"]["ResultList"]["item"]]
    publication = driver.look("publications", appid=SERVICE)["publications"][0]
    assert len(set(urls)) == 2
    assert publication["msg_data_id"] == str(sent["msg_data_id"])
    assert publication["publish_type"] == 0
    assert code(to_all(driver, msgtype="mpnews", mpnews={"media_id": draft}, clientmsgid="again")) == 40007
    read = driver.control("articles/read", person="p1", appid=SERVICE, msgid=f"{sent['msg_data_id']}_1")
    assert read["counted"] is True


def test_a_tag_and_openids_reach_those_alone(driver: Driver):
    openids = [a_follower(driver, "p1"), a_follower(driver, "p2"), *followers(driver, 1)]
    tag = post(driver, "/cgi-bin/tags/create", tag={"name": "老客"})["tag"]["id"]
    post(driver, "/cgi-bin/tags/members/batchtagging", openid_list=openids[:1], tagid=tag)

    to_all(driver, 1, filter={"is_to_all": False, "tag_id": tag})
    to(driver, openids[:2], 2)

    assert [event["SentCount"] for event in done(driver)] == [1, 2]
    assert [len(phone(driver, person)) for person in ("p1", "p2", "p3")] == [2, 1, 0]


def test_a_subscription_account_sends_once_a_day(driver: Driver):
    paper = a_subscription_account(driver)
    openids = [a_follower(driver, "p1", paper), a_follower(driver, "p2", paper)]

    assert code(to_all(driver, 1, paper)) == 0
    assert code(to_all(driver, 2, paper)) == 45028
    assert code(post(driver, TO, paper, touser=openids, **text(3))) == 45028
    driver.now_ms += DAY_MS
    assert code(to_all(driver, 4, paper)) == 0


def test_a_service_account_sends_to_all_four_times_a_calendar_month(driver: Driver):
    a_follower(driver)
    driver.now_ms = 1_775_000_000_000  # 2026-04-01 07:33 in China

    outcomes = [code(to_all(driver, number)) for number in range(5)]

    assert outcomes == [0, 0, 0, 0, 45028]
    driver.now_ms += 29 * DAY_MS
    assert code(to_all(driver, 6)) == 45028
    driver.now_ms += DAY_MS
    assert code(to_all(driver, 7)) == 0


def test_a_person_receives_four_a_month_and_is_filtered_beyond(driver: Driver):
    openids = [a_follower(driver, "p1"), a_follower(driver, "p2")]
    for number in range(4):
        to(driver, openids, number)
        driver.pump(after_ms=3_000)
    newcomer = followers(driver, 1)

    to(driver, [*openids, *newcomer], 5)
    event = done(driver)[-1]

    assert [event["TotalCount"], event["FilterCount"], event["SentCount"]] == [3, 1, 1]
    assert [len(phone(driver, person)) for person in ("p1", "p3")] == [4, 1]
    driver.now_ms += 31 * DAY_MS
    to(driver, openids, 6)
    assert done(driver)[-1]["SentCount"] == 2


def test_blocking_blacklisted_and_departed_persons_get_nothing(driver: Driver):
    openids = [a_follower(driver, "p1"), a_follower(driver, "p2"), *followers(driver, 2)]
    driver.control("block", person="p1", appid=SERVICE)
    post(driver, "/cgi-bin/tags/members/batchblacklist", openid_list=openids[1:2])
    driver.control("unfollow", person="p3", appid=SERVICE)

    to(driver, openids)
    event = done(driver)[0]

    assert [event["TotalCount"], event["SentCount"]] == [3, 1]
    assert [len(phone(driver, f"p{number}")) for number in (1, 2, 3, 4)] == [0, 0, 0, 1]


def test_the_same_clientmsgid_is_refused_with_the_first_msg_id_for_a_day(driver: Driver):
    a_follower(driver)
    first = to_all(driver, 1, clientmsgid="spring")

    again = to_all(driver, 2, clientmsgid="spring")
    driver.now_ms += DAY_MS
    later = to_all(driver, 2, clientmsgid="spring")

    assert (code(again), again["msg_id"]) == (45065, first["msg_id"])
    assert code(later) == 0
    assert code(to_all(driver, 3, clientmsgid="x" * 65)) == 45067


def test_without_an_id_the_same_content_to_the_same_target_is_a_repeat(driver: Driver):
    openids = [a_follower(driver, "p1"), a_follower(driver, "p2")]
    first = to_all(driver, 1)

    assert to_all(driver, 1)["msg_id"] == first["msg_id"]
    assert code(to_all(driver, 1)) == 45065
    assert code(to(driver, openids, 1)) == 0
    assert code(to(driver, openids, 1)) == 45065
    assert code(to(driver, openids[::-1], 1, clientmsgid="x" * 65)) == 45067


def test_a_refused_id_waits_a_minute(driver: Driver):
    paper = a_subscription_account(driver)
    openids = [a_follower(driver, "p1", paper), a_follower(driver, "p2", paper)]
    to_all(driver, 1, paper)

    assert code(to_all(driver, 2, paper, clientmsgid="late")) == 45028
    assert code(to_all(driver, 2, paper, clientmsgid="late")) == 45066
    assert code(post(driver, TO, paper, touser=openids, **text(2), clientmsgid="late")) == 45066
    driver.now_ms += MINUTE_MS
    assert code(to_all(driver, 2, paper, clientmsgid="late")) == 45028


def test_a_message_to_all_waits_for_the_administrator_when_protected(a_sandbox: MakeDriver):
    driver = a_sandbox(settings=SandboxSettings(mass_needs_confirmation=True))
    openids = [a_follower(driver, "p1"), a_follower(driver, "p2")]
    agreed, refused, forgotten = (to_all(driver, number)["msg_id"] for number in (1, 2, 3))
    to(driver, openids, 4)

    driver.control("mass/answer", msg_id=agreed)
    driver.control("mass/answer", msg_id=refused, is_agreed=False)
    driver.pump(after_ms=30 * MINUTE_MS)

    told = {event["MsgID"]: event["Status"] for event in pushed(driver, "MASSSENDJOBFINISH")}
    assert [told[each] for each in (agreed, refused, forgotten)] == ["send success", "err(40001)", "err(40002)"]
    assert [status(driver, each) for each in (agreed, refused)] == ["SEND_SUCCESS", "SEND_FAIL"]
    assert len(phone(driver)) == 2
    assert driver.refused("mass/answer", msg_id=forgotten) == "nothing_to_confirm"
    outcomes = [code(to_all(driver, number)) for number in (5, 6, 7, 8)]
    assert outcomes == [0, 0, 0, 45028]


def test_a_preview_is_seen_at_once_by_one_and_uses_no_slot(driver: Driver):
    openid = a_follower(driver)

    by_openid = post(driver, PREVIEW, touser=openid, **text())
    by_name = post(driver, PREVIEW, towxname="p1", **text())

    assert (code(by_openid), code(by_name)) == (0, 0)
    assert [message["kind"] for message in phone(driver)] == ["preview", "preview"]
    assert code(post(driver, PREVIEW, touser="o-nobody", **text())) == 40003
    assert code(post(driver, PREVIEW, towxname="nobody", **text())) == 40132
    assert code(post(driver, PREVIEW, touser=driver.openid("p2", SERVICE), **text())) == 43004
    assert [code(to_all(driver, number)) for number in range(4)] == [0] * 4


def test_only_sent_articles_are_deleted(driver: Driver):
    a_follower(driver)
    plain = to_all(driver)["msg_id"]
    news = to_all(driver, msgtype="mpnews", mpnews={"media_id": a_draft(driver)})["msg_id"]
    path = "/cgi-bin/message/mass/delete"
    assert code(post(driver, path, msg_id=news)) == 40059
    url = done(driver)[1]["ArticleUrlResult"]["ResultList"]["item"][0]["ArticleUrl"]

    assert code(post(driver, path, msg_id=plain)) == 40059
    assert code(post(driver, path, url="https://mp.weixin.qq.com/s/none")) == 40059
    assert code(post(driver, path, url=url)) == 0
    assert status(driver, news) == "DELETE"
    assert len(phone(driver)) == 2
    assert code(post(driver, "/cgi-bin/message/mass/get", msg_id=1)) == 40059


def test_the_speed_is_one_of_five(driver: Driver):
    path = "/cgi-bin/message/mass/speed"

    assert post(driver, f"{path}/get") == {"speed": 0, "realspeed": 80}
    assert code(post(driver, f"{path}/set", speed=4)) == 0
    assert code(post(driver, f"{path}/set", speed=5)) == 45083
    assert code(post(driver, f"{path}/set")) == 45084
    assert post(driver, f"{path}/get") == {"speed": 4, "realspeed": 10}


def test_every_type_of_content_may_be_sent_to_many(driver: Driver):
    openids = [a_follower(driver, "p1"), a_follower(driver, "p2")]
    picture, draft = a_media(driver), a_draft(driver)
    driver.control("coupons", appid=SERVICE, card_id="pCoupon")
    contents: dict[str, Any] = {
        "text": {"content": "上新"},
        "voice": {"media_id": a_media(driver, "voice")},
        "mpvideo": {"media_id": a_media(driver, "video"), "title": "手作", "description": "陶杯"},
        "wxcard": {"card_id": "pCoupon"},
    }

    for msgtype, content in contents.items():
        assert code(to(driver, openids, msgtype=msgtype, **{msgtype: content})) == 0, msgtype
    assert code(to(driver, openids, msgtype="image", images={"media_ids": [picture, picture]})) == 0
    assert code(post(driver, PREVIEW, touser=openids[0], msgtype="image", image={"media_id": picture})) == 0
    assert code(post(driver, PREVIEW, touser=openids[0], msgtype="mpnews", mpnews={"media_id": draft})) == 0


WRONG: dict[str, tuple[Any, int]] = {
    "an unknown type": ({"msgtype": "sticker"}, 40008),
    "no content": ({"msgtype": "voice"}, 44004),
    "an empty text": ({"msgtype": "text", "text": {"content": ""}}, 44004),
    "a long text": ({"msgtype": "text", "text": {"content": "长" * 683}}, 45002),
    "no such draft": ({"msgtype": "mpnews", "mpnews": {"media_id": "none"}}, 40007),
    "no such voice": ({"msgtype": "voice", "voice": {"media_id": "none"}}, 40007),
    "no such picture": ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
    "many pictures": ({"msgtype": "image", "images": {"media_ids": ["none"] * 21}}, 45008),
    "no such coupon": ({"msgtype": "wxcard", "wxcard": {"card_id": "none"}}, 40073),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_content_uses_no_slot(driver: Driver, what: str):
    body, errcode = WRONG[what]
    openids = [a_follower(driver, "p1"), a_follower(driver, "p2")]

    assert code(post(driver, ALL, filter=EVERYBODY, **body)) == errcode
    assert code(post(driver, TO, touser=openids, **body)) == errcode
    assert code(post(driver, PREVIEW, touser=openids[0], **body)) == errcode
    assert [code(to_all(driver, number)) for number in range(4)] == [0] * 4


def test_targets_are_checked_first(driver: Driver):
    openid = a_follower(driver)

    assert code(to_all(driver, filter={"is_to_all": False, "tag_id": 900})) == 45159
    assert code(to_all(driver, filter={"is_to_all": False})) == 45159
    assert code(to(driver, [openid])) == 40032
    assert code(to(driver, [openid, "o-nobody"])) == 40003
    assert code(to(driver, [openid] * 10_001)) == 40032


def test_sixty_calls_a_minute_and_a_hundred_a_day(driver: Driver):
    for _ in range(60):
        to_all(driver, filter={})

    assert code(to_all(driver, filter={})) == 45011
    driver.now_ms += MINUTE_MS
    for _ in range(40):
        to_all(driver, filter={})
    driver.now_ms += HOUR_MS
    assert code(to_all(driver, filter={})) == 45009


def test_an_account_that_is_not_verified_sends_to_nobody(driver: Driver):
    personal = a_personal_account(driver)
    verbs = ("sendall", "send", "preview", "get", "delete", "speed/get", "speed/set")

    assert {code(post(driver, f"/cgi-bin/message/mass/{verb}", personal)) for verb in verbs} == {48001}
    assert get(driver, "/cgi-bin/getcallbackip", personal)["ip_list"]
