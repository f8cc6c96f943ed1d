"""Where the use of doors is counted, and which doors WeChat has shut.

One row per account, door and stretch of China's calendar: `used` belongs to the stretch that begins at `begins_at`, and
a later stretch starts it again. The guard stands in the UPDATE itself, so several processes never pass a cap together.
"""

import sqlalchemy as sa

from roulian.store import METADATA, any_of

QUOTAS = sa.Table(
    "tell_quotas",
    METADATA,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("door", sa.Text, primary_key=True),
    sa.Column("per", sa.Text, primary_key=True),
    sa.Column("begins_at", sa.BigInteger, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    sa.CheckConstraint("used >= 0", name="not_negative"),
)
CLOSURES = sa.Table(
    "tell_closures",
    METADATA,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("door", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("closed_at", sa.BigInteger, nullable=False),
    sa.Column("until_at", sa.BigInteger, nullable=False),
)

DEBIT = sa.text(
    "INSERT INTO tell_quotas (account, door, per, begins_at, used) VALUES (:account, :door, :per, :begins_at, 1)"
    " ON CONFLICT (account, door, per) DO UPDATE SET begins_at = excluded.begins_at,"
    " used = CASE WHEN tell_quotas.begins_at = excluded.begins_at THEN tell_quotas.used + 1 ELSE 1 END"
    " WHERE tell_quotas.begins_at < excluded.begins_at"
    " OR (tell_quotas.begins_at = excluded.begins_at AND tell_quotas.used < :most)",
)
CREDIT = sa.text(
    "UPDATE tell_quotas SET used = used - 1"
    " WHERE account = :account AND door = :door AND per = :per AND begins_at = :begins_at AND used > 0",
)
QUOTAS_OF = sa.select(QUOTAS.c.account, QUOTAS.c.door, QUOTAS.c.per, QUOTAS.c.begins_at, QUOTAS.c.used)
HOLD = (
    sa.select(QUOTAS.c.used)
    .where(any_of(QUOTAS.c.account, "accounts"))
    .order_by(QUOTAS.c.account, QUOTAS.c.door, QUOTAS.c.per)
    .with_for_update()
)
CLOSE_DOOR = sa.text(
    "INSERT INTO tell_closures (account, door, code, closed_at, until_at)"
    " VALUES (:account, :door, :code, :at, :until_at)"
    " ON CONFLICT (account, door) DO UPDATE SET code = excluded.code, closed_at = excluded.closed_at,"
    " until_at = excluded.until_at WHERE tell_closures.until_at < excluded.until_at",
)
CLOSURE = sa.select(CLOSURES.c.until_at).where(
    CLOSURES.c.account == sa.bindparam("account"),
    CLOSURES.c.door == sa.bindparam("door"),
    CLOSURES.c.until_at > sa.bindparam("now"),
)
CLOSURES_NOW = sa.select(CLOSURES.c.account, CLOSURES.c.door, CLOSURES.c.code, CLOSURES.c.until_at).where(
    CLOSURES.c.until_at > sa.bindparam("now")
)
