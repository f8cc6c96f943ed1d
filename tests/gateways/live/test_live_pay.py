"""The Pay gateway against the sandbox: signed calls, proved answers, notices that are believed or refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from gateways.live.home import MCHID, MINI, NOTIFY_URL, ORDER, Home
from roulian.gateways.pay import PaidNotice, RefundNotice, RefundStatus, TradeState
from roulian.words import Rejected, Unreachable
from wechat_sandbox import Callback

JSAPI = "/v3/pay/transactions/jsapi"


async def notice(home: Home, **trouble: Any) -> Callback:
    """The one callback that tells of ann's payment."""
    if trouble:
        await home.control("faults", **trouble)
    await home.paid()
    (said,) = await home.pushed()
    return said


async def refused(home: Home, said: Callback, **changes: Any) -> str:
    with pytest.raises(Rejected) as refusal:
        await home.pay.read_notice({**said.headers, **changes.get("headers", {})}, changes.get("body", said.body))
    return refusal.value.code


async def refund(home: Home, *, number: str = "ref_000001", fen: int = 4990) -> str:
    return await home.pay.refund(
        out_trade_no=ORDER,
        out_refund_no=number,
        refund_fen=fen,
        total_fen=4990,
        reason="买家改变主意",
        notify_url=NOTIFY_URL,
    )


