"""Where staff, their sessions and their API keys are kept: hashes of passwords and tokens, a sealed TOTP secret."""

from typing import Any

import sqlalchemy as sa

from roulian.people.model import ApiKey, May, Role, Staff
from roulian.store import METADATA, KeyRing, Tx, any_of, key_of
from roulian.words.time import Instant

STAFF = sa.Table(
    "people_staff",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("totp_sealed", sa.Text),
    sa.Column("has_totp", sa.Integer, nullable=False),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.BigInteger),
    sa.Column("is_active", sa.Integer, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
)
SESSIONS = sa.Table(
    "people_staff_sessions",
    METADATA,
    sa.Column("token_sha256", sa.Text, primary_key=True),
    sa.Column("staff", sa.Text, nullable=False, index=True),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)
KEYS = sa.Table(
    "people_api_keys",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("token_sha256", sa.Text, nullable=False, unique=True),
    sa.Column("staff", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", sa.BigInteger),
)

_S = STAFF.c
_COLUMNS = (_S.id, _S.login, _S.name, _S.role, _S.is_active, _S.has_totp, _S.locked_until)
ADD = sa.text(
    "INSERT INTO people_staff (id, login, name, role, password_hash, has_totp, totp_step, failures, is_active, made_at)"
    " VALUES (:id, :login, :name, :role, :password_hash, 0, 0, 0, 1, :at) ON CONFLICT (login) DO NOTHING",
)
ALL = sa.select(*_COLUMNS).order_by(_S.login)
BY_ID = sa.select(*_COLUMNS).where(_S.id == sa.bindparam("of_id"))
LOGIN = sa.select(_S.id, _S.password_hash).where(_S.login == sa.bindparam("of_login"), _S.is_active == 1)
TO_LOG_IN = (
    sa.select(_S.id, _S.password_hash, _S.totp_sealed, _S.has_totp, _S.totp_step, _S.failures, _S.locked_until)
    .where(_S.login == sa.bindparam("of_login"), _S.is_active == 1)
    .with_for_update()
)
TOTP_OF = sa.select(_S.totp_sealed, _S.totp_step).where(_S.id == sa.bindparam("of_id")).with_for_update()
FAIL = sa.text("UPDATE people_staff SET failures = :failures, locked_until = :until WHERE id = :staff")
SUCCEED = sa.text("UPDATE people_staff SET failures = 0, locked_until = NULL, totp_step = :step WHERE id = :staff")
CHANGE = sa.text("UPDATE people_staff SET name = :name, role = :role, is_active = :is_active WHERE id = :staff")
SET_PASSWORD = sa.text(
    "UPDATE people_staff SET password_hash = :password_hash, failures = 0, locked_until = NULL WHERE id = :staff"
)
ENROL = sa.text("UPDATE people_staff SET totp_sealed = :sealed, has_totp = 0, totp_step = 0 WHERE id = :staff")
CONFIRM = sa.text("UPDATE people_staff SET has_totp = 1, totp_step = :step WHERE id = :staff")
OTHER_ADMINS = sa.select(_S.id).where(_S.role == Role.ADMIN, _S.is_active == 1, _S.id != sa.bindparam("of_id"))
OPEN_SESSION = SESSIONS.insert()
SESSION = (
    sa.select(_S.id, _S.name, _S.role)
    .select_from(SESSIONS.join(STAFF, _S.id == SESSIONS.c.staff))
    .where(
        SESSIONS.c.token_sha256 == sa.bindparam("hash"), SESSIONS.c.expires_at > sa.bindparam("now"), _S.is_active == 1
    )
)
CLOSE_SESSION = SESSIONS.delete().where(SESSIONS.c.token_sha256 == sa.bindparam("hash"))
CLOSE_SESSIONS = SESSIONS.delete().where(SESSIONS.c.staff == sa.bindparam("of_staff"))
END_SESSIONS = SESSIONS.delete().where(SESSIONS.c.expires_at < sa.bindparam("before"))
ADD_KEY = KEYS.insert()
_KEY_COLUMNS = (
    KEYS.c.id,
    KEYS.c.staff,
    KEYS.c.name,
    KEYS.c.scopes,
    KEYS.c.made_at,
    KEYS.c.expires_at,
    KEYS.c.revoked_at,
)
KEYS_OF = sa.select(*_KEY_COLUMNS).where(any_of(KEYS.c.staff, "staff")).order_by(KEYS.c.id)
KEY = (
    sa.select(KEYS.c.id, KEYS.c.name, KEYS.c.scopes, _S.role)
    .select_from(KEYS.join(STAFF, _S.id == KEYS.c.staff))
    .where(
        KEYS.c.token_sha256 == sa.bindparam("hash"),
        KEYS.c.expires_at > sa.bindparam("now"),
        KEYS.c.revoked_at.is_(None),
        _S.is_active == 1,
    )
)
REVOKE = (
    sa.update(KEYS)
    .where(KEYS.c.id == sa.bindparam("of_id"), KEYS.c.staff == sa.bindparam("of_staff"), KEYS.c.revoked_at.is_(None))
    .values(revoked_at=sa.bindparam("at"))
)
_SECRETS = sa.select(_S.id, _S.totp_sealed).where(_S.totp_sealed.is_not(None))
_RESEAL = sa.text("UPDATE people_staff SET totp_sealed = :sealed WHERE id = :staff")


def member_of_staff(row: tuple[Any, ...]) -> Staff:
    """A row of staff as a value."""
    locked = None if row[6] is None else Instant(row[6])
    return Staff(row[0], row[1], row[2], Role(row[3]), bool(row[4]), bool(row[5]), locked)


def scopes(text: str) -> tuple[May, ...]:
    """A key's scopes as leaves."""
    return tuple(May(scope) for scope in text.split())


def api_key(row: tuple[Any, ...]) -> ApiKey:
    """A row of keys as a value."""
    revoked = None if row[6] is None else Instant(row[6])
    return ApiKey(row[0], row[1], row[2], scopes(row[3]), Instant(row[4]), Instant(row[5]), revoked)


def about(staff: str) -> str:
    """What a sealed TOTP secret is bound to."""
    return f"people:totp:{staff}"


def reseal(tx: Tx, ring: KeyRing) -> int:
    """Every TOTP secret is sealed under the newest key; how many were not."""
    old = [row for row in tx.rows(_SECRETS) if key_of(row[1]) != ring.newest]
    for ident, sealed in old:
        tx.run(_RESEAL, staff=ident, sealed=ring.seal(ring.open(sealed, about=about(ident)), about=about(ident)))
    return len(old)
