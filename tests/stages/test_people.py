"""Members: signing in, being one person, sessions, phone numbers under lock, consent."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from roulian import people
from roulian.people import Purpose
from roulian.store import Store, Tx
from roulian.words import MemberId, Refusal, SimulatedClock

SHOP = "wx_shop"
NEWS = "wx_news"


def signed_in(store: Store, openid: str, *, unionid: str | None = None, appid: str = SHOP) -> MemberId:
    return store.call(lambda tx: people.sign_in(tx, appid=appid, openid=openid, unionid=unionid))


def events(store: Store) -> list[str]:
    return [row[0] for row in store.read(lambda tx: tx.rows(sa.text("SELECT kind FROM store_events ORDER BY id")))]


def session_of(store: Store, member: MemberId, *, seed: int = 1) -> str:
    return store.call(lambda tx: people.open_session(tx, member, chance=random.Random(seed).getrandbits))


def test_signing_in_twice_is_one_member_and_said_once(store):
    first = signed_in(store, "o1")
    second = signed_in(store, "o1")

    assert first == second
    assert events(store) == ["people.MemberJoined"]
    member = store.read(lambda tx: people.members(tx, [first]))[first]
    assert (member.region, member.unionid) == ("", None)


def test_a_unionid_known_from_another_account_is_the_same_member_at_once(store):
    at_shop = signed_in(store, "o1", unionid="u1")

    at_news = signed_in(store, "n1", unionid="u1", appid=NEWS)

    assert at_news == at_shop
    assert events(store) == ["people.MemberJoined"]
    assert store.read(lambda tx: people.openids(tx, [at_shop], appid=NEWS)) == {at_shop: "n1"}


def test_a_unionid_learned_later_merges_two_members_and_keeps_the_evidence(store):
    kept = signed_in(store, "n1", unionid="u1", appid=NEWS)
    gone = signed_in(store, "o1")

    answered = signed_in(store, "o1", unionid="u1")

    assert answered == kept
    assert events(store)[-1] == "people.MembersMerged"
    (edge,) = store.read(lambda tx: people.merges(tx, [gone]))
    assert (edge.kept, edge.gone, edge.evidence, edge.parted_at) == (kept, gone, f"unionid seen through {SHOP}", None)
    assert store.read(lambda tx: people.openids(tx, [gone], appid=NEWS)) == {gone: "n1"}
    assert store.read(lambda tx: people.members(tx, [gone]))[gone].id == kept


def test_a_merge_taken_back_gives_each_their_own_accounts_again(store):
    kept = signed_in(store, "n1", unionid="u1", appid=NEWS)
    gone = signed_in(store, "o1")
    token = session_of(store, gone)
    signed_in(store, "o1", unionid="u1")
    assert store.read(lambda tx: people.member_of_session(tx, token)) == kept

    store.call(lambda tx: people.part(tx, kept, gone=gone))

    assert store.read(lambda tx: people.member_by_openid(tx, appid=SHOP, openid="o1")) == gone
    assert store.read(lambda tx: people.member_of_session(tx, token)) == gone
    assert store.read(lambda tx: people.merges(tx, [gone]))[0].parted_at == store.clock.now()
    with pytest.raises(Refusal):
        store.call(lambda tx: people.part(tx, kept, gone=gone))


def test_parting_the_middle_of_a_chain_takes_its_own_branch_along(store):
    a, b, c = (signed_in(store, name) for name in ("a", "b", "c"))
    from roulian.people.writes import merge

    store.call(lambda tx: merge(tx, b, gone=a, evidence="staff"))
    store.call(lambda tx: merge(tx, c, gone=b, evidence="staff"))

    store.call(lambda tx: people.part(tx, c, gone=b))

    def person(openid: str) -> MemberId | None:
        return store.read(lambda tx: people.member_by_openid(tx, appid=SHOP, openid=openid))

    assert (person("a"), person("b"), person("c")) == (b, b, c)


def test_a_session_opens_until_it_runs_out_and_the_table_holds_no_token(store, clock: SimulatedClock):
    member = signed_in(store, "o1")
    token = session_of(store, member)

    assert store.read(lambda tx: people.member_of_session(tx, token)) == member
    assert store.read(lambda tx: people.member_of_session(tx, "0" * 64)) is None
    stored = store.read(lambda tx: tx.rows(sa.text("SELECT token_sha256 FROM people_sessions")))
    assert len(token) == 64
    assert token not in str(stored)
    clock.move_to(clock.now().plus(timedelta(days=30)))
    assert store.read(lambda tx: people.member_of_session(tx, token)) is None


def test_consent_is_silence_then_yes_then_no_and_every_word_stays(store):
    member = signed_in(store, "o1")

    def ask(tx: Tx) -> None:
        people.require_consent(tx, [member], purpose=Purpose.MARKETING)

    with pytest.raises(people.NoConsent) as refusal:
        store.read(ask)
    assert refusal.value.members == (member,)
    store.call(lambda tx: people.give_consent(tx, member, purpose=Purpose.MARKETING, text_version="v1"))
    store.call(lambda tx: people.give_consent(tx, member, purpose=Purpose.MARKETING, text_version="v1"))
    store.read(ask)
    store.call(lambda tx: people.withdraw_consent(tx, member, purpose=Purpose.MARKETING, text_version="v1"))
    with pytest.raises(people.NoConsent):
        store.read(ask)

    ledger = store.read(lambda tx: people.consents(tx, member))
    assert [(line.purpose, line.is_given) for line in ledger] == [(Purpose.MARKETING, True), (Purpose.MARKETING, False)]
    assert events(store) == ["people.MemberJoined", "people.ConsentGiven", "people.ConsentWithdrawn"]


def test_consent_for_one_purpose_is_none_for_another_and_unknown_members_have_none(store):
    member = signed_in(store, "o1")
    store.call(lambda tx: people.give_consent(tx, member, purpose=Purpose.ORDER, text_version="v1"))

    with pytest.raises(people.NoConsent):
        store.read(lambda tx: people.require_consent(tx, [member], purpose=Purpose.PERSONALISE))
    nobody = MemberId("mem_nobody")
    with pytest.raises(people.NoConsent) as refusal:
        store.read(lambda tx: people.require_consent(tx, [member, nobody], purpose=Purpose.ORDER))
    assert refusal.value.members == (nobody,)


def test_settling_in_an_unknown_member_is_refused(store):
    with pytest.raises(Refusal) as refusal:
        store.call(lambda tx: people.settle_in(tx, MemberId("mem_nobody"), region="CN-31"))

    assert refusal.value.code == "unknown_member"


def test_the_page_lists_persons_newest_first_by_region(store):
    first, second, third = (signed_in(store, f"o{i}") for i in range(3))
    for member, region in ((first, "CN-31"), (second, "CN-11"), (third, "CN-31")):
        store.call(lambda tx, m=member, r=region: people.settle_in(tx, m, region=r))

    page = store.read(lambda tx: people.members_page(tx, limit=2))
    rest = store.read(lambda tx: people.members_page(tx, before=page[-1].id))
    shanghai = store.read(lambda tx: people.members_page(tx, region="CN-31"))

    assert [m.id for m in page] == [third, second]
    assert [m.id for m in rest] == [first]
    assert [m.id for m in shanghai] == [third, first]
