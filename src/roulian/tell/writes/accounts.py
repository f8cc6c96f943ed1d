"""The account matrix changes: accounts and their secrets entered, rights learned and lost, keys rotated."""

from collections.abc import Sequence

from roulian.store import KeyRing, Tx
from roulian.tell.model import Account, Secrets, Standing, UnknownAccount, check_account
from roulian.tell.tables import accounts as tables


def add_accounts(tx: Tx, accounts: Sequence[Account]) -> None:
    """The matrix knows these accounts; those it knows already stay as they are."""
    for account in accounts:
        tx.run(tables.ADD_ACCOUNT, **tables.account_values(account))


def save_accounts(tx: Tx, accounts: Sequence[Account]) -> None:
    """These accounts are as given: new ones added, known ones replaced."""
    for account in accounts:
        tx.run(tables.SAVE_ACCOUNT, **tables.account_values(account))


def enter_account(tx: Tx, account: Account, *, secrets: Secrets, ring: KeyRing) -> None:
    """The account and its secrets are as given, and whatever WeChat denied it before is asked again.

    Raises `BadAccount`.
    """
    check_account(account, secrets)
    save_accounts(tx, [account])
    save_secrets(tx, account.appid, secrets=secrets, ring=ring)
    tx.run(tables.FORGET_DENIALS, appid=account.appid)


def save_secrets(tx: Tx, appid: str, *, secrets: Secrets, ring: KeyRing) -> None:
    """The account's secrets are these, sealed with the ring's newest key."""
    tx.run(tables.SAVE_SECRETS, appid=appid, sealed=tables.sealed(secrets, appid=appid, ring=ring), at=tx.now.ms)


def stand(tx: Tx, appid: str, *, standing: Standing) -> None:
    """The account may be used, or no longer. Raises `UnknownAccount`."""
    known = tx.one(tables.ACCOUNT_BY_APPID, appid=appid)
    if known is None:
        raise UnknownAccount(appid)
    tx.run(tables.SET_STANDING, appid=appid, standing=standing.value)


def learn_rights(tx: Tx, appid: str, *, permission_sets: frozenset[int]) -> None:
    """The owner granted exactly these permission sets (WeChat's `func_info`); older denials no longer count."""
    sets = tables.permission_sets_text(permission_sets)
    tx.run(tables.SAVE_GRANTS, appid=appid, permission_sets=sets, at=tx.now.ms)
    tx.run(tables.FORGET_DENIALS, appid=appid)


def deny(tx: Tx, appid: str, *, api: str, code: str) -> None:
    """WeChat just said that the account may not use this API."""
    tx.run(tables.SAVE_DENIAL, appid=appid, api=api, code=code, at=tx.now.ms)


def reseal_secrets(tx: Tx, ring: KeyRing) -> int:
    """How many accounts' secrets were sealed anew with the ring's newest key. Raises `CannotOpen`, changing nothing."""
    rows = tx.rows(tables.ALL_SECRETS)
    for appid, sealed in rows:
        save_secrets(tx, appid, secrets=tables.opened(sealed, appid=appid, ring=ring), ring=ring)
    return len(rows)
