"""Phone numbers and addresses under lock: who may read them, the record of readings, keys that change, time that ends."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from roulian import people
from roulian.people import Personal, Purpose
from roulian.store import CannotOpen, KeyRing, Store
from roulian.words import Bug, MemberId, Refusal

OLD, NEW = "11" * 32, "22" * 32
PHONE = "+8613800138000"
ADDRESS = people.Address("陈晓明", PHONE, "330106", "文三路90号2-301")


def ring(text: str = f"old:{OLD}") -> KeyRing:
    return KeyRing.parse(text, draw=random.Random(5).randbytes)


RING = ring()


def a_member(store: Store, openid: str = "o1", *, agrees: bool = True) -> MemberId:
    member = store.call(lambda tx: people.sign_in(tx, appid="wx1", openid=openid, unionid=None))
    if agrees:
        store.call(lambda tx: people.give_consent(tx, member, purpose=Purpose.ORDER, text_version="v1"))
    return member


def read_phone(store: Store, member: MemberId, *, keys: KeyRing = RING, purpose: Purpose = Purpose.ORDER) -> str | None:
    reading = store.call(
        lambda tx: people.note_reading(tx, [member], reader="stf_1", fields=[Personal.PHONE], purpose=purpose)
    )
    return store.read(lambda tx: people.phones(tx, keys, reading=reading)).get(member)


def give_phone(store: Store, member: MemberId, number: str = PHONE) -> None:
    store.call(lambda tx: people.set_phone(tx, RING, member=member, phone=number))


def rows(store: Store, table: str) -> str:
    return str(store.read(lambda tx: tx.rows(sa.text(f"SELECT * FROM {table}"))))


def test_a_phone_is_sealed_found_by_its_index_and_read_only_with_the_key(store):
    member = a_member(store)

    give_phone(store, member, "138 0013-8000")

    assert "13800138000" not in rows(store, "people_handles")
    assert read_phone(store, member) == PHONE
    assert store.read(lambda tx: people.members_by_phone(tx, RING, phone="13800138000")) == (member,)
    assert store.read(lambda tx: people.masked_phones(tx, RING, [member])) == {member: "+86138****8000"}
    with pytest.raises(CannotOpen):
        read_phone(store, member, keys=ring(f"old:{NEW}"))


def test_a_new_number_takes_the_place_of_the_old_one(store):
    member = a_member(store)
    give_phone(store, member)

    give_phone(store, member, "13900139000")

    assert read_phone(store, member) == "+8613900139000"
    assert store.read(lambda tx: people.members_by_phone(tx, RING, phone=PHONE)) == ()


def test_a_bad_phone_is_refused_without_repeating_it_and_keeps_the_old_one(store):
    member = a_member(store)
    give_phone(store, member)

    with pytest.raises(Refusal) as refusal:
        give_phone(store, member, "138-oops-99")

    assert refusal.value.code == "bad_phone"
    assert "oops" not in str(refusal.value)
    assert read_phone(store, member) == PHONE


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "名" * 41), ("name", "a\x00b"), ("region_code", "33010"), ("street", " ")],
)
def test_an_address_with_a_bad_field_is_refused_by_its_field_and_nothing_is_kept(store, field, value):
    member = a_member(store)
    fields = {"name": "陈晓明", "phone": PHONE, "region_code": "330106", "street": "文三路90号", field: value}

    with pytest.raises(Refusal) as refusal:
        store.call(lambda tx: people.keep_address(tx, RING, member=member, address=people.Address(**fields)))

    assert (refusal.value.code, refusal.value.facts()) == ("bad_address", {"what": field})
    assert rows(store, "people_addresses") == "[]"


def test_an_address_lies_sealed_and_another_members_row_does_not_open_it(store):
    mine, theirs = a_member(store), a_member(store, "o2")
    ident = store.call(lambda tx: people.keep_address(tx, RING, member=mine, address=ADDRESS))

    (kept,) = store.read(lambda tx: people.addresses(tx, RING, reading=people.Reading.own(mine)))[mine]

    assert (kept.id, kept.address) == (ident, ADDRESS)
    stored = rows(store, "people_addresses")
    assert not any(text in stored for text in ("陈晓明", "13800138000", "文三路"))
    assert "陈晓明" not in repr(kept)
    store.call(lambda tx: tx.run(sa.text("UPDATE people_addresses SET member = :m"), m=theirs))
    with pytest.raises(CannotOpen):
        store.read(lambda tx: people.addresses(tx, RING, reading=people.Reading.own(theirs)))


def test_another_members_address_cannot_be_dropped(store):
    mine, theirs = a_member(store), a_member(store, "o2")
    ident = store.call(lambda tx: people.keep_address(tx, RING, member=mine, address=ADDRESS))

    with pytest.raises(Refusal) as refusal:
        store.call(lambda tx: people.drop_address(tx, theirs, address=ident))

    assert refusal.value.code == "unknown_address"
    (kept,) = store.read(lambda tx: people.addresses(tx, RING, reading=people.Reading.own(mine)))[mine]
    assert kept.dropped_at is None


def test_without_live_consent_nothing_is_read_and_nothing_is_recorded(store):
    member = a_member(store)
    give_phone(store, member)
    store.call(lambda tx: people.withdraw_consent(tx, member, purpose=Purpose.ORDER, text_version="v1"))

    for purpose in (Purpose.ORDER, Purpose.MARKETING):
        with pytest.raises(people.NoConsent):
            read_phone(store, member, purpose=purpose)

    assert store.read(people.readings_page) == ()


def test_a_reading_opens_only_the_fields_it_was_given_for(store):
    member = a_member(store)
    reading = store.call(
        lambda tx: people.note_reading(tx, [member], reader="stf_1", fields=[Personal.PHONE], purpose=Purpose.ORDER)
    )

    with pytest.raises(Bug):
        store.read(lambda tx: people.addresses(tx, RING, reading=reading))


def test_every_reading_is_a_line_that_holds_the_hash_of_the_one_before(store):
    member = a_member(store)
    give_phone(store, member)

    for _ in range(3):
        read_phone(store, member)

    newest, middle, oldest = store.read(people.readings_page)
    assert [line.seq for line in (oldest, middle, newest)] == [1, 2, 3]
    assert (middle.previous, newest.previous) == (oldest.digest, middle.digest)
    assert (newest.reader, newest.members, newest.fields, newest.purpose) == ("stf_1", (member,), ("phone",), "order")
    assert store.read(people.first_broken_reading) is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE people_readings SET reader = 'nobody' WHERE seq = 2", 2),
        ("UPDATE people_readings SET members = '' WHERE seq = 1", 1),
        ("DELETE FROM people_readings WHERE seq = 2", 3),
        ("DELETE FROM people_readings WHERE seq = 3", 3),
        ("UPDATE people_readings SET read_at = read_at + 1 WHERE seq = 3", 3),
    ],
)
def test_a_changed_or_missing_line_is_found(store, tampering, broken):
    member = a_member(store)
    for _ in range(3):
        read_phone(store, member)

    store.call(lambda tx: tx.run(sa.text(tampering)))

    assert store.read(people.first_broken_reading) == broken


def test_a_new_key_opens_and_finds_what_the_old_one_sealed_and_resealing_lets_it_go(store):
    member = a_member(store)
    give_phone(store, member)
    store.call(lambda tx: people.keep_address(tx, RING, member=member, address=ADDRESS))
    both, new = ring(f"new:{NEW} old:{OLD}"), ring(f"new:{NEW}")

    assert read_phone(store, member, keys=both) == PHONE
    assert store.read(lambda tx: people.members_by_phone(tx, both, phone=PHONE)) == (member,)
    assert store.call(lambda tx: people.reseal(tx, both)) == 2
    assert store.call(lambda tx: people.reseal(tx, both)) == 0

    assert read_phone(store, member, keys=new) == PHONE
    assert store.read(lambda tx: people.members_by_phone(tx, new, phone=PHONE)) == (member,)
    kept = store.read(lambda tx: people.addresses(tx, new, reading=people.Reading.own(member)))[member]
    assert [one.address for one in kept] == [ADDRESS]


def test_what_is_past_its_time_is_removed_and_what_is_not_stays(store, clock):
    member = a_member(store)
    token = store.call(lambda tx: people.open_session(tx, member, chance=random.Random(1).getrandbits))
    dropped = store.call(lambda tx: people.keep_address(tx, RING, member=member, address=ADDRESS))
    used = store.call(lambda tx: people.keep_address(tx, RING, member=member, address=ADDRESS))
    store.call(lambda tx: people.drop_address(tx, member, address=dropped))
    read_phone(store, member)

    def left() -> tuple[list[str], int, int]:
        kept = store.read(lambda tx: people.addresses(tx, RING, reading=people.Reading.own(member)))[member]
        sessions = store.read(lambda tx: tx.rows(sa.text("SELECT 1 FROM people_sessions")))
        return [one.id for one in kept], len(sessions), len(store.read(people.readings_page))

    store.call(people.forget_expired)
    assert left() == ([dropped, used], 1, 1)
    clock.move_to(clock.now().plus(timedelta(days=181)))
    store.call(people.forget_expired)
    assert left() == ([used], 0, 1)
    clock.move_to(clock.now().plus(timedelta(days=1000)))
    store.call(people.forget_expired)
    assert left() == ([used], 0, 0)
    assert store.read(lambda tx: people.member_of_session(tx, token)) is None
    assert store.read(people.first_broken_reading) is None


def test_erasing_removes_what_the_person_is_known_by_under_all_ids_and_keeps_the_consents(store):
    member, other = a_member(store), a_member(store, "o2")
    give_phone(store, member)
    give_phone(store, other)
    store.call(lambda tx: people.keep_address(tx, RING, member=other, address=ADDRESS))
    token = store.call(lambda tx: people.open_session(tx, other, chance=random.Random(1).getrandbits))

    erased = store.call(lambda tx: people.erase(tx, other, orders=()))

    assert set(erased) == {member, other}
    assert store.read(lambda tx: people.identities(tx, [member]))[member] == ()
    assert store.read(lambda tx: people.member_of_session(tx, token)) is None
    assert store.read(lambda tx: people.members_by_phone(tx, RING, phone=PHONE)) == ()
    assert store.read(people.members_page) == ()
    assert [line.is_given for line in store.read(lambda tx: people.consents(tx, member))] == [True, True]
    assert a_member(store) not in erased


def test_who_has_orders_under_way_is_not_erased(store):
    member = a_member(store)
    give_phone(store, member)

    with pytest.raises(people.OrdersUnderWay) as refusal:
        store.call(lambda tx: people.erase(tx, member, orders=["ord_1"]))

    assert refusal.value.orders == ("ord_1",)
    assert read_phone(store, member) == PHONE
