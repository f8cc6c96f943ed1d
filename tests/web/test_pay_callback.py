"""WeChat Pay's notices at our door: repeated, reordered, late, tampered, replayed, of another amount; each acts once."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from house import BUNTING, CAKESTAND, MINI, PAY_NOTIFY, Bought, House, Person
from roulian import sell, stock
from roulian.app.sandboxed import MCHID
from roulian.words import SkuId
from wechat_sandbox import Answer, Callback

pytestmark = pytest.mark.anyio


class Postman:
    """Keeps what WeChat sent to our Pay door, to be brought again by a test; our door has answered it already."""

    def __init__(self, house: House) -> None:
        assert house.app.sandbox is not None
        self.letters: list[Callback] = []
        self._house, self._sandbox = house, house.app.sandbox
        self._send = self._sandbox._send
        self._sandbox._send = self._keep

    async def _keep(self, callback: Callback) -> Answer:
        if callback.url.endswith(PAY_NOTIFY):
            self.letters.append(callback)
        answer = await self._send(callback)
        assert isinstance(answer, Answer)
        return answer

    async def bring(self, letter: Callback, **changed: Any) -> httpx.Response:
        """Our door's answer to the letter, with some headers or its body changed."""
        body = changed.pop("body", letter.body)
        headers = {**letter.headers, **changed.pop("headers", {})}
        return await self._house.shop.post(PAY_NOTIFY, content=body, headers=headers)


@pytest.fixture
def postman(house: House) -> Postman:
    return Postman(house)


def books(house: House) -> tuple[sell.Money, int, int]:
    """The money, how often an order was said to be paid, and how often one was refunded."""
    return house.app.store.read(sell.money), len(house.said("sell.OrderPaid")), len(house.said("sell.OrderRefunded"))


async def a_held_payment(house: House) -> tuple[Person, Bought]:
    """A payment WeChat took while its notice is held back."""
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING)
    await house.fault("hold", times=1, owner=MCHID)
    return lin, await house.pay(lin, bought)


async def test_notice_brought_twice_by_wechat_pays_once(house: House):
    lin = await house.person("lin")
    await house.fault("duplicate", times=1, owner=MCHID)

    bought = await house.buy(lin, BUNTING)
    await house.after(seconds=5)

    sent = (await house.look("callbacks", owner=MCHID))["callbacks"]
    assert [tried["http_status"] for callback in sent for tried in callback["tried"]] == [200, 200]
    assert (await house.page(lin, bought))["status"] == "paid"
    assert house.said("sell.OrderPaid") == [{"order": bought.id}]
    assert house.app.store.read(sell.money).received_fen == 4460


async def test_notice_whose_answer_was_too_slow_comes_again_and_pays_once(house: House):
    lin = await house.person("lin")
    await house.fault("slow", times=2, owner=MCHID)

    bought = await house.buy(lin, BUNTING)
    await house.after(minutes=2)

    [sent] = (await house.look("callbacks", owner=MCHID))["callbacks"]
    assert len(sent["tried"]) == 3
    assert house.said("sell.OrderPaid") == [{"order": bought.id}]


async def test_letter_brought_again_with_the_same_nonce_is_refused(house: House, postman: Postman):
    await house.buy(await house.person("lin"), BUNTING)
    before = books(house)

    reply = await postman.bring(postman.letters[0])

    assert (reply.status_code, reply.json()["message"]) == (401, "replayed_nonce")
    assert books(house) == before


async def test_letter_older_than_five_minutes_is_refused(house: House, postman: Postman):
    await house.buy(await house.person("lin"), BUNTING)
    before = books(house)

    await house.after(minutes=6)
    reply = await postman.bring(postman.letters[0])

    assert (reply.status_code, reply.json()["message"]) == (401, "stale_timestamp")
    assert books(house) == before


async def test_every_tampered_letter_is_refused_and_changes_nothing(house: House, postman: Postman):
    await house.buy(await house.person("lin"), BUNTING)
    letter, before = postman.letters[0], books(house)
    body = msgspec.json.decode(letter.body)
    sealed = body["resource"]["ciphertext"]
    other = {**body, "resource": {**body["resource"], "ciphertext": sealed[:-8] + "AAAAAAA="}}
    signature = base64.b64decode(letter.headers["Wechatpay-Signature"])
    bent = base64.b64encode(bytes([signature[0] ^ 1]) + signature[1:]).decode()

    replies = [
        await postman.bring(letter, body=msgspec.json.encode(other), headers={"Wechatpay-Nonce": "n1"}),
        await postman.bring(letter, body=letter.body + b" ", headers={"Wechatpay-Nonce": "n2"}),
        await postman.bring(letter, headers={"Wechatpay-Nonce": "n3"}),
        await postman.bring(letter, headers={"Wechatpay-Signature": bent}),
        await postman.bring(letter, headers={"Wechatpay-Signature": ""}),
        await postman.bring(letter, headers={"Wechatpay-Serial": "PUB_KEY_ID_OF_SOMEONE_ELSE"}),
        await postman.bring(letter, headers={"Wechatpay-Timestamp": "yesterday"}),
        await house.shop.post(PAY_NOTIFY, content=letter.body),
        await house.shop.post(PAY_NOTIFY, content=b""),
    ]

    assert {reply.status_code for reply in replies} == {401}
    assert books(house) == before


