"""One person, many ids: the graph of what they are known by, merges on strong and weak evidence, and taking them back."""

import random

import pytest

from roulian import people
from roulian.people import Evidence, Known, MergeStatus, Purpose
from roulian.store import KeyRing, Store
from roulian.words import MemberId, Refusal

SHOP, NEWS = "wx_shop", "wx_news"
RING = KeyRing.parse("k1:" + "11" * 32, draw=random.Random(5).randbytes)
PHONE = "13800138000"


def signed_in(store: Store, openid: str, *, unionid: str | None = None, appid: str = SHOP) -> MemberId:
    return store.call(lambda tx: people.sign_in(tx, appid=appid, openid=openid, unionid=unionid))


def phone(store: Store, member: MemberId, number: str = PHONE) -> MemberId:
    return store.call(lambda tx: people.set_phone(tx, RING, member=member, phone=number))


def address(name: str = "陈 晓明", street: str = "文三路 90 号 2-301") -> people.Address:
    return people.Address(name, PHONE, "330106", street)


def person(store: Store, member: MemberId) -> MemberId:
    return store.read(lambda tx: people.members(tx, [member]))[member].id


def proposals(store: Store) -> list[people.MergeProposal]:
    return list(store.read(lambda tx: people.merge_proposals(tx, statuses=[MergeStatus.OPEN])))


def test_the_same_verified_phone_is_the_same_person_at_once_and_says_why(store):
    at_shop, at_news = signed_in(store, "o1"), signed_in(store, "n1", appid=NEWS)
    phone(store, at_shop)

    answers_as = phone(store, at_news)

    assert answers_as == at_shop == person(store, at_news)
    (edge,) = store.read(lambda tx: people.merges(tx, [at_news]))
    assert (edge.kept, edge.gone, edge.evidence) == (at_shop, at_news, "the same verified phone")
    assert store.read(lambda tx: people.openids(tx, [at_shop], appid=NEWS)) == {at_shop: "n1"}


def test_who_is_known_by_a_unionid_is_kept_whoever_came_first(store):
    first, known = signed_in(store, "o1"), signed_in(store, "n1", unionid="u1", appid=NEWS)
    phone(store, first)

    assert phone(store, known) == known == person(store, first)


def test_one_phone_behind_two_unionids_is_two_people_until_somebody_decides(store):
    mother, daughter = signed_in(store, "o1", unionid="u1"), signed_in(store, "o2", unionid="u2")
    phone(store, mother)

    assert phone(store, daughter) == daughter

    assert [(each.evidence, each.status) for each in proposals(store)] == [(Evidence.PHONE, MergeStatus.OPEN)]
    assert person(store, mother) == mother


def test_the_same_customer_number_and_the_same_door_are_proposed_once(store):
    one, other = signed_in(store, "o1"), signed_in(store, "o2")
    for member in (one, other, other):
        store.call(
            lambda tx, m=member: people.link_customer(tx, RING, member=m, number="C-1001", evidence="ERP import")
        )
    store.call(lambda tx: people.keep_address(tx, RING, member=one, address=address()))
    store.call(lambda tx: people.keep_address(tx, RING, member=other, address=address("陈晓明", "文三路90号2-301")))

    assert {each.evidence for each in proposals(store)} == {Evidence.CUSTOMER, Evidence.ADDRESS}
    assert len(proposals(store)) == 2
    assert person(store, other) == other


def test_accepting_a_proposal_merges_and_refusing_ends_it(store):
    one, other, third = (signed_in(store, name) for name in ("o1", "o2", "o3"))
    for member in (one, other, third):
        store.call(lambda tx, m=member: people.link_customer(tx, RING, member=m, number="C-1", evidence="ERP import"))
    with_other = next(
        each for each in proposals(store) if other in (each.one, each.other) and one in (each.one, each.other)
    )
    rest = [each for each in proposals(store) if each != with_other]

    kept = store.call(lambda tx: people.accept_merge(tx, with_other.id, by="stf_1"))
    for each in rest:
        store.call(lambda tx, p=each: people.refuse_merge(tx, p.id, by="stf_1"))

    assert kept == one == person(store, other)
    assert person(store, third) == third
    assert proposals(store) == []
    with pytest.raises(Refusal) as refusal:
        store.call(lambda tx: people.accept_merge(tx, rest[0].id, by="stf_1"))
    assert refusal.value.code == "not_proposed"
    assert person(store, third) == third


def test_what_a_person_parted_no_phone_and_no_login_merges_again(store):
    kept, gone = signed_in(store, "n1", unionid="u1", appid=NEWS), signed_in(store, "o1")
    signed_in(store, "o1", unionid="u1")
    store.call(lambda tx: people.part(tx, kept, gone=gone))

    assert signed_in(store, "o1", unionid="u1") == gone
    phone(store, kept)
    assert phone(store, gone) == gone

    assert [each.evidence for each in proposals(store)] == [Evidence.PHONE]


def test_consents_phone_and_addresses_are_the_persons_under_any_id_and_go_back_when_parted(store):
    kept, gone = signed_in(store, "n1", unionid="u1", appid=NEWS), signed_in(store, "o1")
    phone(store, gone)
    place = store.call(lambda tx: people.keep_address(tx, RING, member=gone, address=address()))
    store.call(lambda tx: people.give_consent(tx, gone, purpose=Purpose.ORDER, text_version="v1"))

    signed_in(store, "o1", unionid="u1")

    def held(member: MemberId) -> tuple[object, ...]:
        reading = people.Reading.own(member)
        return store.read(
            lambda tx: (
                people.phones(tx, RING, reading=reading).get(member),
                [one.id for one in people.addresses(tx, RING, reading=reading)[member]],
                [line.is_given for line in people.consents(tx, member)],
            )
        )

    assert held(kept) == held(gone) == ("+8613800138000", [place], [True])
    assert store.read(lambda tx: people.families(tx, [kept, gone])) == {
        kept: tuple(sorted((kept, gone))),
        gone: tuple(sorted((kept, gone))),
    }
    store.call(lambda tx: people.part(tx, kept, gone=gone))
    assert held(kept) == (None, [], [])
    assert held(gone) == ("+8613800138000", [place], [True])


def test_the_graph_names_every_edge_with_its_evidence_and_time(store, clock):
    member = signed_in(store, "o1", unionid="u1")
    signed_in(store, "n1", unionid="u1", appid=NEWS)
    phone(store, member)
    store.call(lambda tx: people.link_customer(tx, RING, member=member, number="C-7", evidence="ERP import"))

    edges = store.read(lambda tx: people.identities(tx, [member]))[member]

    assert {(edge.known, edge.value, edge.evidence) for edge in edges} == {
        (Known.OPENID, "o1", f"signed in through {SHOP}"),
        (Known.OPENID, "n1", f"signed in through {NEWS}"),
        (Known.UNIONID, "u1", f"seen through {SHOP}"),
        (Known.PHONE, "", "WeChat"),
        (Known.CUSTOMER, "", "ERP import"),
    }
    assert {edge.since for edge in edges} == {clock.now()}


@pytest.mark.parametrize("number", ["", "C 1", "x" * 41, "编号", "a\nb"])
def test_a_customer_number_that_is_none_is_refused_and_not_kept(store, number):
    member = signed_in(store, "o1")

    with pytest.raises(Refusal) as refusal:
        store.call(lambda tx: people.link_customer(tx, RING, member=member, number=number, evidence="x"))

    assert refusal.value.code == "bad_customer_number"
    assert {edge.known for edge in store.read(lambda tx: people.identities(tx, [member]))[member]} == {Known.OPENID}
