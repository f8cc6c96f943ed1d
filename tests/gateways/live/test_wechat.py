"""The WeChat gateway against the sandbox: tokens, calls, their errcodes, and what arrives."""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gateways.live.home import MCHID, MINI, NEWS, ORDER, TEMPLATE, Home, query_of
from roulian.gateways.wechat import Parcel, accepted, path_reports, withdrawn
from roulian.words import Day, Rejected, Unreachable

SEND = "/cgi-bin/message/subscribe/send"
STABLE = "/cgi-bin/stable_token"
TROUBLES = 9
VALUES = {"thing1": "心形吊灯", "date2": "2026-03-19"}


async def sent(home: Home, *, values: dict[str, str] = VALUES) -> str:
    return await home.wechat.messages.send_subscribe(
        MINI, openid=await home.openid(), template=TEMPLATE, page="pages/order?id=1", values=values
    )


async def allowed(home: Home, times: int = 1) -> None:
    for _ in range(times):
        await home.control("consent", person="ann", appid=MINI, answers={TEMPLATE: "accept"})


def test_a_login_code_gives_openid_and_unionid_once(play):
    async def story(home: Home) -> Any:
        code = (await home.control("wx_login", person="ann", appid=MINI))["code"]
        session = await home.wechat.login.code_session(MINI, code)
        with pytest.raises(Rejected) as again:
            await home.wechat.login.code_session(MINI, code)
        return session, again.value, await home.openid()

    session, again, openid = play(story)

    assert session.openid == openid
    assert session.unionid
    assert session.session_key not in repr(session)
    assert (again.code, len(again.trace)) == ("40163", 26)


def test_sixteen_callers_on_a_cold_shelf_fetch_one_token(play):
    async def story(home: Home) -> Any:
        await allowed(home, 16)
        await asyncio.gather(*(sent(home) for _ in range(16)))
        return home.wire.asked

    asked = play(story)

    assert asked.count(STABLE) == 1
    assert asked.count(SEND) == 16


def test_a_second_process_uses_the_token_the_first_has_kept(play):
    async def story(home: Home) -> Any:
        await home.wechat.shipping.is_trade_managed(MINI)
        assert await home.another_process().shipping.is_trade_managed(MINI) is True
        return home.wire.asked

    assert play(story).count(STABLE) == 1


def test_a_token_is_renewed_before_it_runs_out(play):
    async def story(home: Home) -> Any:
        await home.wechat.shipping.is_trade_managed(MINI)
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=115)))
        await home.wechat.shipping.is_trade_managed(MINI)
        before = home.wire.asked.count(STABLE)
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        await home.wechat.shipping.is_trade_managed(MINI)
        return before, home.wire.asked.count(STABLE)

    assert play(story) == (1, 2)


def test_a_dead_token_is_replaced_once_and_the_call_succeeds(play):
    async def story(home: Home) -> Any:
        await home.wechat.shipping.is_trade_managed(MINI)
        await home.control("tokens/kill", appid=MINI)
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=1)))
        assert await home.wechat.shipping.is_trade_managed(MINI) is True
        return home.wire.asked

    asked = play(story)

    assert asked.count("/wxa/sec/order/is_trade_managed") == 3
    assert asked.count(STABLE) == 2


def test_a_storm_of_40001_costs_two_calls_and_is_to_be_tried_later(play):
    async def story(home: Home) -> Any:
        await home.control("faults", kind="token_storm", times=50)
        with pytest.raises(Unreachable) as silence:
            await sent(home)
        return silence.value, home.wire.asked

    silence, asked = play(story)

    assert "40001" in str(silence)
    assert silence.lost is False
    assert asked.count(SEND) == 2
    assert asked.count(STABLE) == 2


def test_many_callers_with_one_dead_token_replace_it_once(play):
    async def story(home: Home) -> Any:
        await home.wechat.shipping.is_trade_managed(MINI)
        await home.control("tokens/kill", appid=MINI)
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=1)))
        await asyncio.gather(*(home.wechat.shipping.is_trade_managed(MINI) for _ in range(8)))
        return home.wire.asked

    assert play(story).count(STABLE) == 2


