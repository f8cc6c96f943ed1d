"""Questions about the account matrix."""

import sqlalchemy as sa

from roulian.store import Tx
from roulian.tell.model import Account, AccountKind
from roulian.tell.tables import accounts as tables
from roulian.tell.tables.accounts import ACCOUNTS

_ACCOUNTS = sa.select(ACCOUNTS.c.appid, ACCOUNTS.c.kind, ACCOUNTS.c.name).order_by(ACCOUNTS.c.appid)


def accounts(tx: Tx) -> tuple[Account, ...]:
    """The account matrix."""
    return tuple(tables.account(row) for row in tx.rows(_ACCOUNTS))


def crisis_account(tx: Tx) -> str:
    """The appid that speaks for the brand in a crisis: its service account, else its first account; empty for none."""
    found = accounts(tx)
    service = [account for account in found if account.kind is AccountKind.SERVICE]
    return next((account.appid for account in (*service, *found)), "")