def test_the_phone_accepts_the_signed_prepay_and_the_same_prepay_is_answered_again(play):
    async def story(home: Home) -> Any:
        first, second = await home.prepaid(), await home.prepaid()
        arguments = dict(home.pay.sign_prepay(first))
        done = await home.control("pay", person="ann", request_payment=arguments)
        return first == second, set(arguments), done["out_trade_no"]

    fields = {"timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert play(story) == (True, fields, ORDER)


def test_a_payment_is_told_once_with_its_order_number_amount_and_time(play):
    async def story(home: Home) -> Any:
        before = await home.pay.query(ORDER) if await home.prepaid() else None
        said = await notice(home)
        return (
            before,
            (await home.pay.read_notice(said.headers, said.body)).says,
            await home.pay.query(ORDER),
            await home.openid(),
        )

    before, told, after, openid = play(story)

    assert (before.state, before.transaction_id, before.paid_at) == (TradeState.NOTPAY, None, None)
    assert told == PaidNotice(ORDER, after.transaction_id, 4990, openid, after.paid_at)
    assert (after.state, after.total_fen) == (TradeState.SUCCESS, 4990)


@pytest.mark.parametrize("mode", ["public_key", "certificate", "switching"])
def test_notices_and_answers_are_proved_in_every_key_mode(play, mode):
    async def story(home: Home) -> Any:
        said = await notice(home)
        return (await home.pay.read_notice(said.headers, said.body)).says.out_trade_no, said.headers["Wechatpay-Serial"]

    number, serial = play(story, key_mode=mode)

    assert number == ORDER
    assert mode == "switching" or serial.startswith("PUB_KEY_ID_") is (mode == "public_key")


def test_a_notice_is_refused_unless_every_proof_holds(play):
    async def story(home: Home) -> Any:
        said = await notice(home)
        stamp = int(said.headers["Wechatpay-Timestamp"])
        signature = said.headers["Wechatpay-Signature"]
        reserialised = msgspec.json.encode({**msgspec.json.decode(said.body), "more": 1})
        codes = [
            await refused(home, said, body=said.body.replace(b"TRANSACTION", b"transaction")),
            await refused(home, said, body=reserialised),
            await refused(home, said, body=said.body + b" "),
            await refused(home, said, headers={"Wechatpay-Timestamp": str(stamp + 1)}),
            await refused(home, said, headers={"Wechatpay-Timestamp": str(stamp - 301)}),
            await refused(home, said, headers={"Wechatpay-Timestamp": "soon"}),
            await refused(home, said, headers={"Wechatpay-Timestamp": "9" * 5000}),
            await refused(home, said, headers={"Wechatpay-Nonce": "other"}),
            await refused(home, said, headers={"Wechatpay-Serial": "PUB_KEY_ID_0000000000"}),
            await refused(home, said, headers={"Wechatpay-Signature": signature[:-4]}),
            await refused(home, said, headers={"Wechatpay-Signature": "§"}),
            await refused(home, said, headers={"Wechatpay-Signature": ""}),
        ]
        return codes, (await home.pay.read_notice(said.headers, said.body)).says.out_trade_no

    codes, number = play(story)

    assert codes == [
        "bad_signature",
        "bad_signature",
        "bad_signature",
        "bad_signature",
        "stale_timestamp",
        "stale_timestamp",
        "stale_timestamp",
        "bad_signature",
        "unknown_serial",
        "bad_signature",
        "bad_signature",
        "headers_missing",
    ]
    assert number == ORDER


@pytest.mark.parametrize(("shift_s", "is_taken"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_a_notice_is_fresh_for_five_minutes_either_way(play, shift_s, is_taken):
    async def story(home: Home) -> Any:
        said = await notice(home, kind="skew", shift_ms=shift_s * 1000)
        try:
            return (await home.pay.read_notice(said.headers, said.body)).says.out_trade_no
        except Rejected as refusal:
            return refusal.code

    assert play(story) == (ORDER if is_taken else "stale_timestamp")


def test_a_replayed_notice_is_known_by_its_nonce_and_pays_own_second_sending_has_another(play):
    async def story(home: Home) -> Any:
        await home.control("faults", kind="duplicate")
        await home.paid()
        (first,) = await home.pushed()
        heard, replayed = [await home.pay.read_notice(first.headers, first.body) for _ in range(2)]
        home.clock.move_to(home.clock.now().plus(timedelta(seconds=1)))
        (second,) = await home.pushed()
        again = await home.pay.read_notice(second.headers, second.body)
        return heard, replayed, again, home.clock.now()

    heard, replayed, again, now = play(story)

    assert heard == replayed
    assert (heard.says, heard.nonce) == (again.says, replayed.nonce)
    assert again.nonce != heard.nonce
    assert now.plus(timedelta(minutes=9)) < heard.forget_at <= now.plus(timedelta(minutes=10))


def test_a_yesterdays_notice_is_refused_even_by_a_process_that_never_saw_it(play):
    async def story(home: Home) -> Any:
        said = await notice(home)
        home.clock.move_to(home.clock.now().plus(timedelta(days=1)))
        return await refused(home, said)

    assert play(story) == "stale_timestamp"


def test_pays_probe_signature_is_refused(play):
    async def story(home: Home) -> Any:
        await home.control("faults", kind="signtest")
        await home.paid()
        probe, genuine = await home.pushed()
        return await refused(home, probe), (await home.pay.read_notice(genuine.headers, genuine.body)).says.out_trade_no

    assert play(story) == ("probe", ORDER)


def test_a_notice_for_another_merchant_is_refused_though_its_signature_holds(play):
    async def story(home: Home) -> Any:
        said = await notice(home)
        home.pay._notices._mchid = "1900009999"
        return await refused(home, said)

    assert play(story) == "foreign_merchant"


def test_a_refund_is_asked_twice_paid_once_and_told(play):
    async def story(home: Home) -> Any:
        await notice(home)
        first, second = await refund(home), await refund(home)
        home.clock.move_to(home.clock.now().plus(timedelta(seconds=10)))
        (said,) = await home.pushed()
        told = (await home.pay.read_notice(said.headers, said.body)).says
        refunded = (await home.look("order", mchid=MCHID, out_trade_no=ORDER))["refunded_fen"]
        return first, second, told, refunded

    first, second, told, refunded = play(story)

    assert first == second == told.refund_id
    assert isinstance(told, RefundNotice)
    assert (told.out_refund_no, told.refund_fen, told.status) == ("ref_000001", 4990, RefundStatus.SUCCESS)
    assert told.at is not None
    assert refunded == 4990


def test_pays_refusals_are_rejected_with_their_code_and_request_id(play):
    async def story(home: Home) -> Any:
        codes = []

        async def no(work: Callable[[], Any]) -> None:
            with pytest.raises(Rejected) as refusal:
                await work()
            assert refusal.value.trace
            codes.append(refusal.value.code)

        await no(lambda: home.pay.query("ord_nobody_knows"))
        await home.prepaid()
        await no(lambda: home.prepaid(fen=5000))
        await home.paid()
        await no(lambda: home.pay.close(ORDER))
        await no(lambda: refund(home, fen=5000))
        return codes

    assert play(story) == ["ORDER_NOT_EXIST", "OUT_TRADE_NO_USED", "ORDERPAID", "INVALID_REQUEST"]


def test_a_payment_is_shut_or_told_as_paid_and_one_never_made_counts_as_shut(play):
    async def story(home: Home) -> Any:
        never = await home.pay.shut("ord_nobody_knows")
        await home.prepaid()
        first, again = await home.pay.shut(ORDER), await home.pay.shut(ORDER)
        return never.state, first.state, again.paid_at

    async def paid(home: Home) -> Any:
        await home.prepaid()
        await home.paid()
        return await home.pay.shut(ORDER)

    state = play(paid)
    assert play(story) == ("CLOSED", "CLOSED", None)
    assert (state.state, state.out_trade_no) == ("SUCCESS", ORDER)
    assert state.transaction_id
    assert state.paid_at


def test_a_closed_order_can_no_longer_be_paid(play):
    async def story(home: Home) -> Any:
        prepay = await home.prepaid()
        await home.pay.close(ORDER)
        await home.pay.close(ORDER)
        driver = httpx.AsyncClient(transport=httpx.ASGITransport(home.sandbox.asgi), base_url="https://w")
        async with driver:
            answer = await driver.post("/_sandbox/pay", json={"person": "ann", "prepay_id": prepay})
        return (await home.pay.query(ORDER)).state, answer.json()["error"]

    assert play(story) == (TradeState.CLOSED, "not_payable")


@pytest.mark.parametrize(
    ("status", "code", "kind", "seen"),
    [
        (404, "ORDERNOTEXIST", Rejected, "ORDER_NOT_EXIST"),
        (403, "NOAUTH", Rejected, "NO_AUTH"),
        (403, "RULELIMIT", Rejected, "RULE_LIMIT"),
        (400, "ORDER_PAID", Rejected, "ORDERPAID"),
        (400, "SOMETHING_NEW", Rejected, "SOMETHING_NEW"),
        (429, "FREQUENCY_LIMITED", Unreachable, None),
        (500, "SYSTEMERROR", Unreachable, None),
        (500, "SYSTEM_ERROR", Unreachable, None),
    ],
)
def test_both_spellings_of_a_code_mean_the_same(play, status, code, kind, seen):
    async def story(home: Home) -> Any:
        await home.control("faults", kind="pay_error", path=JSAPI, http_status=status, code=code)
        with pytest.raises(kind) as failure:
            await home.prepaid()
        assert getattr(failure.value, "lost", False) is False
        return getattr(failure.value, "code", None), await home.prepaid()

    found, prepay = play(story)

    assert found == seen
    assert prepay


def test_a_lost_answer_to_a_prepay_may_be_asked_for_again(play):
    async def story(home: Home) -> Any:
        home.wire.cut[JSAPI] = (httpx.ReadTimeout, True)
        with pytest.raises(Unreachable) as silence:
            await home.prepaid()
        home.wire.cut.clear()
        return silence.value.lost, await home.prepaid()

    is_lost, prepay = play(story)

    assert is_lost is False
    assert prepay.startswith("wx")


def test_an_answer_by_an_unknown_key_is_no_answer(play):
    async def story(home: Home) -> Any:
        stranger = home.a_pay({"PUB_KEY_ID_9": next(iter(home.platform_keys.values()))})
        with pytest.raises(Unreachable) as silence:
            await stranger.query(ORDER) if not await home.prepaid() else await stranger.close(ORDER)
        return str(silence.value)

    assert "unknown_serial" in play(story)


def test_a_merchant_key_pay_does_not_know_is_rejected_as_sign_error(play, merchant):
    from gateways.live.home import a_private_key

    async def story(home: Home) -> Any:
        home.merchant = a_private_key()
        stranger = home.a_pay(home.platform_keys)
        with pytest.raises(Rejected) as refusal:
            await stranger.query(ORDER)
        return refusal.value.code

    assert play(story) == "SIGN_ERROR"


def test_an_order_number_or_appid_pay_refuses_is_a_param_error(play):
    async def story(home: Home) -> Any:
        with pytest.raises(Rejected) as refusal:
            await home.prepaid(order="x")
        await home.control(
            "merchants",
            mchid=MCHID,
            appids=["wx_other"],
            public_key_pem=home.merchant[1],
            serial="5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
            apiv3_key="0123456789abcdef0123456789abcdef",
        )
        with pytest.raises(Rejected) as mismatch:
            await home.prepaid()
        return refusal.value.code, mismatch.value.code

    assert play(story) == ("PARAM_ERROR", "APPID_MCHID_NOT_MATCH")


def test_the_keys_never_show(play):
    async def story(home: Home) -> Any:
        from gateways.live.home import API_V3_KEY, SERIAL
        from roulian.gateways.pay import MerchantKeys

        return repr(MerchantKeys(MCHID, SERIAL, home.merchant[0], API_V3_KEY, home.platform_keys)), API_V3_KEY

    shown, secret = play(story)

    assert secret not in shown
    assert "PRIVATE KEY" not in shown
    assert MINI not in shown
