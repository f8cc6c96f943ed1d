"""Template messages, subscription notices and one-time subscriptions: three ways to write first."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from gateways.sandbox.driving import DAY_MS, MINI, MINUTE_MS, SERVICE, Driver
from gateways.sandbox.official import (
    a_follower,
    a_personal_account,
    a_subscription_account,
    code,
    get,
    phone,
    post,
    pushed,
)

SEND, BIZSEND, ONE_TIME = (
    "/cgi-bin/message/template/send",
    "/cgi-bin/message/subscribe/bizsend",
    "/cgi-bin/message/template/subscribe",
)
CONTENT = "{{first.DATA}}\n商品:{{thing1.DATA}}\n金额:{{amount2.DATA}}\n说明:{{keyword3.DATA}}"
GOOD = {"thing1": "手作陶杯", "amount2": "¥123.00", "keyword3": "三天内发货", "first": "您好"}


@pytest.fixture
def ready(driver: Driver) -> Driver:
    driver.control("template_messages", appid=SERVICE, template_id="tm-paid", title="付款成功", content=CONTENT)
    driver.control("templates", appid=SERVICE, template_id="sub-arrival", fields=["thing1", "date2"])
    return driver


def values(**chosen: Any) -> Any:
    return {name: {"value": value, "color": "#173177"} for name, value in chosen.items() if value is not None}


def send(driver: Driver, openid: str, template: str = "tm-paid", extra: Any = None, **changed: Any) -> Any:
    data = values(**{**GOOD, **changed})
    return post(driver, SEND, touser=openid, template_id=template, data=data, **(extra or {}))


def test_templates_are_taken_from_the_library_listed_and_deleted(driver: Driver):
    taken = post(
        driver,
        "/cgi-bin/template/api_add_template",
        template_id_short="OPENTM201285651",
        keyword_name_list=["商品名称", "支付金额"],
    )

    listed = get(driver, "/cgi-bin/template/get_all_private_template")["template_list"]
    assert [one["template_id"] for one in listed] == [taken["template_id"]]
    assert (listed[0]["title"], listed[0]["content"]) == (
        "订单支付成功通知",
        "商品名称:{{thing2.DATA}}\n支付金额:{{amount3.DATA}}",
    )
    path = "/cgi-bin/template/del_private_template"
    assert code(post(driver, path, template_id=taken["template_id"])) == 0
    assert code(post(driver, path, template_id=taken["template_id"])) == 40037
    assert get(driver, "/cgi-bin/template/get_all_private_template")["template_list"] == []


def test_the_library_refuses_what_it_has_not(driver: Driver):
    path = "/cgi-bin/template/api_add_template"

    assert code(post(driver, path, template_id_short="TM99999")) == 40037
    assert code(post(driver, path, template_id_short="TM00015", keyword_name_list=["颜色"])) == 47003


def test_an_account_has_twenty_five_templates(driver: Driver):
    path = "/cgi-bin/template/api_add_template"

    outcomes = [code(post(driver, path, template_id_short="TM00015")) for _ in range(26)]

    assert outcomes == [0] * 25 + [45026]


def test_industries_change_once_a_month(driver: Driver):
    path = "/cgi-bin/template/api_set_industry"
    assert code(get(driver, "/cgi-bin/template/get_industry")) == 40102

    assert code(post(driver, path, industry_id1="1", industry_id2="31")) == 0
    assert code(post(driver, path, industry_id1="2", industry_id2="31")) == 43100
    assert code(post(driver, path, industry_id1="99", industry_id2="31")) == 40102
    driver.now_ms += 31 * DAY_MS
    assert code(post(driver, path, industry_id1=2, industry_id2=31)) == 0
    shown = get(driver, "/cgi-bin/template/get_industry")
    assert shown["primary_industry"] == {"first_class": "IT科技", "second_class": "IT软件与服务"}


def test_a_template_message_reaches_a_follower_without_what_the_template_hides(ready: Driver):
    openid = a_follower(ready)

    sent = send(ready, openid, extra={"url": "https://shop.test/o/1"}, remark="谢谢惠顾")

    received = phone(ready)[0]
    assert (received["kind"], received["page"]) == ("template", "https://shop.test/o/1")
    assert received["content"]["thing1"] == "手作陶杯"
    assert "remark" not in received["content"]
    event = pushed(ready, "TEMPLATESENDJOBFINISH")[0]
    assert (event["MsgID"], event["Status"], event["FromUserName"]) == (sent["msgid"], "success", openid)


def test_who_blocks_the_account_gets_nothing_and_the_event_says_so(ready: Driver):
    openid = a_follower(ready)
    ready.control("block", person="p1", appid=SERVICE)

    sent = send(ready, openid)

    assert sent["errcode"] == 0
    assert phone(ready) == []
    assert pushed(ready, "TEMPLATESENDJOBFINISH")[0]["Status"] == "failed:user block"
    ready.control("unblock", person="p1", appid=SERVICE)
    send(ready, openid)
    assert len(phone(ready)) == 1


def test_who_turned_one_template_off_is_refused_for_that_one(ready: Driver):
    openid = a_follower(ready)
    ready.control("template_messages", appid=SERVICE, template_id="tm-other", content="{{thing1.DATA}}")
    ready.control("block", person="p1", appid=SERVICE, template_id="tm-paid")

    assert code(send(ready, openid)) == 43101
    assert code(send(ready, openid, "tm-other")) == 0


def test_a_template_message_is_refused_for_what_is_wrong(ready: Driver):
    openid, stranger = a_follower(ready), ready.openid("p2", SERVICE)

    assert code(send(ready, openid, "tm-none")) == 40037
    assert code(send(ready, "o-nobody")) == 40003
    assert code(send(ready, stranger)) == 43004
    assert code(send(ready, openid, extra={"miniprogram": {"appid": "wxnobody", "pagepath": "a"}})) == 40013
    long = send(ready, openid, thing1="长" * 21)
    assert (code(long), long["errmsg"].split(" rid")[0]) == (47003, "argument invalid! data.thing1.value invalid")
    assert code(send(ready, openid, amount2=None)) == 47003
    assert code(send(ready, openid, keyword3="长" * 201)) == 47003
    post(ready, "/cgi-bin/tags/members/batchblacklist", openid_list=[openid])
    assert code(send(ready, openid)) == 43019
    assert phone(ready) == []
    assert pushed(ready, "TEMPLATESENDJOBFINISH") == []


def test_a_client_msg_id_sends_once_in_ten_minutes(ready: Driver):
    openid = a_follower(ready)
    own = {"client_msg_id": "order-1-paid", "miniprogram": {"appid": MINI, "pagepath": "pages/order"}}

    first, again = send(ready, openid, extra=own), send(ready, openid, extra=own)
    ready.now_ms += 10 * MINUTE_MS
    later = send(ready, openid, extra=own)

    assert again["msgid"] == first["msgid"] != later["msgid"]
    assert [message["page"] for message in phone(ready)] == ["pages/order", "pages/order"]
    assert len(pushed(ready, "TEMPLATESENDJOBFINISH")) == 2


def test_a_notice_spends_one_tap(ready: Driver):
    openid = ready.openid("p1", SERVICE)
    good = values(thing1="到货啦", date2="2026年3月9日")
    ready.control("consent", person="p1", appid=SERVICE, answers={"sub-arrival": "accept"})

    outcomes = [code(post(ready, BIZSEND, touser=openid, template_id="sub-arrival", data=good)) for _ in range(2)]

    assert outcomes == [0, 43101]
    assert [message["kind"] for message in phone(ready)] == ["notice"]
    sent = pushed(ready, "subscribe_msg_sent_event")[0]["SubscribeMsgSentEvent"]["List"][0]
    assert sent["TemplateId"] == "sub-arrival"


def test_a_refused_notice_spends_no_tap(ready: Driver):
    openid = ready.openid("p1", SERVICE)
    ready.control("consent", person="p1", appid=SERVICE, answers={"sub-arrival": "accept"})
    good = values(thing1="到货啦", date2="2026年3月9日")
    body = {"touser": openid, "template_id": "sub-arrival", "data": good}

    assert code(post(ready, BIZSEND, **{**body, "template_id": "none"})) == 40037
    assert code(post(ready, BIZSEND, **{**body, "touser": "o-nobody"})) == 40003
    assert code(post(ready, BIZSEND, **body, miniprogram={"appid": "wxnobody"})) == 40013
    assert code(post(ready, BIZSEND, **{**body, "data": values(thing1="到货啦")})) == 47003
    assert code(post(ready, BIZSEND, **{**body, "data": good | values(thing9="多余")})) == 47003
    post(ready, "/cgi-bin/tags/members/batchblacklist", openid_list=[openid])
    assert code(post(ready, BIZSEND, **body)) == 43019
    assert ready.look("consents", appid=SERVICE, person="p1")["remaining"] == {"sub-arrival": 1}
    assert phone(ready) == []


def one_time(driver: Driver, openid: str, **changed: Any) -> Any:
    template = driver.look("one_time", appid=SERVICE)["template_id"]
    body = {"touser": openid, "template_id": template, "scene": "7", "title": "到货提醒", "url": "https://shop.test"}
    return post(driver, ONE_TIME, **{**body, "data": values(content="陶杯到了"), **changed})


def test_a_confirmed_scene_allows_one_message(driver: Driver):
    openid = driver.openid("p1", SERVICE)
    gone_to = driver.control("one_time", person="p1", appid=SERVICE, scene=7, reserved="r1")["url"]
    driver.control("one_time", person="p1", appid=SERVICE, scene=7)

    assert code(one_time(driver, openid, scene="8")) == 43101
    assert [code(one_time(driver, openid)) for _ in range(2)] == [0, 43101]
    query = parse_qs(urlsplit(gone_to).query)
    assert (query["action"], query["openid"], query["reserved"]) == (["confirm"], [openid], ["r1"])
    assert phone(driver)[0]["content"] == {"title": "到货提醒", "content": "陶杯到了", "scene": "7"}


def test_a_refused_one_time_message_leaves_the_scene_open(driver: Driver):
    openid = driver.openid("p1", SERVICE)
    driver.control("one_time", person="p1", appid=SERVICE, scene=7)

    assert code(one_time(driver, openid, template_id="other")) == 40037
    assert code(one_time(driver, "o-nobody")) == 40003
    assert code(one_time(driver, openid, miniprogram={"appid": "wxnobody"})) == 40013
    assert code(one_time(driver, openid, scene="10001")) == 47003
    assert code(one_time(driver, openid, title="长" * 16)) == 47003
    assert code(one_time(driver, openid, data=values(content="长" * 201))) == 47003
    post(driver, "/cgi-bin/tags/members/batchblacklist", openid_list=[openid])
    assert code(one_time(driver, openid)) == 43019
    post(driver, "/cgi-bin/tags/members/batchunblacklist", openid_list=[openid])
    assert code(one_time(driver, openid)) == 0


def test_the_page_of_a_one_time_message_takes_either_answer(driver: Driver):
    template = driver.look("one_time", appid=SERVICE)["template_id"]
    target = f"/mp/subscribemsg?action=get_confirm&appid={SERVICE}&scene=7&template_id={template}"
    target += f"&redirect_url={quote('https://shop.test/back', safe='')}"
    assert "取消" in driver.send("GET", target).body.decode()

    refused = driver.send("GET", f"{target}&person=p1&answer=cancel")

    assert "action=cancel" in refused.headers["location"]
    assert "openid" not in refused.headers["location"]
    assert code(one_time(driver, driver.openid("p1", SERVICE))) == 43101
    driver.send("GET", f"{target}&person=p1&answer=confirm")
    assert code(one_time(driver, driver.openid("p1", SERVICE))) == 0


def test_the_page_of_a_one_time_message_says_what_is_wrong(driver: Driver):
    assert driver.refused("one_time", person="p1", appid=MINI, scene=7) == "page_refused"
    assert driver.refused("one_time", person="p1", appid=SERVICE, scene=10_001) == "page_refused"
    assert driver.refused("one_time", person="p1", appid=SERVICE, scene=7, template_id="x") == "page_refused"
    assert driver.refused("one_time", person="p1", appid=SERVICE, scene=7, redirect_url="x") == "page_refused"


POSTS = (
    SEND,
    BIZSEND,
    ONE_TIME,
    "/cgi-bin/template/api_set_industry",
    "/cgi-bin/template/api_add_template",
    "/cgi-bin/template/del_private_template",
)
GETS = ("/cgi-bin/template/get_industry", "/cgi-bin/template/get_all_private_template")


def test_an_account_that_is_not_verified_writes_to_nobody_first(driver: Driver):
    personal = a_personal_account(driver)

    assert {code(post(driver, path, personal)) for path in POSTS} == {48001}
    assert {code(get(driver, path, personal)) for path in GETS} == {48001}


def test_template_messages_are_a_service_accounts(driver: Driver):
    paper = a_subscription_account(driver)

    assert code(post(driver, SEND, paper)) == 48001
    assert code(post(driver, BIZSEND, paper)) == 40037