async def test_probe_of_our_checking_is_refused_and_the_notice_behind_it_taken(house: House, postman: Postman):
    await house.fault("signtest", times=1, owner=MCHID)

    await house.buy(await house.person("lin"), BUNTING)

    sent = (await house.look("callbacks", owner=MCHID))["callbacks"]
    answers = {callback["door"]: callback["tried"][0]["http_status"] for callback in sent}
    assert answers == {"probe": 401, "pay": 200}
    assert len(house.said("sell.OrderPaid")) == 1


async def test_notice_that_comes_after_the_buyer_gave_up_gives_the_money_back(house: House):
    lin, bought = await a_held_payment(house)

    await house.ask("POST", f"/api/store/orders/{bought.id}/cancel", who=lin)
    cancelled = (await house.page(lin, bought))["status"]
    await house.control("callbacks/release")
    await house.after(minutes=2)

    assert cancelled == "cancelled"
    assert (await house.page(lin, bought))["status"] == "refunded"
    assert (await house.in_wechat(bought))["refunded_fen"] == 4460
    assert house.said("sell.OrderPaid") == []
    money = house.app.store.read(sell.money)
    assert (money.received_fen, money.returned_fen, money.kept_fen) == (4460, 4460, 0)


async def test_notice_that_is_late_is_asked_for_when_the_time_to_pay_is_over_and_then_changes_nothing(house: House):
    lin, bought = await a_held_payment(house)

    await house.after(minutes=31)
    asked = (await house.page(lin, bought))["status"]
    await house.control("callbacks/release")
    await house.after(minutes=1)

    assert (asked, (await house.page(lin, bought))["status"]) == ("paid", "paid")
    assert len(house.said("sell.OrderPaid")) == 1
    assert (await house.in_wechat(bought))["refunded_fen"] == 0


async def test_late_money_is_kept_out_of_stock_and_demand(house: House):
    lin = await house.person("lin")
    bought = await house.order(lin, CAKESTAND, 6)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(lin, bought)
    await house.ask("POST", f"/api/store/orders/{bought.id}/cancel", who=lin)
    await house.after(minutes=1)

    chen = await house.person("chen")
    theirs = await house.buy(chen, CAKESTAND, 6)
    await house.control("callbacks/release")
    await house.after(minutes=1)

    [level] = [found for found in house.app.store.read(stock.all_levels) if found.sku == SkuId(CAKESTAND)]
    assert (await house.page(chen, theirs))["promised_day"] == "2026-06-04"
    assert (level.on_hand, level.reserved) == (6, 6)


async def test_refund_notice_before_the_payment_notice_is_asked_for_again_and_both_end_right(house: House):
    """The payment's notice is held back; a refund of an order we do not know as paid waits for WeChat's next try."""
    lin, bought = await a_held_payment(house)
    await house.ask("POST", f"/api/store/orders/{bought.id}/cancel", who=lin)
    await house.fault("reorder", times=2, owner=MCHID)
    await house.control("callbacks/release")

    await house.after(hours=1)

    assert (await house.page(lin, bought))["status"] == "refunded"
    assert len(house.said("sell.OrderRefunded")) == 1


async def test_refund_notice_of_an_order_nobody_asked_to_refund_is_no_success(house: House, postman: Postman):
    """Refunded by hand in WeChat's back office: we refuse the notice, so that WeChat keeps telling us."""
    lin = await house.person("lin")
    bought = await house.buy(lin, BUNTING)
    before = books(house)

    await house.app.outside.pay.refund(
        out_trade_no=bought.id,
        out_refund_no="by-hand",
        refund_fen=4460,
        total_fen=4460,
        reason="后台退款",
        notify_url=f"https://shop.example{PAY_NOTIFY}",
    )
    await house.after(seconds=5)

    sent = (await house.look("callbacks", owner=MCHID, subject="REFUND.SUCCESS"))["callbacks"]
    assert {tried["http_status"] for callback in sent for tried in callback["tried"]} == {409}
    assert books(house) == before
    assert (await house.page(lin, bought))["status"] == "paid"


async def test_money_of_another_amount_is_entered_apart_and_pays_nothing(house: House):
    """The way to pay was never asked for; then someone with our keys asks for one fen under the order's number."""
    lin = await house.person("lin")
    cart = {"key": "cart", "region": "浙江", "lines": [{"sku": BUNTING, "qty": 1}]}
    await house.ask("POST", "/api/store/orders", who=lin, json=cart)
    [placed] = house.said("sell.OrderPlaced")
    prepay_id = await house.app.outside.pay.prepay(
        out_trade_no=placed["order"],
        description="一分钱",
        total_fen=1,
        openid=(await house.look("openid", appid=MINI, person="lin"))["openid"],
        expire_at=house.clock.now().plus(timedelta(minutes=20)),
        notify_url=f"https://shop.example{PAY_NOTIFY}",
    )

    await house.control("pay", person="lin", prepay_id=prepay_id)
    await house.settle()

    [refused] = house.app.store.read(sell.refused_payments_page)
    assert (refused.out_trade_no, refused.amount_fen, refused.reason) == (placed["order"], 1, "wrong_amount")
    assert house.said("sell.OrderPaid") == []
    money = house.app.store.read(sell.money)
    assert (money.received_fen, money.refused_fen) == (0, 1)


async def test_buyer_who_paid_and_asks_to_pay_before_the_notice_came_finds_the_order_paid(house: House):
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(lin, bought)

    again = await house.ask("POST", f"/api/store/orders/{bought.id}/pay", who=lin)
    await house.control("callbacks/release")
    await house.settle()

    assert (again.status_code, again.json()["status"], again.json()["pay"]) == (200, "paid", None)
    assert house.said("sell.OrderPaid") == [{"order": bought.id}]
    assert house.app.store.read(sell.money).received_fen == 4460
