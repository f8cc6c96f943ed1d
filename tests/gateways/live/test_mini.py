"""What the platform does with its mini-program: logins, phones, links, texts judged, shipping, parcels, figures."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from gateways.live.home import MINI, ORDER, Home
from roulian.gateways.wechat import (
    Advice,
    Consignment,
    OrderState,
    Parcel,
    ParcelState,
    Party,
    Reaction,
    Refused,
    Shown,
    TextScene,
    Tracked,
)


async def refusal(call: Any) -> Refused:
    with pytest.raises(Refused) as no:
        await call
    return no.value


async def login(home: Home) -> Any:
    code = (await home.control("wx_login", person="ann", appid=MINI))["code"]
    return await home.wechat.login.code_session(MINI, code)


def test_a_session_key_is_valid_until_the_next_login(play):
    async def story(home: Home) -> Any:
        old, new = await login(home), await login(home)
        api = home.wechat.login
        return [
            await api.is_session_valid(MINI, openid=each.openid, session_key=each.session_key) for each in (old, new)
        ]

    assert play(story) == [False, True]


def test_a_phone_number_is_given_once_and_never_shows(play):
    async def story(home: Home) -> Any:
        await home.control("persons/phone", person="ann", number="13800138000")
        code = (await home.control("phone_number", person="ann", appid=MINI))["code"]
        phone = await home.wechat.login.phone_number(MINI, code)
        return phone, await refusal(home.wechat.login.phone_number(MINI, code))

    phone, again = play(story)

    assert (phone.number, phone.country_code) == ("13800138000", "86")
    assert "13800138000" not in repr(phone)
    assert again.reaction is Reaction.LOG_IN_AGAIN


def test_who_has_just_paid_has_a_unionid(play):
    async def story(home: Home) -> Any:
        transaction, openid = await home.paid(), await home.openid()
        found = await home.wechat.login.paid_unionid(MINI, openid=openid, transaction_id=transaction)
        return found, (await login(home)).unionid

    found, known = play(story)

    assert found == known


def test_codes_and_links_open_the_page_they_were_made_for(play):
    async def story(home: Home) -> Any:
        await home.control("accounts/pages", appid=MINI, pages=["pages/item/item"])
        image = await home.wechat.links.mini_code(MINI, scene="art_01", page="pages/item/item")
        link = await home.wechat.links.url_link(MINI, path="pages/item/item", query="id=1", lives_days=7)
        opened = await home.control("open_link", person="ann", image=base64.b64encode(image).decode())
        long = await refusal(home.wechat.links.mini_code(MINI, scene="字" * 40, page="pages/item/item"))
        return opened, await home.control("open_link", person="ann", link=link), long

    by_code, by_link, long = play(story)

    assert (by_code["path"], "art_01" in by_code["query"]) == ("pages/item/item", True)
    assert (by_link["path"], by_link["query"]) == ("pages/item/item", "id=1")
    assert long.errcode == 40169


def test_a_text_is_judged_for_who_was_here_within_two_hours(play):
    async def story(home: Home) -> Any:
        await home.control("judged_words", word="秘方", label=10001, suggest="risky")
        await home.control("visit", person="ann", appid=MINI, page="pages/item/item")
        openid = await home.openid()

        async def check(text: str) -> Any:
            return await home.wechat.safety.check_text(MINI, openid=openid, text=text, scene=TextScene.COMMENT)

        good, bad = await check("灯很好看"), await check("祖传秘方")
        home.clock.move_to(home.clock.now().plus(timedelta(hours=3)))
        return good, bad, await refusal(check("灯很好看"))

    good, bad, late = play(story)

    assert (good.advice, bad.advice, bad.label) == (Advice.PASS, Advice.RISKY, 10001)
    assert late.errcode == 61010


def test_an_order_is_shipped_in_parts_listed_and_its_buyer_reminded(play):
    async def story(home: Home) -> Any:
        api = home.wechat.shipping
        await home.paid()
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        before, _ = await api.orders(MINI, state=OrderState.TO_SHIP)

        async def ship(*waybills: str, is_all: bool) -> None:
            parcels = [Parcel(waybill, "TEST", "心形吊灯") for waybill in waybills]
            await api.upload(
                MINI,
                out_trade_no=ORDER,
                openid=await home.openid(),
                parcels=parcels,
                is_all=is_all,
                at=home.clock.now(),
            )

        await ship("RL1", is_all=False)
        part = await api.order(MINI, out_trade_no=ORDER)
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        await ship("RL1", "RL2", is_all=True)
        await api.set_order_page(MINI, "pages/order/order?id=${商品订单号}")
        whole = await api.order(MINI, out_trade_no=ORDER)
        after, more = await api.orders(MINI, state=OrderState.SHIPPED)
        return before, part, whole, after, more

    before, part, whole, after, more = play(story)

    assert [(one.out_trade_no, one.state, one.paid_fen) for one in before] == [(ORDER, OrderState.TO_SHIP, 4990)]
    assert (part.state, whole.state) == (OrderState.TO_SHIP, OrderState.SHIPPED)
    assert ([one.transaction_id for one in after], more) == ([whole.transaction_id], "")


def test_a_buyer_whose_parcel_was_signed_for_is_reminded_once(play):
    async def story(home: Home) -> Any:
        api, transaction = home.wechat.shipping, await home.paid()
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        await api.upload(
            MINI,
            out_trade_no=ORDER,
            openid=await home.openid(),
            parcels=[Parcel("RL9", "TEST", "灯")],
            is_all=True,
            at=home.clock.now(),
        )
        for action in (100001, 200001, 300002, 300003):
            home.clock.move_to(home.clock.now().plus(timedelta(hours=6)))
            step = {"delivery_id": "TEST", "waybill_id": "RL9", "action_type": action}
            await home.control("express_path", appid=MINI, person="ann", **step)
        await api.remind_confirm(MINI, out_trade_no=ORDER, received_at=home.clock.now())
        return transaction, await refusal(api.remind_confirm(MINI, out_trade_no=ORDER, received_at=home.clock.now()))

    _, again = play(story)

    assert again.reaction is Reaction.PERMANENT


def test_goods_that_are_collected_are_filed_as_such(play):
    async def story(home: Home) -> Any:
        await home.paid()
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        about = {"out_trade_no": ORDER, "openid": await home.openid(), "item_desc": "灯", "at": home.clock.now()}
        await home.wechat.shipping.upload_pick_up(MINI, **about)
        await home.wechat.shipping.upload_pick_up(MINI, **about)
        return (await home.look("order", out_trade_no=ORDER, mchid=home.wechat.shipping._mchid))["order"]

    order = play(story)

    assert (order["shipping"]["logistics_type"], order["order_state"]) == (4, 2)


def a_consignment(openid: str) -> Consignment:
    """A lamp from the warehouse to Ann."""
    return Consignment(
        key="shp_1-1",
        openid=openid,
        delivery_id="TEST",
        biz_id="test_biz_id",
        service_type=1,
        service_name="test_service_name",
        sender=Party("仓库", "057112345678", "浙江省", "嘉兴市", "南湖区", "中环南路 1 号"),
        receiver=Party("安", "13800138000", "上海市", "上海市", "静安区", "南京西路 1 号"),
        weight_g=800,
        goods=[(Shown("灯", "https://img.example/lamp.jpg"), 1)],
        page="pages/order/order?id=1",
    )


def test_a_waybill_is_made_once_found_by_our_key_followed_and_made_void_once(play):
    async def story(home: Home) -> Any:
        api, openid = home.wechat.waybills, await home.openid()
        named = {"key": "shp_1-1", "delivery_id": "TEST"}
        nothing = await api.find(MINI, **named)
        made, again = await api.make(MINI, a_consignment(openid)), await api.make(MINI, a_consignment(openid))
        found = await api.find(MINI, **named)
        still = await api.path(MINI, **named, number=made, openid=openid)
        for _ in range(2):
            await api.cancel(MINI, **named, number=made, openid=openid)
        void = await api.find(MINI, **named)
        return nothing, made, again, found, still, void

    nothing, made, again, found, still, void = play(story)

    assert (nothing, again, still) == (None, made, ())
    assert (found.number, found.is_void, void.number, void.is_void) == (made, False, made, True)
    assert base64.b64decode(found.label_html).startswith(b"<html>")
    assert "13800138000" not in repr(a_consignment("o"))
    assert found.label_html not in repr(found)


def test_whether_money_is_held_and_its_terms_agreed_is_told(play):
    async def story(home: Home) -> Any:
        api = home.wechat.shipping
        return await api.is_trade_managed(MINI), await api.is_confirmation_completed(MINI)

    is_managed, is_agreed = play(story)

    assert is_managed is True
    assert isinstance(is_agreed, bool)


def test_a_parcel_of_any_carrier_is_followed(play):
    async def story(home: Home) -> Any:
        transaction, openid = await home.paid(), await home.openid()
        parcel = Tracked(openid, "RL5", "TEST", "13800138000", transaction, [Shown("灯", "https://x.example/1.png")])
        token = await home.wechat.express.trace(MINI, parcel)
        states = [await home.wechat.express.state(MINI, openid=openid, token=token)]
        step = {"delivery_id": "TEST", "waybill_id": "RL5", "action_type": 100001}
        await home.control("express_path", appid=MINI, person="ann", **step)
        states.append(await home.wechat.express.state(MINI, openid=openid, token=token))
        strange = await refusal(home.wechat.express.state(MINI, openid=openid, token="nothing"))
        return token, await home.wechat.express.trace(MINI, parcel), states, strange, repr(parcel)

    token, again, states, strange, shown = play(story)

    assert token == again
    assert states[-1] is not ParcelState.UNKNOWN
    assert strange.errcode == 9300507
    assert "13800138000" not in shown


def test_visits_of_a_day_are_counted_the_next_morning(play):
    async def story(home: Home) -> Any:
        today = home.clock.now().day()
        for person in ("ann", "bob"):
            await home.control("visit", person=person, appid=MINI, page="pages/item/item")
        home.clock.move_to(today.plus(1).at(9))
        return today, await home.wechat.statistics.visits(MINI, today)

    today, visits = play(story)

    assert (visits.ref_day, visits.people, visits.newcomers) == (today, 2, 2)
    assert visits.views >= visits.people
