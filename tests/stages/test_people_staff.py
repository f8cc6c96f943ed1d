"""Staff: strong passwords, a second factor that counts once, locks, roles as data, keys with scopes."""

import base64
import random
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from roulian import people
from roulian.people import MAY, Caller, May, Role
from roulian.people.model.totp import STEP_S
from roulian.store import KeyRing, Store
from roulian.words import Refusal, SimulatedClock

RING = KeyRing.parse("k1:" + "11" * 32, draw=random.Random(5).randbytes)
HASH, OTHER_HASH = "scrypt.15.8.1.aa.bb", "scrypt.15.8.1.cc.dd"
RFC_SECRET = b"12345678901234567890"


def chance(seed: int = 3):
    return random.Random(seed).getrandbits


def somebody(store: Store, login: str = "wang", role: Role = Role.ADMIN) -> str:
    return store.call(lambda tx: people.add_staff(tx, login, name="王芳", role=role, password_hash=HASH))


def log_in(store: Store, *, proven: str | None = HASH, code: str = "", login: str = "wang", seed: int = 3):
    return store.call(lambda tx: people.log_in(tx, RING, login=login, proven=proven, code=code, chance=chance(seed)))


def with_totp(store: Store, clock: SimulatedClock) -> bytes:
    """Somebody whose authenticator was confirmed a minute ago; its secret."""
    ident = somebody(store)
    address = store.call(lambda tx: people.enrol_totp(tx, RING, staff=ident, chance=chance()))
    secret = base64.b32decode(parse_qs(urlsplit(address).query)["secret"][0])
    store.call(lambda tx: people.confirm_totp(tx, RING, staff=ident, code=code_now(secret, clock)))
    clock.move_to(clock.now().plus(timedelta(minutes=1)))
    return secret


def code_now(secret: bytes, clock: SimulatedClock, *, steps: int = 0) -> str:
    return people.totp(secret, step=clock.now().ms // 1000 // STEP_S + steps)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds, code):
    assert people.totp(RFC_SECRET, step=seconds // STEP_S, digits=8) == code


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "wang-is-the-best", "x" * 300])
def test_a_password_that_is_easy_to_guess_is_refused(password):
    with pytest.raises(people.WeakPassword):
        people.check_password(password, login="wang")


def test_a_sentence_is_a_password_and_its_hash_knows_it_and_no_other():
    sentence = "铁马冰河入梦来 and a cup of tea"

    people.check_password(sentence, login="wang")
    hashed = people.password_hash(sentence, salt=b"0123456789abcdef")

    assert people.is_password(sentence, hashed)
    assert not people.is_password(sentence + " ", hashed)
    assert not people.is_password(sentence, "")
    assert sentence not in hashed


def test_scrypt_is_that_of_rfc_7914():
    from hashlib import scrypt

    told = scrypt(b"pleaseletmein", salt=b"SodiumChloride", n=16384, r=8, p=1, maxmem=1 << 26, dklen=64).hex()

    assert told.startswith("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")


def test_a_session_opens_the_console_until_it_runs_out_and_the_table_holds_no_token(store, clock):
    ident = somebody(store)

    token = log_in(store)

    assert store.read(lambda tx: people.caller_of_session(tx, token)) == Caller(ident, "王芳", MAY[Role.ADMIN])
    assert token not in str(store.read(lambda tx: tx.rows(sa.text("SELECT * FROM people_staff_sessions"))))
    clock.move_to(clock.now().plus(people.LOGIN_LASTS))
    assert store.read(lambda tx: people.caller_of_session(tx, token)) is None


def test_logging_out_ends_the_session(store):
    somebody(store)
    token = log_in(store)

    store.call(lambda tx: people.log_out(tx, token))

    assert store.read(lambda tx: people.caller_of_session(tx, token)) is None


@pytest.mark.parametrize("attempt", [{"proven": None}, {"proven": OTHER_HASH}, {"login": "nobody"}])
def test_what_does_not_fit_is_answered_alike_and_opens_nothing(store, attempt):
    somebody(store)

    answer = log_in(store, **attempt)

    assert isinstance(answer, people.WrongLogin)
    assert store.read(lambda tx: tx.rows(sa.text("SELECT * FROM people_staff_sessions"))) == []


def test_five_failures_lock_for_a_quarter_of_an_hour_even_the_right_password(store, clock):
    somebody(store)
    answers = [type(log_in(store, proven=None)) for _ in range(5)]

    assert answers == [people.WrongLogin] * 4 + [people.LockedOut]
    assert isinstance(log_in(store), people.LockedOut)
    clock.move_to(clock.now().plus(timedelta(minutes=15)))
    assert isinstance(log_in(store), str)


def test_success_forgives_earlier_failures(store):
    somebody(store)
    for seed in range(3):
        for _ in range(4):
            log_in(store, proven=None)
        assert isinstance(log_in(store, seed=seed + 10), str)


def test_with_an_authenticator_the_password_alone_opens_nothing(store, clock):
    secret = with_totp(store, clock)

    assert isinstance(log_in(store), people.WrongLogin)
    assert isinstance(log_in(store, code="000000"), people.WrongLogin)
    assert isinstance(log_in(store, code="１２３４５６"), people.WrongLogin)
    assert isinstance(log_in(store, code=code_now(secret, clock)), str)


def test_a_code_counts_once_and_so_does_the_one_before_it(store, clock):
    secret = with_totp(store, clock)
    code = code_now(secret, clock)
    assert isinstance(log_in(store, code=code), str)

    assert isinstance(log_in(store, code=code, seed=4), people.WrongLogin)
    assert isinstance(log_in(store, code=code_now(secret, clock, steps=-1), seed=4), people.WrongLogin)
    assert isinstance(log_in(store, code=code_now(secret, clock, steps=1), seed=4), str)