def test_a_message_arrives_with_its_values_and_spends_the_consent(play):
    async def story(home: Home) -> Any:
        await allowed(home)
        msgid = await sent(home)
        with pytest.raises(Rejected) as refusal:
            await sent(home)
        messages = (await home.look("messages", person="ann"))["messages"]
        return msgid, refusal.value, messages

    msgid, refusal, messages = play(story)

    assert msgid != "0"
    assert (refusal.code, refusal.message) == ("43101", "user refuse to accept the msg")
    assert refusal.trace
    assert [message["content"] for message in messages] == [VALUES]


def test_a_bad_value_is_rejected_with_the_field_named(play):
    async def story(home: Home) -> Any:
        await allowed(home)
        with pytest.raises(Rejected) as refusal:
            await sent(home, values={**VALUES, "thing1": "字" * 21})
        return refusal.value

    refusal = play(story)

    assert refusal.code == "47003"
    assert "thing1" in refusal.message


@pytest.mark.parametrize(
    ("error", "is_lost"),
    [(httpx.ConnectError, False), (httpx.ConnectTimeout, False), (httpx.ReadTimeout, True), (httpx.ReadError, True)],
)
def test_a_send_is_lost_only_when_it_may_have_arrived_and_is_never_repeated(play, error, is_lost):
    async def story(home: Home) -> Any:
        await allowed(home)
        home.wire.cut[SEND] = (error, is_lost)
        with pytest.raises(Unreachable) as silence:
            await sent(home)
        remaining = (await home.look("consents", appid=MINI, person="ann"))["remaining"]
        return silence.value.lost, home.wire.asked.count(SEND), remaining[TEMPLATE]

    assert play(story) == (is_lost, 1, 0 if is_lost else 1)


def test_a_bad_gateway_after_the_effect_is_lost_for_a_send_and_repeatable_for_a_question(play):
    async def story(home: Home) -> Any:
        await allowed(home)
        await home.control("faults", kind="lost_answer", path=SEND)
        with pytest.raises(Unreachable) as send:
            await sent(home)
        await home.control("faults", kind="lost_answer", path="/wxa/sec/order/is_trade_managed")
        with pytest.raises(Unreachable) as question:
            await home.wechat.shipping.is_trade_managed(MINI)
        return send.value.lost, question.value.lost

    assert play(story) == (True, False)


@pytest.mark.parametrize(
    ("errcode", "kind", "is_lost"),
    [(-1, Unreachable, True), (45011, Unreachable, False), (45009, Rejected, None), (40037, Rejected, None)],
)
def test_each_errcode_is_typed_by_what_may_be_done_about_it(play, errcode, kind, is_lost):
    async def story(home: Home) -> Any:
        await home.control("faults", kind="errcode", path=SEND, errcode=errcode)
        with pytest.raises(kind) as failure:
            await sent(home)
        return getattr(failure.value, "lost", None), getattr(failure.value, "code", str(errcode))

    assert play(story) == (is_lost, str(errcode))


def test_a_wrong_secret_is_rejected_before_any_call(play):
    async def story(home: Home) -> Any:
        await home.control("accounts", appid=MINI, kind="mini_program", secret="another")
        with pytest.raises(Rejected) as refusal:
            await home.wechat.shipping.is_trade_managed(MINI)
        return refusal.value.code, home.wire.asked

    assert play(story) == ("40125", [STABLE])


def test_a_service_card_moves_forward_and_never_repeats(play):
    async def story(home: Home) -> Any:
        transaction = await home.paid()
        paid_at = home.clock.now()

        async def card(status: int) -> None:
            await home.wechat.messages.set_user_notify(
                MINI,
                openid=await home.openid(),
                pay_no=transaction,
                status=status,
                content={"thing2": "心形吊灯"},
                pay_fen=4990,
                paid_at=paid_at,
            )

        await card(1)
        await card(2)
        with pytest.raises(Rejected) as again:
            await card(2)
        with pytest.raises(Rejected) as back:
            await card(1)
        return again.value.code, back.value.code

    assert play(story) == ("85448", "85439")


