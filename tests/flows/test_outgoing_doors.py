"""A door that WeChat shut is shut for everyone until its count begins anew, and nobody is asked in between."""

import pytest

from house import CAKESTAND, MINI, SUBSCRIBE_SEND, House
from roulian import tell
from roulian.tell import Door, Scenario

pytestmark = pytest.mark.anyio


async def test_day_quota_used_up_is_not_asked_again_before_midnight(house: House):
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    for name in ("chen", "lin"):
        person = await house.person(name, accepts=[Scenario.DELAY])
        await house.buy(person, CAKESTAND)
        await house.after(minutes=1)
    await house.fault("errcode", times=9, path=SUBSCRIBE_SEND, errcode=45009)

    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-09")

    notices = house.app.store.read(lambda tx: tell.notices_page(tx, scenarios=[Scenario.DELAY]))
    assert [notice.door for notice in notices] == [Door.USER_NOTIFY, Door.USER_NOTIFY]
    assert len(await house.calls(SUBSCRIBE_SEND)) == 1
    members = [notice.member for notice in notices]
    assert [each["tpl_delay"] for each in house.app.store.read(lambda tx: tell.consents(tx, members)).values()] == [
        1,
        1,
    ]
    shut = [row for row in (await house.ask("GET", "/api/console/quotas")).json() if row["code"]]
    assert [(row["account"], row["door"], row["code"], row["left"]) for row in shut] == [
        (MINI, "subscribe", "45009", 0)
    ]


async def test_right_that_wechat_denies_is_not_counted_on_again(house: House):
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    await house.buy(chen, CAKESTAND)
    await house.fault("errcode", times=1, path=SUBSCRIBE_SEND, errcode=48001)

    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-09")

    templates = house.app.outside.templates
    [mini] = [
        one for one in house.app.store.read(lambda tx: tell.senders(tx, templates=templates)) if one.appid == MINI
    ]
    assert mini.denied == {Door.SUBSCRIBE}
    assert len(await house.cards(chen)) == 2
