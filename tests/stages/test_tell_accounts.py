"""The account matrix: accounts as data, their secrets sealed, what WeChat grants and denies remembered."""

import random

import pytest
import sqlalchemy as sa

from roulian import tell
from roulian.store import CannotOpen, KeyRing, Store

RING = KeyRing({"k1": b"1" * 32}, draw=random.Random(1).randbytes)
ACCOUNT = tell.Account.of("wx0a1b2c3d4e5f6071", kind="service_account", name="柔链家居")
SECRETS = tell.Secrets(secret="s3cret", callback_token="tok", callback_aes_key="k" * 43)


def entered(store: Store, account: tell.Account = ACCOUNT, secrets: tell.Secrets = SECRETS) -> None:
    store.call(lambda tx: tell.enter_account(tx, account, secrets=secrets, ring=RING))


def test_an_account_that_is_entered_is_there_at_once_with_its_secrets(store: Store):
    entered(store)

    assert store.read(tell.accounts) == (ACCOUNT,)
    assert store.read(lambda tx: tell.account(tx, ACCOUNT.appid)) == ACCOUNT
    assert store.read(lambda tx: tell.account_secrets(tx, ACCOUNT.appid, ring=RING)) == SECRETS
    assert store.read(lambda tx: tell.account_secrets(tx, "wx_none", ring=RING)) is None


def test_no_secret_stands_readable_in_the_database_or_shows_when_printed(store: Store):
    entered(store)

    rows = store.read(lambda tx: tx.rows(sa.text("SELECT * FROM tell_account_secrets")))

    for secret in ("s3cret", "k" * 43):
        assert secret not in f"{rows} {SECRETS}"


def test_the_secrets_of_one_account_do_not_open_as_anothers(store: Store):
    entered(store)
    entered(store, tell.Account.of("wx1111111111111111", kind="service_account", name="二号"))
    move = (
        "UPDATE tell_account_secrets SET sealed ="
        " (SELECT sealed FROM tell_account_secrets WHERE appid = 'wx1111111111111111') WHERE appid = :appid"
    )

    store.call(lambda tx: tx.run(sa.text(move), appid=ACCOUNT.appid))

    with pytest.raises(CannotOpen):
        store.read(lambda tx: tell.account_secrets(tx, ACCOUNT.appid, ring=RING))


@pytest.mark.parametrize(
    ("account", "secrets", "why"),
    [
        (tell.Account.of("gh_123", kind="service_account", name="x"), SECRETS, "AppID"),
        (tell.Account.of(ACCOUNT.appid, kind="service_account", name=" "), SECRETS, "name"),
        (ACCOUNT, tell.Secrets(), "AppSecret"),
        (ACCOUNT, tell.Secrets(secret="s", callback_token="t", callback_aes_key="short"), "EncodingAESKey"),
        (ACCOUNT, tell.Secrets(secret="s", callback_token="t"), "Token"),
    ],
)
def test_an_account_that_cannot_be_right_is_refused_and_nothing_is_kept(store: Store, account, secrets, why: str):
    with pytest.raises(tell.BadAccount) as refused:
        entered(store, account, secrets)

    assert why in refused.value.why
    assert store.read(tell.accounts) == ()
    assert store.read(tell.secret_keys) == {}


def test_rotating_seals_every_secret_with_the_newest_key(store: Store):
    entered(store)
    rotated = KeyRing({"k2": b"2" * 32, "k1": b"1" * 32}, draw=random.Random(2).randbytes)

    before = store.read(tell.secret_keys)
    count = store.call(lambda tx: tell.reseal_secrets(tx, rotated))

    assert (before, count, store.read(tell.secret_keys)) == ({ACCOUNT.appid: "k1"}, 1, {ACCOUNT.appid: "k2"})
    alone = KeyRing({"k2": b"2" * 32}, draw=random.Random(3).randbytes)
    assert store.read(lambda tx: tell.account_secrets(tx, ACCOUNT.appid, ring=alone)) == SECRETS


def test_a_rotation_that_misses_a_key_changes_nothing(store: Store):
    entered(store)

    with pytest.raises(CannotOpen):
        store.call(lambda tx: tell.reseal_secrets(tx, KeyRing({"k2": b"2" * 32}, draw=random.Random(2).randbytes)))

    assert store.read(tell.secret_keys) == {ACCOUNT.appid: "k1"}


def test_denials_stand_until_the_owner_authorises_again(store: Store):
    entered(store)

    store.call(lambda tx: tell.deny(tx, ACCOUNT.appid, api="/cgi-bin/draft/add", code="48001"))
    (denial,) = store.read(tell.denials)[ACCOUNT.appid]
    store.call(lambda tx: tell.learn_rights(tx, ACCOUNT.appid, permission_sets=frozenset({7, 1})))

    assert (denial.api, denial.code, denial.at) == ("/cgi-bin/draft/add", "48001", store.clock.now())
    assert store.read(tell.denials) == {}
    assert store.read(tell.permission_sets) == {ACCOUNT.appid: frozenset({1, 7})}


def test_the_brand_file_never_overwrites_what_was_entered(store: Store):
    vertical = tell.Account(
        ACCOUNT.appid, tell.AccountKind.SERVICE, "烘焙圈", tell.Role.VERTICAL, audience="烘焙爱好者"
    )
    entered(store, vertical)

    store.call(lambda tx: tell.add_accounts(tx, [ACCOUNT]))

    assert store.read(tell.accounts) == (vertical,)


def test_an_account_out_of_use_does_not_speak_in_a_crisis(store: Store):
    entered(store)
    assert store.read(tell.crisis_account) == ACCOUNT.appid

    store.call(lambda tx: tell.stand(tx, ACCOUNT.appid, standing=tell.Standing.UNAUTHORISED))

    assert store.read(tell.crisis_account) == ""
    with pytest.raises(tell.UnknownAccount):
        store.call(lambda tx: tell.stand(tx, "wx_none", standing=tell.Standing.DOWN))
