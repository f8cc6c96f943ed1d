"""What people do in WeChat, pushed late, twice and out of order, opens exactly the ways to write to them that it should."""

import pytest

from house import CAKESTAND, CARD_SEND, MINI, House, Person
from roulian import people, tell
from roulian.tell import Follow, NoticeStatus, Opener, Scenario
from roulian.words import MemberId

pytestmark = pytest.mark.anyio

DAILY = "wx5c1d20260603b003"


async def the_supplier_is_late(house: House) -> None:
    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-09")


async def a_buyer_without_consent(house: House) -> Person:
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    chen = await house.person("chen")
    await house.buy(chen, CAKESTAND)
    return chen


async def member_of(house: House, name: str, appid: str) -> MemberId:
    openid = (await house.look("openid", person=name, appid=appid))["openid"]
    found = house.app.store.read(lambda tx: people.member_by_openid(tx, appid=appid, openid=openid))
    assert found is not None
    return found


def windows(house: House, member: MemberId) -> list[tuple[str, Opener, int]]:
    found = house.app.store.read(lambda tx: tell.windows(tx, member))
    return [(window.account, window.opener, window.left) for window in found]


async def test_buyer_who_wrote_to_us_reads_the_bad_news_as_an_answer(house: House):
    chen = await a_buyer_without_consent(house)
    await house.control("say", person="chen", appid=MINI, text="我的蛋糕架什么时候到?")
    await house.settle()
    await house.fault("errcode", times=9, path=CARD_SEND, errcode=85448)

    await the_supplier_is_late(house)

    [answer] = await house.messages(chen, "custom")
    assert "2026-06-10" in str(answer["content"])
    [notice] = house.app.store.read(lambda tx: tell.notices_page(tx, scenarios=[Scenario.DELAY]))
    assert (notice.status, notice.door) == (NoticeStatus.SENT, "customer_service")
    assert windows(house, MemberId(chen.member)) == [(MINI, Opener.MESSAGE, 4)]
    assert house.restless() == []


async def test_pushes_twice_and_out_of_order_open_each_window_once(house: House):
    chen = await house.person("chen")
    await house.fault("duplicate", times=3, owner=MINI)
    await house.fault("reorder", times=2, owner=MINI)

    await house.control("enter_session", person="chen", appid=MINI)
    await house.control("say", person="chen", appid=MINI, text="在吗")
    await house.settle()
    await house.after(seconds=30)

    member = MemberId(chen.member)
    assert sorted(windows(house, member)) == [(MINI, Opener.MESSAGE, 5), (MINI, Opener.SESSION_ENTER, 2)]
    await house.after(minutes=1)
    assert windows(house, member) == [(MINI, Opener.MESSAGE, 5)]


async def test_follower_of_an_account_is_a_member_until_they_leave(house: House):
    await house.control("persons", names=["wu"])
    await house.control("follow", person="wu", appid=DAILY)
    await house.settle()
    member = await member_of(house, "wu", DAILY)
    before = house.app.store.read(lambda tx: tell.follows(tx, member))

    await house.after(minutes=5)
    await house.control("unfollow", person="wu", appid=DAILY)
    await house.settle()

    assert before == {DAILY: Follow.FOLLOWING}
    assert house.app.store.read(lambda tx: tell.follows(tx, member)) == {DAILY: Follow.LEFT}
    assert house.restless() == []


async def test_tap_on_no_is_noted_and_takes_no_consent(house: House):
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    answers = {"tpl_delay": "reject", "tpl_refunded": "accept"}

    await house.control("consent", person="chen", appid=MINI, answers=answers)
    await house.settle()

    member = MemberId(chen.member)
    left = house.app.store.read(lambda tx: tell.consents(tx, [member]))[member]
    assert left == {"tpl_delay": 1, "tpl_refunded": 1}


async def test_two_pop_ups_in_one_second_count_twice_when_they_ask_for_different_things(house: House):
    chen = await house.person("chen")

    for answers in ({"tpl_delay": "accept"}, {"tpl_delay": "accept", "tpl_refunded": "accept"}):
        await house.control("consent", person="chen", appid=MINI, answers=answers)
    await house.settle()

    member = MemberId(chen.member)
    left = house.app.store.read(lambda tx: tell.consents(tx, [member]))[member]
    assert left == {"tpl_delay": 2, "tpl_refunded": 1}


async def test_follower_who_turns_out_to_be_a_buyer_keeps_what_they_allowed(house: House):
    """The follower is known by the official account's openid alone until a login shows the unionid of both."""
    chen = await house.person("chen")
    await house.control("follow", person="chen", appid=DAILY)
    await house.settle()
    follower = await member_of(house, "chen", DAILY)
    apart = follower != chen.member
    openid = (await house.look("openid", person="chen", appid=DAILY))["openid"]
    unionid = house.app.store.read(lambda tx: people.members(tx, [MemberId(chen.member)]))[
        MemberId(chen.member)
    ].unionid

    house.app.store.call(lambda tx: people.sign_in(tx, appid=DAILY, openid=openid, unionid=unionid))
    await house.settle()

    assert apart
    assert house.app.store.read(lambda tx: tell.follows(tx, MemberId(chen.member))) == {DAILY: Follow.FOLLOWING}
    assert house.restless() == []


async def test_two_who_are_parted_again_each_have_what_they_allowed(house: House):
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    await house.control("follow", person="chen", appid=DAILY)
    await house.settle()
    follower, buyer = await member_of(house, "chen", DAILY), MemberId(chen.member)
    openid = (await house.look("openid", person="chen", appid=DAILY))["openid"]
    unionid = house.app.store.read(lambda tx: people.members(tx, [buyer]))[buyer].unionid
    house.app.store.call(lambda tx: tell.grant(tx, follower, template="t1", n=2, source="tap"))
    house.app.store.call(lambda tx: people.sign_in(tx, appid=DAILY, openid=openid, unionid=unionid))
    await house.settle()
    as_one = house.app.store.read(lambda tx: tell.consents(tx, [buyer, follower]))

    house.app.store.call(lambda tx: people.part(tx, buyer, gone=follower))
    await house.settle()

    assert as_one == {buyer: {"tpl_delay": 1, "t1": 2}, follower: {"t1": 0}}
    assert house.app.store.read(lambda tx: tell.consents(tx, [buyer])) == {buyer: {"tpl_delay": 1, "t1": 0}}
    assert house.app.store.read(lambda tx: tell.consents(tx, [follower])) == {follower: {"t1": 2}}
    assert house.app.store.read(lambda tx: tell.follows(tx, buyer)) == {}
    assert house.app.store.read(lambda tx: tell.follows(tx, follower)) == {DAILY: Follow.FOLLOWING}
    assert house.restless() == []
