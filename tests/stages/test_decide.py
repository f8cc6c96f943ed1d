"""Proposals are filed, refreshed and closed once; the promise ledger forgets nothing."""

import pytest
import sqlalchemy as sa

from roulian import decide
from roulian.decide import (
    Ask,
    Draft,
    Incoming,
    Promise,
    Proposal,
    ProposalKind,
    ProposalStatus,
    Reason,
    ReasonCode,
    Supply,
)
from roulian.store import Store
from roulian.words import Day, OrderId, Refusal, SkuId

MUG, BAG = SkuId("mug"), SkuId("bag")
ORDER = OrderId("ord_1")
TODAY = Day.parse("2026-03-02")


def a_draft(qty: int = 144, *, sku: SkuId = MUG, kind: ProposalKind = ProposalKind.REPLENISH) -> Draft:
    reason = Reason(ReasonCode.WATCH, {"day": TODAY.iso(), "actual": 3, "days": 3})
    return Draft(kind, sku, qty, TODAY.plus(7), qty * 100, reason)


def filed(store: Store, *drafts: Draft) -> tuple[str, ...]:
    return store.call(lambda tx: decide.file(tx, drafts))


def proposal(store: Store, ident: str) -> Proposal:
    return store.read(lambda tx: decide.proposal(tx, ident))


def said(store: Store) -> list[str]:
    return [row[0] for row in store.read(lambda tx: tx.rows(sa.text("SELECT kind FROM store_events ORDER BY id")))]


def a_promise(qty: int, *, free: int = 100, days: int = 3, sku: SkuId = MUG) -> Promise:
    return decide.promise(Ask(sku, qty, TODAY), Supply(sku, free=free, inbound=(Incoming(TODAY.plus(days), 999, "p"),)))


def promised(store: Store, *promises: Promise) -> int:
    return store.call(lambda tx: decide.promised(tx, {ORDER: promises}))[ORDER]


def test_a_proposal_comes_back_as_it_was_drafted(store):
    (ident,) = filed(store, a_draft())

    found = proposal(store, ident)
    assert (found.kind, found.sku, found.qty, found.cost_fen) == (ProposalKind.REPLENISH, MUG, 144, 14400)
    assert found.reason == a_draft().reason
    assert (found.status, found.need_day, found.closed_at) == (ProposalStatus.OPEN, TODAY.plus(7), None)


def test_a_repeated_night_refreshes_the_open_proposal_and_says_nothing_new(store):
    first = filed(store, a_draft(144))
    again = filed(store, a_draft(192))

    assert again == first
    assert proposal(store, first[0]).qty == 192
    assert said(store) == ["decide.ProposalMade"]


def test_a_closed_proposal_makes_room_for_a_new_one(store):
    (first,) = filed(store, a_draft())
    store.call(lambda tx: decide.apply(tx, first))
    (second,) = filed(store, a_draft())

    assert first != second
    assert proposal(store, first).status is ProposalStatus.APPLIED


def test_applying_twice_says_it_once(store):
    (ident,) = filed(store, a_draft())

    for _ in range(2):
        store.call(lambda tx: decide.apply(tx, ident))

    assert said(store) == ["decide.ProposalMade", "decide.ProposalApplied"]


def test_a_rejected_proposal_cannot_be_applied(store):
    (ident,) = filed(store, a_draft())
    store.call(lambda tx: decide.reject(tx, ident, "供应商停产"))
    before = proposal(store, ident)

    with pytest.raises(Refusal) as refusal:
        store.call(lambda tx: decide.apply(tx, ident))

    assert refusal.value.code == "proposal_closed"
    assert proposal(store, ident) == before
    assert (before.status, before.why) == (ProposalStatus.REJECTED, "供应商停产")
    assert said(store) == ["decide.ProposalMade"]


def test_an_unknown_proposal_is_refused(store):
    for verb in (lambda tx: decide.apply(tx, "prp_?"), lambda tx: decide.proposal(tx, "prp_?")):
        with pytest.raises(Refusal) as refusal:
            store.call(verb)
        assert refusal.value.code == "unknown_proposal"


def test_pages_of_proposals_are_newest_first_and_filtered(store):
    idents = filed(store, a_draft(), a_draft(sku=BAG), a_draft(kind=ProposalKind.ADJUST))
    store.call(lambda tx: decide.apply(tx, idents[0]))

    everything = store.read(decide.proposals_page)
    open_ones = store.read(
        lambda tx: decide.proposals_page(tx, statuses=[ProposalStatus.OPEN], kinds=[ProposalKind.REPLENISH])
    )
    older = store.read(lambda tx: decide.proposals_page(tx, before=idents[2], limit=1, sku=MUG))
    assert [p.id for p in everything] == list(reversed(idents))
    assert [p.id for p in open_ones] == [idents[1]]
    assert [p.id for p in older] == [idents[0]]


def test_the_newest_promises_hold_and_the_older_ones_are_remembered(store):
    first = (a_promise(2), a_promise(1, sku=BAG))
    second = (a_promise(2, free=0, days=9),)

    versions = promised(store, *first), promised(store, *second)

    history = store.read(lambda tx: decide.promise_history(tx, ORDER))
    assert versions == (1, 2)
    assert store.read(lambda tx: decide.promises(tx, [ORDER, OrderId("ord_9")])) == {ORDER: second}
    assert [(entry.version, entry.line, entry.promise) for entry in history] == [
        (1, 0, first[0]),
        (1, 1, first[1]),
        (2, 0, second[0]),
    ]
    assert store.read(lambda tx: decide.first_days(tx, [ORDER])) == {ORDER: first[0].day}


def test_a_promise_is_kept_or_broken_once_when_the_parcel_leaves(store):
    promised(store, a_promise(2))
    promised(store, a_promise(2, free=0), a_promise(1, sku=BAG))

    def left(*skus: SkuId, promised: int, shipped: int) -> int:
        days = {"promised_day": TODAY.plus(promised), "shipped": TODAY.plus(shipped).at(11)}
        return store.call(lambda tx: decide.settle_promise(tx, ORDER, skus=skus, **days))

    settled = left(MUG, promised=1, shipped=1), left(MUG, BAG, promised=1, shipped=2)
    again = left(MUG, BAG, promised=40, shipped=30)

    history = store.read(lambda tx: decide.promise_history(tx, ORDER))
    assert (settled, again) == ((1, 1), 0)
    assert [(entry.version, entry.promise.sku, entry.kept) for entry in history] == [
        (1, MUG, True),
        (2, MUG, True),
        (2, BAG, False),
    ]


def test_bulk_lines_are_replaced_as_they_are_learnt(store):
    store.call(lambda tx: decide.set_bulk_lines(tx, {MUG: 100, BAG: 240}))
    store.call(lambda tx: decide.set_bulk_lines(tx, {MUG: 120}))
    store.call(lambda tx: decide.set_bulk_lines(tx, {}))

    assert store.read(lambda tx: decide.bulk_lines(tx, [MUG, BAG, SkuId("ghost")])) == {MUG: 120, BAG: 240}
