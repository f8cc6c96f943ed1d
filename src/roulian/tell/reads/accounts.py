"""Questions about the account matrix."""

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from roulian.store import KeyRing, Tx, key_of
from roulian.tell.model import Account, AccountKind, Denial, Secrets, Standing
from roulian.tell.tables import accounts as tables
from roulian.tell.tables.accounts import (
    ACCOUNT_COLUMNS,
    ACCOUNT_DENIALS,
    ACCOUNT_GRANTS,
    ACCOUNT_SECRETS,
    ACCOUNTS,
)
from roulian.words.time import Instant

_ACCOUNTS = sa.select(*ACCOUNT_COLUMNS).order_by(ACCOUNTS.c.appid)
_SPOKEN = (
    sa.select(ACCOUNT_SECRETS.c.sealed)
    .select_from(ACCOUNT_SECRETS.outerjoin(ACCOUNTS, ACCOUNTS.c.appid == ACCOUNT_SECRETS.c.appid))
    .where(
        ACCOUNT_SECRETS.c.appid == sa.bindparam("appid"),
        sa.func.coalesce(ACCOUNTS.c.standing, Standing.ACTIVE.value) != Standing.UNAUTHORISED.value,
    )
)
_GRANTS = sa.select(ACCOUNT_GRANTS.c.appid, ACCOUNT_GRANTS.c.permission_sets)
_DENIALS = sa.select(
    ACCOUNT_DENIALS.c.appid, ACCOUNT_DENIALS.c.api, ACCOUNT_DENIALS.c.code, ACCOUNT_DENIALS.c.denied_at
).order_by(ACCOUNT_DENIALS.c.appid, ACCOUNT_DENIALS.c.api)


def accounts(tx: Tx) -> tuple[Account, ...]:
    """The account matrix, by appid."""
    return tuple(tables.account(row) for row in tx.rows(_ACCOUNTS))


def account(tx: Tx, appid: str) -> Account | None:
    """The account, or None when the matrix has none of this appid."""
    row = tx.one(tables.ACCOUNT_BY_APPID, appid=appid)
    return None if row is None else tables.account(row)


def account_secrets(tx: Tx, appid: str, *, ring: KeyRing) -> Secrets | None:
    """What lets us speak for the account; None where nothing was entered. Raises `CannotOpen`."""
    row = tx.one(tables.SECRETS_OF, appid=appid)
    return None if row is None else tables.opened(row[0], appid=appid, ring=ring)


def spoken_secrets(tx: Tx, appid: str, *, ring: KeyRing) -> Secrets | None:
    """`account_secrets`, but None too once the owner took the authorisation back; one read, for every login and push."""
    row = tx.one(_SPOKEN, appid=appid)
    return None if row is None else tables.opened(row[0], appid=appid, ring=ring)


def secret_keys(tx: Tx) -> Mapping[str, str]:
    """The id of the key that sealed each account's secrets, by appid."""
    return {appid: key_of(sealed) for appid, sealed in tx.rows(tables.ALL_SECRETS)}


def permission_sets(tx: Tx) -> Mapping[str, frozenset[int]]:
    """What each authorised account's owner granted, by appid; accounts that were never authorised are absent."""
    return {appid: frozenset(msgspec.json.decode(sets, type=list[int])) for appid, sets in tx.rows(_GRANTS)}


def denials(tx: Tx) -> Mapping[str, tuple[Denial, ...]]:
    """What WeChat denied each account and has not granted since, by appid."""
    found: dict[str, list[Denial]] = {}
    for appid, api, code, at in tx.rows(_DENIALS):
        found.setdefault(appid, []).append(Denial(api, code, Instant(at)))
    return {appid: tuple(each) for appid, each in found.items()}


def publishers(tx: Tx) -> tuple[str, ...]:
    """The appids of the accounts that publish articles and are in use."""
    return tuple(
        one.appid
        for one in accounts(tx)
        if one.kind is not AccountKind.MINI_PROGRAM and one.standing is Standing.ACTIVE
    )


def crisis_account(tx: Tx) -> str:
    """The appid that speaks for the brand in a crisis: its service account, else its first in use; empty for none."""
    found = [account for account in accounts(tx) if account.standing is Standing.ACTIVE]
    service = [account for account in found if account.kind is AccountKind.SERVICE]
    return next((account.appid for account in (*service, *found)), "")
