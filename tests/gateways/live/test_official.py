"""What the platform does with an official account: followers, messages, articles, codes, figures."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from gateways.live.home import MINI, NEWS, Home
from roulian.gateways.wechat import MiniPage, NewArticle, PublishState, Reaction, Refused, Upload

PAGE = MiniPage(MINI, "pages/order/order?id=1")
PIXEL = Upload(
    "pixel.png",
    "image/png",
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
)


async def a_draft(home: Home, title: str = "新灯") -> str:
    cover = await home.wechat.content.add_image(NEWS, PIXEL)
    article = NewArticle(title, "<p>以需定产</p>", cover.media, author="柔链", digest="一盏灯")
    return await home.wechat.content.add_draft(NEWS, [article])


async def refusal(call: Any) -> Refused:
    with pytest.raises(Refused) as no:
        await call
    return no.value


def test_followers_are_listed_and_told_with_their_unionid_and_how_they_came(play):
    async def story(home: Home) -> Any:
        openids = [await home.follows(name) for name in ("ann", "bob")]
        await home.control("unfollow", person="bob", appid=NEWS)
        listed = await home.wechat.followers.openids(NEWS)
        told = await home.wechat.followers.followers(NEWS, openids)
        return openids, listed, await home.wechat.followers.openids(NEWS, after=listed[1]), told, home.clock.now()

    (ann, bob), listed, rest, (first, second), now = play(story)

    assert listed == ((ann,), ann)
    assert rest == ((), "")
    assert (first.openid, first.is_following, first.followed_at.ms) == (ann, True, now.ms // 1000 * 1000)
    assert first.unionid
    assert first.scene
    assert (second.openid, second.is_following, second.followed_at) == (bob, False, None)


def test_tags_are_made_given_and_taken_away(play):
    async def story(home: Home) -> Any:
        ann, api = await home.follows(), home.wechat.followers
        tag = await api.create_tag(NEWS, "烘焙")
        await api.tag(NEWS, tag, [ann])
        (tagged,) = await api.followers(NEWS, [ann])
        await api.untag(NEWS, tag, [ann])
        (bare,) = await api.followers(NEWS, [ann])
        return tag, await api.tags(NEWS), tagged.tags, bare.tags, await refusal(api.create_tag(NEWS, "烘焙"))

    tag, tags, tagged, bare, twice = play(story)

    assert tags["烘焙"] == tag
    assert (tagged, bare) == (frozenset({tag}), frozenset())
    assert twice.errcode == 45157


def test_a_template_message_arrives_and_the_same_key_is_not_sent_twice(play):
    async def story(home: Home) -> Any:
        await home.control(
            "template_messages", appid=NEWS, template_id="tm", title="付款成功", content="商品:{{thing1.DATA}}"
        )
        ann, api = await home.follows(), home.wechat.messages

        async def send(openid: str = ann, **values: str) -> str:
            return await api.send_template(
                NEWS, openid=openid, template="tm", opens=PAGE, values=values or {"thing1": "灯"}, key="ntc_1"
            )

        ids = [await send(), await send()]
        stranger = await refusal(send(await home.openid("bob", NEWS)))
        return ids, stranger, (await home.look("messages", person="ann"))["messages"]

    ids, stranger, messages = play(story)

    assert ids[0] == ids[1] != "0"
    assert len(messages) == 1
    assert (stranger.errcode, stranger.reaction) == (43004, Reaction.DROP_RECIPIENT)


def test_a_subscription_notice_of_a_service_account_spends_its_consent(play):
    async def story(home: Home) -> Any:
        await home.control("templates", appid=NEWS, template_id="sub", fields=["thing1"])
        ann = await home.follows()
        await home.control("consent", person="ann", appid=NEWS, answers={"sub": "accept"})

        async def send() -> None:
            await home.wechat.messages.send_bizsubscribe(
                NEWS, openid=ann, template="sub", opens=PAGE, values={"thing1": "灯"}
            )

        await send()
        return await refusal(send())

    assert play(story).reaction is Reaction.CLOSE_CONSENT


def test_customer_service_writes_within_the_window_alone(play):
    async def story(home: Home) -> Any:
        ann, api = await home.follows(), home.wechat.messages
        home.clock.move_to(home.clock.now().plus(timedelta(hours=1)))
        closed = await refusal(api.send_text(NEWS, openid=ann, text="在吗"))
        await home.control("say", person="ann", appid=NEWS, text="灯什么时候到?")
        await api.send_text(NEWS, openid=ann, text="三天内发货")
        picture = await home.wechat.content.add_image(NEWS, PIXEL)
        await api.send_mini_page(NEWS, openid=ann, title="看订单", opens=PAGE, thumb=picture.media)
        return closed, [one["content"] for one in (await home.look("messages", person="ann"))["messages"]]

    closed, said = play(story)

    assert (closed.errcode, closed.reaction) == (45015, Reaction.SWITCH_DOOR)
    assert "三天内发货" in str(said[-2])
    assert PAGE.path in str(said[-1])


def test_an_article_is_drafted_changed_published_and_withdrawn(play):
    async def story(home: Home) -> Any:
        api = home.wechat.content
        url = await api.upload_image(NEWS, PIXEL)
        draft = await a_draft(home)
        cover = await api.add_image(NEWS, PIXEL)
        await api.update_draft(NEWS, draft, 0, NewArticle("新灯到了", f'<p><img src="{url}"></p>', cover.media))
        spare = await a_draft(home, "多余")
        counts = [await api.draft_count(NEWS)]
        await api.delete_draft(NEWS, spare)
        publish = await api.publish(NEWS, draft)
        early = await api.publication(NEWS, publish)
        home.clock.move_to(home.clock.now().plus(timedelta(seconds=5)))
        await home.sandbox.pump()
        done = await api.publication(NEWS, publish)
        await api.withdraw(NEWS, done.article)
        counts.append(await api.draft_count(NEWS))
        return counts, early, done, await api.publication(NEWS, publish), url

    counts, early, done, gone, url = play(story)

    assert url.startswith("http")
    assert counts == [2, 0]
    assert (early.state, early.urls) == (PublishState.UNDER_WAY, ())
    assert (done.state, len(done.urls)) == (PublishState.DONE, 1)
    assert gone.state is PublishState.DELETED


def test_an_account_without_the_right_to_write_is_told_so(play):
    async def story(home: Home) -> Any:
        await home.control("accounts", appid="wx_small", kind="subscription", is_verified=False, secret="s")
        home.book.accounts["wx_small"] = type(home.keys[NEWS])("wx_small", "s")
        return await refusal(home.wechat.content.draft_count("wx_small"))

    assert play(story).reaction is Reaction.NOT_AUTHORISED


def test_a_mass_message_goes_once_to_all_and_once_to_some(play):
    async def story(home: Home) -> Any:
        api = home.wechat.messages
        openids = [await home.follows(name) for name in ("ann", "bob")]
        first = await api.mass_by_tag(NEWS, draft=await a_draft(home), tag=None, key="mass_1")
        twice = await refusal(api.mass_by_tag(NEWS, draft=await a_draft(home), tag=None, key="mass_1"))
        second = await api.mass_to(NEWS, draft=await a_draft(home, "给你们"), openids=openids, key="mass_2")
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=5)))
        await home.sandbox.pump()
        return first, twice, second, await api.mass_status(NEWS, first.message_id)

    first, twice, second, status = play(story)

    assert first.message_id != second.message_id
    assert (twice.errcode, twice.reaction) == (45065, Reaction.DONE_ALREADY)
    assert status == "SEND_SUCCESS"


def test_who_scans_a_code_tells_its_scene(play):
    async def story(home: Home) -> Any:
        lasting = await home.wechat.links.qr_code(NEWS, scene="art_01", lives=None)
        short = await home.wechat.links.qr_code(NEWS, scene="art_02", lives=timedelta(days=1))
        ticket = short.picture_url.partition("ticket=")[2]
        await home.control("scan", person="ann", ticket=ticket)
        (follower,) = await home.wechat.followers.followers(NEWS, [await home.openid("ann", NEWS)])
        return lasting, short, follower

    lasting, short, follower = play(story)

    assert lasting.url != short.url
    assert follower.qr_scene == "art_02"


def test_followers_won_and_lost_are_told_by_day(play):
    async def story(home: Home) -> Any:
        today = home.clock.now().day()
        await home.follows("ann")
        await home.follows("bob")
        await home.control("unfollow", person="bob", appid=NEWS)
        home.clock.move_to(today.plus(1).at(9))
        return today, await home.wechat.statistics.follower_changes(NEWS, today, today)

    today, changes = play(story)

    assert {change.ref_day for change in changes} == {today}
    assert (sum(one.came for one in changes), sum(one.left for one in changes)) == (2, 1)