def test_shipping_is_refused_in_the_first_minute_then_taken_and_repeated_without_harm(play):
    async def story(home: Home) -> Any:
        await home.paid()

        async def ship() -> None:
            await home.wechat.shipping.upload(
                MINI,
                out_trade_no=ORDER,
                openid=await home.openid(),
                parcels=[Parcel("RL123", "TEST", "心形吊灯")],
                is_all=True,
                at=home.clock.now(),
            )

        with pytest.raises(Rejected) as early:
            await ship()
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        await ship()
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        await ship()
        order = (await home.look("order", mchid=MCHID, out_trade_no=ORDER))["order"]
        return early.value.code, order["order_state"], order["shipping"]["finish_shipping_count"]

    assert play(story) == ("10060001", 2, 1)


def test_a_presale_is_filed_once_and_a_second_filing_is_rejected(play):
    async def story(home: Home) -> Any:
        transaction = await home.paid()
        home.clock.move_to(home.clock.now().plus(timedelta(minutes=2)))
        delay_to = home.clock.now().plus(timedelta(days=40))
        await home.wechat.shipping.special_order(MINI, order_id=transaction, delay_to=delay_to)
        with pytest.raises(Rejected) as refusal:
            await home.wechat.shipping.special_order(MINI, order_id=transaction, delay_to=delay_to)
        shipment = (await home.look("order", transaction_id=transaction))["shipment"]
        return refusal.value.code, shipment["delay_to_s"] == delay_to.ms // 1000

    assert play(story) == ("268546002", True)


