"""Where the account matrix is kept."""

from typing import Any

import sqlalchemy as sa

from roulian.store import METADATA
from roulian.tell.model import Account, AccountKind

ACCOUNTS = sa.Table(
    "tell_accounts",
    METADATA,
    sa.Column("appid", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)

SAVE_ACCOUNT = sa.text(
    "INSERT INTO tell_accounts (appid, kind, name) VALUES (:appid, :kind, :name)"
    " ON CONFLICT (appid) DO UPDATE SET kind = excluded.kind, name = excluded.name",
)


def account(row: tuple[Any, ...]) -> Account:
    """(appid, kind, name) as an account."""
    return Account(row[0], AccountKind(row[1]), row[2])
