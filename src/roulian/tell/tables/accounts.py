"""Where the account matrix is kept: the accounts, their secrets (sealed), and what WeChat lets each of them do."""

from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.store import METADATA, KeyRing
from roulian.tell.model import Account, AccountKind, AccountMode, Role, Secrets, Standing

ACCOUNTS = sa.Table(
    "tell_accounts",
    METADATA,
    sa.Column("appid", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False, server_default=Role.CONTENT.value),
    sa.Column("audience", sa.Text, nullable=False, server_default=""),
    sa.Column("mode", sa.Text, nullable=False, server_default=AccountMode.OWN_SECRET.value),
    sa.Column("quota_plan", sa.Text, nullable=False, server_default="standard"),
    sa.Column("standing", sa.Text, nullable=False, server_default=Standing.ACTIVE.value),
)
ACCOUNT_SECRETS = sa.Table(
    "tell_account_secrets",
    METADATA,
    sa.Column("appid", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
)
ACCOUNT_GRANTS = sa.Table(
    "tell_account_grants",
    METADATA,
    sa.Column("appid", sa.Text, primary_key=True),
    sa.Column("permission_sets", sa.Text, nullable=False),
    sa.Column("granted_at", sa.BigInteger, nullable=False),
)
ACCOUNT_DENIALS = sa.Table(
    "tell_account_denials",
    METADATA,
    sa.Column("appid", sa.Text, primary_key=True),
    sa.Column("api", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("denied_at", sa.BigInteger, nullable=False),
)

ACCOUNT_COLUMNS = (
    ACCOUNTS.c.appid,
    ACCOUNTS.c.kind,
    ACCOUNTS.c.name,
    ACCOUNTS.c.role,
    ACCOUNTS.c.audience,
    ACCOUNTS.c.mode,
    ACCOUNTS.c.quota_plan,
    ACCOUNTS.c.standing,
)
ACCOUNT_BY_APPID = sa.select(*ACCOUNT_COLUMNS).where(ACCOUNTS.c.appid == sa.bindparam("appid"))
_INSERT = (
    "INSERT INTO tell_accounts (appid, kind, name, role, audience, mode, quota_plan, standing)"
    " VALUES (:appid, :kind, :name, :role, :audience, :mode, :quota_plan, :standing)"
)
ADD_ACCOUNT = sa.text(f"{_INSERT} ON CONFLICT (appid) DO NOTHING")
SAVE_ACCOUNT = sa.text(
    f"{_INSERT} ON CONFLICT (appid) DO UPDATE SET kind = excluded.kind, name = excluded.name, role = excluded.role,"
    " audience = excluded.audience, mode = excluded.mode, quota_plan = excluded.quota_plan,"
    " standing = excluded.standing"
)
SET_STANDING = sa.text("UPDATE tell_accounts SET standing = :standing WHERE appid = :appid AND standing <> :standing")
SAVE_SECRETS = sa.text(
    "INSERT INTO tell_account_secrets (appid, sealed, changed_at) VALUES (:appid, :sealed, :at)"
    " ON CONFLICT (appid) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at"
)
SECRETS_OF = sa.select(ACCOUNT_SECRETS.c.sealed).where(ACCOUNT_SECRETS.c.appid == sa.bindparam("appid"))
ALL_SECRETS = sa.select(ACCOUNT_SECRETS.c.appid, ACCOUNT_SECRETS.c.sealed).order_by(ACCOUNT_SECRETS.c.appid)
SAVE_GRANTS = sa.text(
    "INSERT INTO tell_account_grants (appid, permission_sets, granted_at) VALUES (:appid, :permission_sets, :at)"
    " ON CONFLICT (appid) DO UPDATE SET permission_sets = excluded.permission_sets, granted_at = excluded.granted_at"
)
SAVE_DENIAL = sa.text(
    "INSERT INTO tell_account_denials (appid, api, code, denied_at) VALUES (:appid, :api, :code, :at)"
    " ON CONFLICT (appid, api) DO UPDATE SET code = excluded.code, denied_at = excluded.denied_at"
)
FORGET_DENIALS = sa.text("DELETE FROM tell_account_denials WHERE appid = :appid")


def account(row: tuple[Any, ...]) -> Account:
    """A row of `ACCOUNT_COLUMNS` as an account."""
    appid, kind, name, role, audience, mode, quota_plan, standing = row
    return Account(
        appid=appid,
        kind=AccountKind(kind),
        name=name,
        role=Role(role),
        audience=audience,
        mode=AccountMode(mode),
        quota_plan=quota_plan,
        standing=Standing(standing),
    )


def account_values(one: Account) -> dict[str, str]:
    """An account as the parameters of `SAVE_ACCOUNT`."""
    return {
        "appid": one.appid,
        "kind": one.kind.value,
        "name": one.name,
        "role": one.role.value,
        "audience": one.audience,
        "mode": one.mode.value,
        "quota_plan": one.quota_plan,
        "standing": one.standing.value,
    }


def sealed(secrets: Secrets, *, appid: str, ring: KeyRing) -> str:
    """The secrets of an account as they are kept."""
    return ring.seal(msgspec.json.encode(secrets).decode(), about=f"tell_account_secrets:{appid}")


def opened(text: str, *, appid: str, ring: KeyRing) -> Secrets:
    """What `sealed` sealed; raises `CannotOpen`."""
    return msgspec.json.decode(ring.open(text, about=f"tell_account_secrets:{appid}"), type=Secrets)


def permission_sets_text(sets: frozenset[int]) -> str:
    """WeChat's permission-set ids as JSON, in order."""
    return msgspec.json.encode(sorted(sets)).decode()