def test_article_reads_say_who_read_and_shared_and_whether_the_day_is_final(play):
    async def story(home: Home) -> Any:
        msgid = "2247490098_1"
        await home.control("articles/publish", appid=NEWS, msgid=msgid, title="新灯")
        today = home.clock.now().day()
        counts = {"appid": NEWS, "msgid": msgid, "day": today.iso(), "read_user": 40, "share_user": 3}
        await home.control("articles/count", counts=[counts])
        home.clock.move_to(today.plus(1).at(7))
        early = await home.wechat.statistics.article_reads(NEWS, today, today)
        home.clock.move_to(today.plus(1).at(9))
        return msgid, today, early, await home.wechat.statistics.article_reads(NEWS, today, today)

    msgid, today, early, reads = play(story)

    assert early == ()
    assert [(r.appid, r.msgid, r.ref_day, r.readers, r.sharers, r.is_final) for r in reads] == [
        (NEWS, msgid, today, 40, 3, True)
    ]
    assert isinstance(reads[0].ref_day, Day)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_encrypted_taps_settings_and_path_reports_are_read_alike_in_both_formats(play, form):
    async def story(home: Home) -> Any:
        answers = {TEMPLATE: "accept", "tmpl_other": "reject"}
        await home.control("consent", person="ann", appid=MINI, answers=answers)
        await home.control("consent/change", person="ann", appid=MINI, answers={TEMPLATE: "reject"})
        parcel = {"delivery_id": "TEST", "waybill_id": "RL123", "action_type": 300003}
        await home.control("express_path", appid=MINI, person="ann", **parcel)
        callbacks = await home.pushed()
        opened = [(await home.wechat.inbox.open(MINI, query_of(said), said.body)).message for said in callbacks]
        return opened, await home.openid(), home.clock.now()

    (popup, change, path), openid, now = play(story, form=form)

    assert [(tap.openid, tap.template) for tap in accepted(popup)] == [(openid, TEMPLATE)]
    assert [(tap.openid, tap.template) for tap in withdrawn(change)] == [(openid, TEMPLATE)]
    assert accepted(popup)[0].key != withdrawn(change)[0].key
    assert [(step.waybill, step.action, step.at.ms) for step in path_reports(path)] == [
        ("RL123", 300003, now.ms // 1000 * 1000)
    ]
    assert accepted(path) == ()


def test_a_forged_foreign_or_plain_callback_is_rejected(play):
    async def story(home: Home) -> Any:
        await allowed(home)
        (said,) = await home.pushed()
        query = query_of(said)
        codes = []
        for appid, asked, body in (
            (MINI, {**query, "msg_signature": "0" * 40}, said.body),
            (MINI, {**query, "nonce": "1"}, said.body),
            (NEWS, query, said.body),
            ("wx_unknown", query, said.body),
            (MINI, query, b"<xml><FromUserName>o</FromUserName></xml>"),
            (MINI, query, b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>'),
            (MINI, query, b"\xff\xfe"),
            (MINI, query, b"<a>" * 50_000 + b"</a>" * 50_000),
            (MINI, query, b"[" * 100_000),
            (MINI, {**query, "msg_signature": "§"}, said.body),
            (MINI, query, b"[1]"),
        ):
            with pytest.raises(Rejected) as refusal:
                await home.wechat.inbox.open(appid, asked, body)
            codes.append(refusal.value.code)
        return codes

    assert play(story) == [
        "bad_signature",
        "bad_signature",
        "bad_signature",
        "unknown_appid",
        "not_encrypted",
        "bad_message",
        "bad_message",
        "bad_message",
        "bad_message",
        "bad_signature",
        "bad_message",
    ]


def test_the_address_is_proved_by_the_echo(play):
    async def story(home: Home) -> Any:
        await home.control("accounts/check_url", appid=MINI)
        (question,) = await home.pushed()
        echo = await home.wechat.inbox.prove_address(MINI, query_of(question))
        with pytest.raises(Rejected):
            await home.wechat.inbox.prove_address(MINI, {**query_of(question), "signature": "0" * 40})
        return echo.encode() == question.expects

    assert play(story) is True


def test_no_secret_and_no_token_reaches_a_log_when_everything_fails(play, caplog):
    async def story(home: Home) -> Any:
        code = (await home.control("wx_login", person="ann", appid=MINI))["code"]
        session = await home.wechat.login.code_session(MINI, code)
        trade, path = home.wechat.shipping.is_trade_managed, "/wxa/sec/order/is_trade_managed"
        await trade(MINI)
        await home.control("accounts/check_url", appid=MINI)
        (push,) = await home.pushed()
        tokens = [(await home.shelf.kept(f"token:{MINI}")).value]
        for fault in (
            {"kind": "errcode", "errcode": 48001, "path": path},
            {"kind": "errcode", "errcode": -1, "path": path},
            {"kind": "http", "http_status": 502, "path": path},
            {"kind": "http", "http_status": 403, "path": path},
            {"kind": "token_storm", "times": 2},
        ):
            await home.control("faults", **fault)
            await noted(trade(MINI))
            tokens.append((await home.shelf.kept(f"token:{MINI}")).value)
        home.wire.cut[path] = (httpx.ReadTimeout, True)
        await noted(trade(MINI))
        await noted(home.wechat.login.code_session(MINI, code))
        await noted(home.wechat.inbox.prove_address(MINI, {**query_of(push), "signature": "0" * 40}))
        await noted(home.wechat.inbox.open(MINI, query_of(push), b"<xml><Encrypt>x</Encrypt></xml>"))
        keys = home.keys[MINI]
        logging.getLogger("roulian").warning("keys %s, token %s", keys, await home.shelf.kept(f"token:{MINI}"))
        return {keys.secret, keys.callback_token, keys.callback_aes_key, session.session_key, code, *tokens}

    with caplog.at_level(logging.DEBUG):
        secrets = play(story)

    assert caplog.text.count("Traceback") >= TROUBLES
    assert len(secrets) >= 6
    assert [secret for secret in secrets if secret in caplog.text] == []


async def noted(call: Awaitable[object]) -> None:
    """The call fails, and the failure is logged whole, with the causes it was raised from."""
    with pytest.raises((Rejected, Unreachable)) as failed:
        await call
    logging.getLogger("roulian").error("failed: %r", failed.value, exc_info=failed.value)
