"""The account matrix changes."""

from collections.abc import Sequence

from roulian.store import Tx
from roulian.tell.model import Account
from roulian.tell.tables import accounts as tables


def save_accounts(tx: Tx, accounts: Sequence[Account]) -> None:
    """The matrix knows these accounts under these names."""
    for account in accounts:
        tx.run(tables.SAVE_ACCOUNT, appid=account.appid, kind=account.kind.value, name=account.name)
