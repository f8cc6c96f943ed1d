"""Who is told, how often it is tried, and which answers are remembered."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from roulian import connect
from roulian.connect.model import PAUSES
from roulian.store import KeyRing, Store, Tx
from roulian.words import Ids, Instant, SimulatedClock

URL = "https://erp.example/hook"
KNOWN = ("deliver.Shipped", "sell.OrderPaid")
CHANCE = random.Random(3).getrandbits
RING = KeyRing({"k1": bytes(32)}, draw=random.Random(4).randbytes)


def subscribed(store: Store, *kinds: str, url: str = URL) -> str:
    def work(tx: Tx) -> str:
        ident, _ = connect.subscribe(
            tx, RING, url=url, kinds=kinds, note="", known=KNOWN, may_be_inside=False, chance=CHANCE
        )
        return ident

    return store.call(work)


def queued(store: Store, event: str, kind: str = "sell.OrderPaid") -> tuple[str, ...]:
    return store.call(lambda tx: connect.queue(tx, event=event, kind=kind))


def tried(store: Store, delivery: str, answer: int | None, error: str = "") -> Instant | None:
    tries = standing(store, delivery).tries
    return store.call(lambda tx: connect.tried(tx, delivery, tries=tries, answer=answer, error=error))


def standing(store: Store, delivery: str) -> connect.Delivery:
    return store.read(lambda tx: connect.deliveries(tx, [delivery])[delivery])


def test_an_event_is_queued_once_for_each_subscription_that_wants_it(store: Store):
    every, shipped = subscribed(store), subscribed(store, "deliver.Shipped")

    first, again = queued(store, "evt_1"), queued(store, "evt_1")

    assert [standing(store, one).subscription for one in first] == [every]
    assert again == ()
    assert len(queued(store, "evt_2", "deliver.Shipped")) == 2
    assert store.read(lambda tx: connect.kinds_listened(tx, among=KNOWN)) == frozenset(KNOWN)
    assert shipped != every


def test_nobody_listens_where_no_subscription_is_active(store: Store):
    ident = subscribed(store, "sell.OrderPaid")

    store.call(
        lambda tx: connect.change(
            tx, ident, url=URL, kinds=(), note="", is_active=False, known=KNOWN, may_be_inside=False
        )
    )

    assert store.read(lambda tx: connect.kinds_listened(tx, among=KNOWN)) == frozenset()
    assert queued(store, "evt_1") == ()


def test_a_receiver_that_is_away_is_tried_for_more_than_a_day_and_then_given_up(store: Store, clock: SimulatedClock):
    subscribed(store)
    (delivery,) = queued(store, "evt_1")
    began = clock.now()

    while (again := tried(store, delivery, None, "ConnectError")) is not None:
        clock.move_to(again)

    found = standing(store, delivery)
    assert (found.status, found.tries) == (connect.DeliveryStatus.DEAD, len(PAUSES) + 1)
    assert clock.now() >= began.plus(timedelta(hours=24))


def test_a_delivery_that_was_taken_is_tried_no_more(store: Store):
    subscribed(store)
    (delivery,) = queued(store, "evt_1")

    assert tried(store, delivery, 503) is not None
    assert tried(store, delivery, 204) is None

    assert standing(store, delivery).status is connect.DeliveryStatus.DONE
    assert store.call(lambda tx: connect.begin(tx, delivery)) is None


def test_the_same_try_told_twice_counts_once(store: Store):
    subscribed(store)
    (delivery,) = queued(store, "evt_1")

    store.call(lambda tx: connect.tried(tx, delivery, tries=0, answer=500, error=""))
    again = store.call(lambda tx: connect.tried(tx, delivery, tries=0, answer=500, error=""))

    assert again is None
    assert standing(store, delivery).tries == 1


def test_a_receiver_that_is_gone_for_good_is_switched_off_and_what_waits_for_it_is_dead(store: Store):
    ident = subscribed(store)
    (first,), (second,) = queued(store, "evt_1"), queued(store, "evt_2")

    tried(store, first, 410)

    off = store.read(lambda tx: connect.subscriptions(tx, [ident])[ident])
    assert (off.is_active, off.why_off) == (False, "gone")
    assert store.call(lambda tx: connect.begin(tx, second)) is None
    assert standing(store, second).status is connect.DeliveryStatus.DEAD


def test_what_is_dead_can_be_replayed_one_by_one_or_all_since_a_time(store: Store, clock: SimulatedClock):
    ident = subscribed(store)
    (old,) = queued(store, "evt_1")
    clock.move_to(clock.now().plus(timedelta(days=1)))
    since = clock.now()
    (new,) = queued(store, "evt_2")
    for delivery in (old, new):
        while tried(store, delivery, 500) is not None:
            pass

    again = store.call(lambda tx: connect.replay_since(tx, ident, since=since))
    store.call(lambda tx: connect.replay(tx, old, subscription=ident))

    assert again == (new,)
    assert {standing(store, one).round_tries for one in (old, new)} == {0}
    assert all(standing(store, one).is_due() for one in (old, new))
    with pytest.raises(connect.DeliveryNotFound):
        store.call(lambda tx: connect.replay(tx, old, subscription=ident))
    with pytest.raises(connect.DeliveryNotFound):
        store.call(lambda tx: connect.replay(tx, new, subscription="whk_other"))


def test_a_renewed_secret_signs_beside_the_old_one_for_a_day_and_neither_stands_readable(
    store: Store, clock: SimulatedClock
):
    ident = subscribed(store)
    (old,) = store.read(lambda tx: connect.secrets(tx, RING, subscription=ident))

    new = store.call(lambda tx: connect.rotate_secret(tx, RING, subscription=ident, chance=CHANCE))

    assert store.read(lambda tx: connect.secrets(tx, RING, subscription=ident)) == (new, old)
    clock.move_to(clock.now().plus(timedelta(hours=24)))
    assert store.read(lambda tx: connect.secrets(tx, RING, subscription=ident)) == (new,)
    wider = KeyRing({"k2": bytes(range(32)), "k1": bytes(32)}, draw=random.Random(5).randbytes)
    store.call(lambda tx: connect.reseal(tx, wider))
    newest = KeyRing({"k2": bytes(range(32))}, draw=random.Random(5).randbytes)
    assert store.read(lambda tx: connect.secrets(tx, newest, subscription=ident)) == (new,)


@pytest.mark.parametrize(
    "url",
    [
        *("http://erp.example/", "ftp://erp.example/", "https://", "erp.example", "", "https://user@erp.example/"),
        *(
            "https://erp.example/#x",
            "https://erp.example:99999/",
            "https://[::1",
            "https://erp.example/ x",
            "https://柔/",
        ),
        "https://erp.example/" + "x" * 2_000,
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_and_nothing_is_kept(store: Store, url: str):
    with pytest.raises(connect.BadUrl):
        subscribed(store, url=url)

    assert store.read(connect.subscriptions) == {}


def test_an_event_nobody_says_cannot_be_subscribed_to(store: Store):
    with pytest.raises(connect.UnknownKind):
        subscribed(store, "sell.Nothing")

    assert store.read(connect.subscriptions) == {}


def test_a_subscription_that_ends_takes_its_deliveries_with_it(store: Store):
    ident = subscribed(store)
    (delivery,) = queued(store, "evt_1")

    store.call(lambda tx: connect.unsubscribe(tx, ident))

    assert store.read(lambda tx: connect.deliveries(tx, [delivery])) == {}
    assert store.call(lambda tx: connect.begin(tx, delivery)) is None
    with pytest.raises(connect.SubscriptionNotFound):
        store.call(lambda tx: connect.unsubscribe(tx, ident))


def test_the_same_key_and_request_is_answered_the_same_another_request_is_refused(store: Store, clock: SimulatedClock):
    kept = connect.KeptAnswer(201, '{"id":"x"}', '"1"')

    def asked(tx: Tx, key: str = "k", request: bytes = b"POST /v1/x {}") -> connect.KeptAnswer | None:
        known = connect.claim_key(tx, RING, caller="key_1", key=key, request=request)
        if known is None:
            connect.keep_answer(tx, RING, caller="key_1", key=key, answer=kept)
        return known

    assert store.call(asked) is None
    assert store.call(asked) == kept
    with pytest.raises(connect.KeyReused):
        store.call(lambda tx: asked(tx, request=b"POST /v1/x {1}"))
    assert store.call(lambda tx: connect.claim_key(tx, RING, caller="key_2", key="k", request=b"")) is None
    clock.move_to(clock.now().plus(connect.ANSWER_LASTS + timedelta(seconds=1)))
    assert store.call(asked) is None


def test_a_key_whose_request_was_refused_is_free_again(store: Store):
    def refused(tx: Tx) -> None:
        connect.claim_key(tx, RING, caller="key_1", key="k", request=b"a")
        raise connect.BadUrl

    with pytest.raises(connect.BadUrl):
        store.call(refused)

    assert store.call(lambda tx: connect.claim_key(tx, RING, caller="key_1", key="k", request=b"b")) is None


def test_two_processes_asked_under_the_same_key_at_once_do_it_once(store_url: str, store: Store, clock: SimulatedClock):
    other = Store.open(store_url, clock=clock, ids=Ids(random.Random(8).getrandbits))
    kept = connect.KeptAnswer(200, "{}")

    def asked(tx: Tx) -> bool:
        known = connect.claim_key(tx, RING, caller="key_1", key="k", request=b"a")
        if known is None:
            connect.subscribe(
                tx, RING, url=URL, kinds=(), note="", known=KNOWN, may_be_inside=False, chance=lambda bits: 7
            )
            connect.keep_answer(tx, RING, caller="key_1", key="k", answer=kept)
        return known is None

    with ThreadPoolExecutor(16) as threads:
        firsts = list(threads.map(lambda n: (store if n % 2 else other).call(asked), range(64)))

    other.close()
    assert sum(firsts) == 1
    assert len(store.read(connect.subscriptions)) == 1