def test_a_wrong_password_does_not_use_up_the_code(store, clock):
    secret = with_totp(store, clock)
    code = code_now(secret, clock)

    log_in(store, proven=None, code=code)

    assert isinstance(log_in(store, code=code), str)


def test_an_authenticator_that_was_not_confirmed_is_not_asked_for(store):
    ident = somebody(store)
    store.call(lambda tx: people.enrol_totp(tx, RING, staff=ident, chance=chance()))

    with pytest.raises(people.WrongLogin):
        store.call(lambda tx: people.confirm_totp(tx, RING, staff=ident, code="000000"))

    assert isinstance(log_in(store), str)
    assert not store.read(people.staff)[0].has_totp


def test_who_left_or_changed_roles_is_logged_out(store):
    somebody(store)
    lin = somebody(store, "lin", Role.CARE)
    token = log_in(store, login="lin")

    store.call(lambda tx: people.change_staff(tx, lin, name="林", role=Role.AUDITOR, is_active=True))
    assert store.read(lambda tx: people.caller_of_session(tx, token)) is None
    again = log_in(store, login="lin", seed=9)
    store.call(lambda tx: people.change_staff(tx, lin, name="林", role=Role.AUDITOR, is_active=False))

    assert store.read(lambda tx: people.caller_of_session(tx, again)) is None
    assert isinstance(log_in(store, login="lin"), people.WrongLogin)


def test_the_last_admin_stays_one(store):
    ident = somebody(store)

    for role, is_active in ((Role.CARE, True), (Role.ADMIN, False)):
        with pytest.raises(people.LastAdmin):
            store.call(lambda tx, r=role, a=is_active: people.change_staff(tx, ident, name="王", role=r, is_active=a))

    assert [(one.role, one.is_active) for one in store.read(people.staff)] == [(Role.ADMIN, True)]


def test_a_new_password_ends_every_session_and_lifts_a_lock(store):
    ident = somebody(store)
    token = log_in(store)
    for _ in range(5):
        log_in(store, proven=None)

    store.call(lambda tx: people.set_password(tx, ident, password_hash=OTHER_HASH))

    assert store.read(lambda tx: people.caller_of_session(tx, token)) is None
    assert isinstance(log_in(store, proven=HASH), people.WrongLogin)
    assert isinstance(log_in(store, proven=OTHER_HASH, seed=8), str)


def test_a_login_is_taken_once_and_is_written_plainly(store):
    somebody(store)

    for login, code in (("wang", "login_taken"), ("Wang", "bad_login"), ("王", "bad_login"), ("", "bad_login")):
        with pytest.raises(Refusal) as refusal:
            somebody(store, login)
        assert refusal.value.code == code
    assert len(store.read(people.staff)) == 1


def a_key(store: Store, caller: Caller, *scopes: May, days: int = 30) -> str:
    return store.call(
        lambda tx: people.make_api_key(
            tx, caller, name="报表", scopes=scopes, lasts=timedelta(days=days), chance=chance(6)
        )
    )


def test_a_key_does_what_its_scopes_say_as_long_as_its_maker_may(store, clock):
    somebody(store)
    lin = somebody(store, "lin", Role.CARE)
    maker = Caller(lin, "林", MAY[Role.CARE])
    token = a_key(store, maker, May.LOOK, May.SEE_MEMBERS)

    def may() -> frozenset[May] | None:
        caller = store.read(lambda tx: people.caller_of_key(tx, token))
        return None if caller is None else caller.may

    assert may() == {May.LOOK, May.SEE_MEMBERS}
    assert token not in str(store.read(lambda tx: tx.rows(sa.text("SELECT * FROM people_api_keys"))))
    store.call(lambda tx: people.change_staff(tx, lin, name="林", role=Role.FINANCE, is_active=True))
    assert may() == {May.LOOK}
    clock.move_to(clock.now().plus(timedelta(days=30)))
    assert may() is None


@pytest.mark.parametrize(("scopes", "days"), [((May.STAFF,), 30), ((), 30), ((May.LOOK,), 0), ((May.LOOK,), 366)])
def test_a_key_cannot_do_more_than_its_maker_nor_live_for_ever(store, scopes, days):
    lin = somebody(store, "lin", Role.CARE)

    with pytest.raises(people.ScopeTooWide):
        a_key(store, Caller(lin, "林", frozenset(May)), *scopes, days=days)

    assert store.read(lambda tx: people.api_keys(tx, [lin])) == ()


def test_only_ones_own_key_can_be_revoked(store):
    mine, theirs = somebody(store), somebody(store, "lin", Role.CARE)
    me, they = Caller(mine, "王", MAY[Role.ADMIN]), Caller(theirs, "林", MAY[Role.CARE])
    token = a_key(store, me, May.LOOK)
    (key,) = store.read(lambda tx: people.api_keys(tx, [mine]))

    with pytest.raises(people.UnknownKey):
        store.call(lambda tx: people.revoke_api_key(tx, they, key=key.id))
    assert store.read(lambda tx: people.caller_of_key(tx, token)) is not None
    store.call(lambda tx: people.revoke_api_key(tx, me, key=key.id))

    assert store.read(lambda tx: people.caller_of_key(tx, token)) is None


def test_the_auditor_reads_the_record_and_nobody_elses_data():
    assert MAY[Role.AUDITOR] == {May.LOOK, May.AUDIT}
    assert {role for role in Role if May.READ_PERSONAL in MAY[role]} == {Role.CARE, Role.ADMIN}
    assert {role for role in Role if May.STAFF in MAY[role]} == {Role.ADMIN}
