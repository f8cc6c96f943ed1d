"""Accounts that authorised the brand's open platform by a scan: their tokens, their rights, what is pushed for them."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateways.live.home import MINI, NEWS, Home, query_of
from roulian.gateways.wechat import AccountKeys, Reaction, Refused, ticket_name
from roulian.words import Rejected

PLATFORM = "wxplatform000001"
RENEW = "/cgi-bin/component/api_authorizer_token"
COMPONENT = "/cgi-bin/component/api_component_token"


async def a_platform(home: Home) -> None:
    """The brand's platform has its first ticket."""
    made = (
        await home.control(
            "platforms",
            appid=PLATFORM,
            name="柔链",
            ticket_url="https://shop.example/wechat/platform",
            message_url="https://shop.example/wechat/callback/$APPID$",
        )
    )["platform"]
    home.book.own_platform = AccountKeys(PLATFORM, made["secret"], made["token"], made["aes_key"])
    await take_ticket(home)


async def take_ticket(home: Home) -> None:
    for push in await home.pushed():
        if urlsplit(push.url).path != "/wechat/platform":
            continue
        said = (await home.wechat.inbox.open_platform(query_of(push), push.body)).message
        if said["InfoType"] == "component_verify_ticket":
            until = home.clock.now().plus(timedelta(hours=12))
            await home.shelf.keep(ticket_name(PLATFORM), str(said["ComponentVerifyTicket"]), expires_at=until)


async def authorised(home: Home, appid: str = NEWS, **choice: Any) -> Any:
    """What the owner's scan gave; the account is spoken for through the platform from now on."""
    code = (await home.control("platforms/authorize", platform=PLATFORM, appid=appid, **choice))["auth_code"]
    given = await home.wechat.platform.authorised(code)
    home.book.accounts[appid] = AccountKeys(appid, refresh_token=given.refresh_token)
    return given


async def refusal(call: Any) -> Any:
    with pytest.raises(Rejected) as no:
        await call
    return no.value


def test_an_owner_is_led_to_wechats_page_and_back(play):
    async def story(home: Home) -> Any:
        await a_platform(home)
        link = await home.wechat.platform.authorise_link(back_to="https://shop.example/back")
        asked = parse_qs(urlsplit(link).query)
        given = await authorised(home, sets=[1, 7], pre_auth_code=asked["pre_auth_code"][0])
        return link, asked, given, await home.wechat.platform.account(NEWS)

    link, asked, given, told = play(story)

    assert link.startswith("https://mp.weixin.qq.com/cgi-bin/componentloginpage?")
    assert asked["redirect_uri"] == ["https://shop.example/back"]
    assert (given.appid, given.permission_sets) == (NEWS, frozenset({1, 7}))
    assert given.refresh_token not in repr(given)
    assert (told.appid, told.is_service, told.is_mini_program, told.permission_sets) == (
        NEWS,
        True,
        False,
        frozenset({1, 7}),
    )


def test_an_authorised_account_is_spoken_for_with_one_fetched_token(play):
    async def story(home: Home) -> Any:
        await a_platform(home)
        await authorised(home)
        await asyncio.gather(*(home.wechat.content.draft_count(NEWS) for _ in range(16)))
        return home.wire.asked

    asked = play(story)

    assert (asked.count(RENEW), asked.count(COMPONENT)) == (1, 1)
    assert asked.count("/cgi-bin/draft/count") == 16


def test_a_mini_program_logs_in_through_the_platform(play):
    async def story(home: Home) -> Any:
        await a_platform(home)
        await authorised(home, MINI)
        code = (await home.control("wx_login", person="ann", appid=MINI))["code"]
        return await home.wechat.login.code_session(MINI, code), await home.openid(), home.wire.asked

    session, openid, asked = play(story)

    assert session.openid == openid
    assert "/sns/component/jscode2session" in asked


def test_a_new_refresh_token_is_kept_before_the_access_token_is_used(play):
    async def story(home: Home) -> Any:
        await a_platform(home)
        given = await authorised(home)
        kept: list[str] = []
        renewed = home.book.renewed

        async def watched(appid: str, refresh_token: str) -> None:
            kept.append(home.wire.asked[-1])
            await renewed(appid, refresh_token)

        home.book.renewed = watched  # type: ignore[method-assign]
        home.wire.change[RENEW] = (b'"authorizer_refresh_token":"', b'"authorizer_refresh_token":"next_')
        await home.wechat.content.draft_count(NEWS)
        return given.refresh_token, home.book.accounts[NEWS].refresh_token, kept

    given, now, kept = play(story)

    assert (now, kept) == (f"next_{given}", [RENEW])


def test_a_scan_taken_back_means_the_owner_must_scan_again(play):
    async def story(home: Home) -> Any:
        await a_platform(home)
        await authorised(home)
        await home.control("platforms/unauthorize", platform=PLATFORM, appid=NEWS)
        pushes = [
            (await home.wechat.inbox.open_platform(query_of(push), push.body)).message
            for push in await home.pushed()
            if urlsplit(push.url).path == "/wechat/platform"
        ]
        return pushes, await refusal(home.wechat.content.draft_count(NEWS))

    pushes, no = play(story)

    assert [(one["InfoType"], one["AuthorizerAppid"]) for one in pushes][-1] == ("unauthorized", NEWS)
    assert isinstance(no, Refused)
    assert no.reaction is Reaction.AUTHORISE_AGAIN


def test_what_is_pushed_for_an_authorised_account_is_sealed_for_the_platform(play):
    async def story(home: Home) -> Any:
        await a_platform(home)
        await authorised(home)
        await home.follows()
        (push,) = [one for one in await home.pushed() if urlsplit(one.url).path == f"/wechat/callback/{NEWS}"]
        return (await home.wechat.inbox.open(NEWS, query_of(push), push.body)).message

    assert play(story)["Event"] == "subscribe"


def test_without_a_ticket_or_a_platform_the_reason_is_told(play):
    async def story(home: Home) -> Any:
        none = await refusal(home.wechat.platform.authorise_link(back_to="https://x.example"))
        await a_platform(home)
        home.clock.move_to(home.clock.now().plus(timedelta(hours=13)))
        return none.code, (await refusal(home.wechat.platform.authorised("code"))).code

    assert play(story) == ("no_platform", "no_ticket")


def test_accounts_hang_on_one_open_account_or_on_none(play):
    async def story(home: Home) -> Any:
        api = home.wechat.platform
        await home.control("accounts", appid="wx_lone", kind="service", secret="s")
        home.book.accounts["wx_lone"] = AccountKeys("wx_lone", "s")
        before = await api.open_account(NEWS), await api.open_account("wx_lone")
        made = await api.create_open_account("wx_lone")
        await home.control("accounts", appid="wx_second", kind="service", secret="s")
        home.book.accounts["wx_second"] = AccountKeys("wx_second", "s")
        await api.bind_open_account("wx_second", made)
        return before, made, await api.open_account("wx_second")

    before, made, second = play(story)

    assert before == ("wx_open", None)
    assert made == second


def test_the_declared_personal_data_are_told_to_the_platform(play):
    async def story(home: Home) -> Any:
        await a_platform(home)
        await authorised(home, MINI)
        before = await home.wechat.platform.declared_privacy(MINI)
        await home.control("privacy/declare", appid=MINI, keys=["PhoneNumber"])
        return before, await home.wechat.platform.declared_privacy(MINI)

    assert play(story) == (frozenset(), frozenset({"PhoneNumber"}))
