"""What the stages beside people keep of a person goes when it is asked to, on both engines, and leaves others' alone."""

from datetime import timedelta

import sqlalchemy as sa

from roulian import sense, tell
from roulian.store import Store
from roulian.tell import Contact, Follow, NewNotice, NoticeStatus, Opener, Scenario
from roulian.words import Instant, MemberId

CHEN, LIN = MemberId("mem_chen"), MemberId("mem_lin")
FACTS = {"order": "ord_1", "item": "糕点架", "amount_fen": 100, "reason": "缺货"}


def looked_at(thing: str, member: MemberId, at: Instant) -> sense.Batch:
    keys = sense.keys_of(member, [f"look at {thing}"])
    return sense.Batch(member, "浙江", keys, [sense.SignalKind.VIEW.value], [thing], [None], [at.ms])


def signals(store: Store) -> dict[str, str]:
    return {row[0]: row[1] for row in store.read(lambda tx: tx.rows(sa.text("SELECT sku, member FROM sense_signals")))}


def test_whose_a_signal_was_is_forgotten_and_the_signal_still_counts(store, clock):
    now = clock.now()
    store.call(lambda tx: sense.record(tx, [looked_at("s1", CHEN, now), looked_at("s2", LIN, now)]))
    held = store.read(lambda tx: sense.signals_of(tx, [CHEN]))

    store.call(lambda tx: sense.forget(tx, [CHEN]))

    assert [one.sku for one in held] == ["s1"]
    assert signals(store) == {"s1": "", "s2": LIN}
    (day,) = store.read(lambda tx: sense.signal_days(tx, first=now.day(), last=now.day()))
    assert day.n == 2


def test_old_signals_lose_whose_they_were_and_newer_ones_do_not(store, clock):
    now = clock.now()
    old, new = now.plus(-timedelta(days=181)), now.plus(-timedelta(days=179))
    store.call(lambda tx: sense.record(tx, [looked_at("old", CHEN, old), looked_at("new", CHEN, new)]))

    store.call(lambda tx: sense.forget_old(tx, before=now.plus(-timedelta(days=180))))

    assert signals(store) == {"old": "", "new": CHEN}


def test_no_ledger_of_reach_knows_who_was_forgotten_and_what_waited_is_not_sent(store, clock):
    kind, limits = tell.AccountKind.SERVICE, tell.Limits((), ())
    for member in (CHEN, LIN):
        store.call(lambda tx, m=member: tell.grant(tx, m, template="t1", n=2, source=f"tap:{m}"))
        contact = Contact("wx1", clock.now(), Opener.FOLLOW, Follow.FOLLOWING)
        store.call(lambda tx, m=member, c=contact: tell.contacted(tx, m, c, kind=kind, limits=limits))
        notice = NewNotice("k", member, Scenario.REFUNDED, "ord_1", FACTS)
        store.call(lambda tx, n=notice: tell.queue(tx, [n]))

    store.call(lambda tx: tell.forget(tx, [CHEN]))

    assert store.read(lambda tx: tell.consents(tx, [CHEN, LIN])) == {CHEN: {}, LIN: {"t1": 2}}
    assert store.read(lambda tx: tell.follows(tx, CHEN)) == {}
    assert store.read(lambda tx: tell.follows(tx, LIN)) == {"wx1": Follow.FOLLOWING}
    found = {one.member: one.status for one in store.read(tell.notices_page)}
    assert found == {CHEN: NoticeStatus.FAILED, LIN: NoticeStatus.QUEUED}
    store.call(lambda tx: tell.forget(tx, [CHEN]))
    assert [one.member for one in store.read(tell.notices_page)] == [LIN]


def test_what_was_carried_over_goes_back_as_far_as_it_is_not_spent(store, clock):
    kind, limits = tell.AccountKind.SERVICE, tell.Limits((), ())
    contact = Contact("wx1", clock.now(), Opener.FOLLOW, Follow.FOLLOWING)
    store.call(lambda tx: tell.contacted(tx, LIN, contact, kind=kind, limits=limits))
    store.call(lambda tx: tell.grant(tx, LIN, template="t1", n=3, source="tap"))
    store.call(lambda tx: tell.grant(tx, CHEN, template="t2", n=1, source="tap2"))
    store.call(lambda tx: tell.carry_over(tx, CHEN, gone=LIN))
    store.call(
        lambda tx: tx.run(
            sa.text("UPDATE tell_consents SET left_count = 2 WHERE template = 't1' AND member = :m"), m=CHEN
        )
    )

    for _ in range(2):
        store.call(lambda tx: tell.hand_back(tx, LIN, kept=CHEN, accounts=["wx1"]))

    assert store.read(lambda tx: tell.consents(tx, [CHEN, LIN])) == {CHEN: {"t1": 0, "t2": 1}, LIN: {"t1": 2}}
    assert store.read(lambda tx: tell.follows(tx, LIN)) == {"wx1": Follow.FOLLOWING}
    assert store.read(lambda tx: tell.follows(tx, CHEN)) == {}


def test_compacting_leaves_everything_that_was_not_removed(store, clock):
    now = clock.now()
    store.call(lambda tx: sense.record(tx, [looked_at("s1", CHEN, now), looked_at("s2", LIN, now)]))
    store.call(lambda tx: sense.forget(tx, [CHEN]))

    store.compact()

    assert signals(store) == {"s1": "", "s2": LIN}
    store.call(lambda tx: sense.record(tx, [looked_at("s3", LIN, now)]))
    assert signals(store) == {"s1": "", "s2": LIN, "s3": LIN}
