"""Pay's own keys change: a certificate renewed, the seven days of a switch, forged serials."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateways.live.home import ORDER, Home
from roulian.words import Rejected, Unreachable

CERTIFICATES = "/v3/certificates"


async def renewed(home: Home) -> None:
    """Pay has a second certificate, which alone signs in ten days; we know the first."""
    await home.control("certificates/renew")
    home.clock.move_to(home.clock.now().plus(timedelta(days=11)))


async def signed_anew(home: Home, order: str = ORDER) -> Any:
    await home.paid(order=order)
    (said,) = await home.pushed()
    return said


def test_a_renewed_certificate_is_fetched_once_for_many_notices(play):
    async def story(home: Home) -> Any:
        known = home.a_pay(dict(home.platform_keys))
        await renewed(home)
        home.pay = home.a_pay(dict(home.platform_keys))
        said = await signed_anew(home)
        before = home.wire.asked.count(CERTIFICATES)
        notices = await asyncio.gather(*(known.read_notice(said.headers, said.body) for _ in range(8)))
        return (
            notices,
            home.wire.asked.count(CERTIFICATES) - before,
            said.headers["Wechatpay-Serial"],
            home.platform_keys,
        )

    notices, fetched, serial, known = play(story, key_mode="certificate")

    assert serial not in known
    assert {one.says.out_trade_no for one in notices} == {ORDER}
    assert fetched == 1


def test_an_answer_signed_with_a_renewed_certificate_is_proved(play):
    async def story(home: Home) -> Any:
        await home.prepaid()
        await renewed(home)
        return (await home.pay.query(ORDER)).out_trade_no, home.wire.asked.count(CERTIFICATES)

    assert play(story, key_mode="certificate") == (ORDER, 1)


def test_a_forged_serial_costs_one_look_a_minute_and_is_refused(play):
    async def story(home: Home) -> Any:
        said = await signed_anew(home)
        forged = {**said.headers, "Wechatpay-Serial": "5DEA10EF55877E3CF6C33255C2E7DEFFF7E427EC"}
        codes = []
        for _ in range(20):
            with pytest.raises(Rejected) as no:
                await home.pay.read_notice(forged, said.body)
            codes.append(no.value.code)
        looks = home.wire.asked.count(CERTIFICATES)
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        with pytest.raises(Rejected):
            await home.pay.read_notice(forged, said.body)
        return set(codes), looks, home.wire.asked.count(CERTIFICATES)

    assert play(story, key_mode="certificate") == ({"unknown_serial"}, 1, 2)


def test_an_unknown_public_key_is_not_looked_for(play):
    async def story(home: Home) -> Any:
        said = await signed_anew(home)
        forged = {**said.headers, "Wechatpay-Serial": "PUB_KEY_ID_0000000000"}
        with pytest.raises(Rejected) as no:
            await home.pay.read_notice(forged, said.body)
        return no.value.code, home.wire.asked.count(CERTIFICATES)

    assert play(story) == ("unknown_serial", 0)


def test_during_a_switch_either_key_is_believed(play):
    async def story(home: Home) -> Any:
        serials, numbers = set(), []
        for day in range(8):
            order = f"ord_01J000000000000000000SWI{day}"
            said = await signed_anew(home, order)
            serials.add(said.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_"))
            numbers.append((await home.pay.read_notice(said.headers, said.body)).says.out_trade_no == order)
            home.clock.move_to(home.clock.now().plus(timedelta(days=1)))
        return serials, numbers

    serials, numbers = play(story, key_mode="switching")

    assert serials == {True, False}
    assert numbers == [True] * 8


def test_certificates_that_pay_does_not_sign_are_not_believed(play):
    async def story(home: Home) -> Any:
        await home.prepaid()
        await renewed(home)
        home.wire.change[CERTIFICATES] = (b"certificate", b"certificatE")
        with pytest.raises(Unreachable) as silence:
            await home.pay.query(ORDER)
        return str(silence.value)

    assert "unknown_serial" in play(story, key_mode="certificate")
