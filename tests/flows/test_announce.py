"""A webhook from the sale to the receiver: written with the sale, signed, retried, replayed, and silent about people."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from house import BUNTING, House
from roulian import connect
from roulian.app import tables
from roulian.flows import announce
from roulian.gateways.transport import in_process
from roulian.gateways.webhooks.live import LiveWebhooks
from roulian.store import Tx
from roulian.words import Event, WallClock

pytestmark = pytest.mark.anyio
URL = "https://erp.example/hook"
HANDED_OVER = sa.text("SELECT event FROM store_deliveries WHERE handler = 'announce.to_subscribers'")


class Receiver:
    """Another system: notes what it is sent, answers what it is told to, then 200."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.heard: list[tuple[dict[str, str], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.heard.append((headers, (await receive())["body"]))
        status = self.answers.pop(0) if self.answers else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def facts(self) -> list[Any]:
        return [msgspec.json.decode(body) for _, body in self.heard]


def listening(house: House, *kinds: str, answers: Sequence[int] = ()) -> tuple[Receiver, str, str]:
    """A receiver, its subscription and the secret it was told."""
    receiver = Receiver(*answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8"]

    outside = house.app.outside
    outside.webhooks = LiveWebhooks(clock=WallClock(), resolve=resolve, transport=in_process(receiver))

    def work(tx: Tx) -> tuple[str, str]:
        return connect.subscribe(
            tx,
            outside.ring,
            url=URL,
            kinds=kinds,
            note="",
            known=announce.KINDS,
            may_be_inside=False,
            chance=lambda bits: 7,
        )

    ident, secret = house.app.store.call(work)
    return receiver, ident, secret


def standing(house: House, subscription: str) -> list[connect.Delivery]:
    return list(house.app.store.read(lambda tx: connect.deliveries_page(tx, subscription)))


async def test_a_sale_is_told_once_signed_and_the_receivers_own_library_believes_it(house: House):
    receiver, ident, secret = listening(house, "sell.OrderPaid")

    bought = await house.buy(await house.person("lin"), BUNTING, 2)

    [(headers, body)] = receiver.heard
    told = Webhook(secret).verify(body, headers)
    assert (told["type"], told["data"]["order"]) == ("sell.OrderPaid", bought.id)
    assert told["id"] == headers["webhook-id"]
    assert [one.status for one in standing(house, ident)] == [connect.DeliveryStatus.DONE]
    assert house.restless() == []


async def test_nothing_is_queued_where_nobody_listens(house: House):
    await house.buy(await house.person("lin"), BUNTING)

    rows = house.app.store.read(lambda tx: tx.rows(HANDED_OVER))

    assert rows == []


async def test_a_receiver_that_fails_is_tried_again_under_the_same_id(house: House):
    receiver, ident, _ = listening(house, "sell.OrderPaid", answers=[500, 503])

    await house.buy(await house.person("lin"), BUNTING)
    await house.after(minutes=6)

    assert [headers["webhook-id"] for headers, _ in receiver.heard] == [receiver.facts()[0]["id"]] * 3
    [delivery] = standing(house, ident)
    assert (delivery.status, delivery.tries, delivery.answer) == (connect.DeliveryStatus.DONE, 3, 200)


async def test_a_receiver_away_for_two_days_gets_everything_when_it_is_replayed(house: House):
    receiver, ident, _ = listening(house, "sell.OrderPaid", answers=[500] * 8)
    since = house.clock.now()
    await house.buy(await house.person("lin"), BUNTING)
    await house.after(days=2)
    [dead] = standing(house, ident)
    assert (dead.status, dead.tries) == (connect.DeliveryStatus.DEAD, 8)

    house.app.store.call(lambda tx: announce.replay_since(tx, ident, since=since))
    await house.settle()

    assert [one.status for one in standing(house, ident)] == [connect.DeliveryStatus.DONE]
    assert len(receiver.heard) == 9
    house.app.store.call(lambda tx: announce.replay(tx, dead.id, subscription=ident))
    await house.settle()
    assert len(receiver.heard) == 10
    assert house.restless() == []


async def test_a_receiver_that_is_gone_is_asked_no_more(house: House):
    receiver, ident, _ = listening(house, answers=[410])

    await house.buy(await house.person("lin"), BUNTING)
    await house.after(days=1)

    assert len(receiver.heard) == 1
    assert house.app.store.read(lambda tx: connect.subscriptions(tx, [ident]))[ident].why_off == "gone"


WITHHELD = {
    "books.BooksDiffered": "what an accountant looks into",
    "people.ConsentGiven": "what a person agreed to",
    "people.ConsentWithdrawn": "what a person agreed to",
    "people.MemberJoined": "who somebody is",
    "people.MembersMerged": "who somebody is",
    "people.MembersParted": "who somebody is",
    "people.MergeProposed": "who somebody is",
    "predict.ForecastMade": "asked for, not told: forecasts have a list of their own",
    "returns.GoodsBack": "a step of a case whose end is told",
    "returns.RefundAgreed": "a step of a case whose end is told",
    "stock.CountersDiffered": "a finding of our own self-audit",
    "stock.SlipEntered": "who of the staff did what",
    "offers.GroupOpened": "a shopper's own group",
    "offers.VoucherFreed": "a shopper's own coupon",
    "offers.VoucherUsed": "a shopper's own coupon",
    "tell.NoticeFailed": "what a person was sent",
    "tell.NoticeSent": "what a person was sent",
}
"""Events that other systems do not hear of, and why."""


def test_every_event_is_told_or_withheld_for_a_reason():
    tables.load()
    kinds = {event.kind() for event in Event.__subclasses__() if event.__module__.startswith("roulian.")}

    assert kinds == WITHHELD.keys() | set(announce.KINDS)
    assert WITHHELD.keys().isdisjoint(announce.KINDS)


async def test_no_fact_speaks_of_a_person(house: House):
    """Every field of every public fact is an id, a number, a day or a code; names, numbers and addresses have no place."""
    told = {(fact.kind(), field.name) for fact in announce.FACTS for field in dataclasses.fields(fact)}
    personal = {"name", "phone", "address", "openid", "unionid", "street", "text", "body"}

    assert [pair for pair in told if pair[1] in personal] == []
