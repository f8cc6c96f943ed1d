"""Where mass messages are kept, and how many of them each member has had in the present month.

`tell_mass_sends` has one row per message, by the key that WeChat knows too (`clientmsgid`); `tell_mass_slots` counts
per member, account and stretch, where WeChat limits what one person may get.
"""

from enum import StrEnum

import sqlalchemy as sa

from roulian.store import METADATA, any_of


class MassStatus(StrEnum):
    """Where a mass message stands: its slots are taken, or given back because WeChat refused it."""

    BOOKED = "booked"
    REFUSED = "refused"


SENDS = sa.Table(
    "tell_mass_sends",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("members_count", sa.Integer, nullable=False),
    sa.Column("booked_at", sa.BigInteger, nullable=False),
)
SLOTS = sa.Table(
    "tell_mass_slots",
    METADATA,
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("per", sa.Text, primary_key=True),
    sa.Column("begins_at", sa.BigInteger, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    sa.CheckConstraint("used >= 0", name="not_negative"),
    sqlite_with_rowid=False,
)

BOOK = sa.text(
    "INSERT INTO tell_mass_sends (key, account, status, code, members_count, booked_at)"
    " VALUES (:key, :account, 'booked', '', 0, :at) ON CONFLICT (key) DO NOTHING",
)
UNBOOK = sa.text("DELETE FROM tell_mass_sends WHERE key = :key")
COUNT_BOOKED = sa.text("UPDATE tell_mass_sends SET members_count = :members_count WHERE key = :key")
REFUSE = sa.text(
    "UPDATE tell_mass_sends SET status = 'refused', code = :code WHERE key = :key AND status = 'booked'",
)
SEND_OF = sa.select(SENDS.c.account, SENDS.c.booked_at).where(SENDS.c.key == sa.bindparam("key"))
USED_UP = sa.select(SLOTS.c.member).where(
    SLOTS.c.account == sa.bindparam("account"),
    SLOTS.c.per == sa.bindparam("per"),
    SLOTS.c.begins_at == sa.bindparam("begins_at"),
    SLOTS.c.used >= sa.bindparam("most"),
)
TAKE_SLOT = sa.text(
    "INSERT INTO tell_mass_slots (member, account, per, begins_at, used)"
    " VALUES (:member, :account, :per, :begins_at, 1) ON CONFLICT (member, account, per) DO UPDATE SET begins_at = excluded.begins_at,"
    " used = CASE WHEN tell_mass_slots.begins_at = excluded.begins_at THEN tell_mass_slots.used + 1 ELSE 1 END"
    " WHERE tell_mass_slots.begins_at < excluded.begins_at OR tell_mass_slots.used < :most",
)
GIVE_SLOT_BACK = sa.text(
    "UPDATE tell_mass_slots SET used = used - 1"
    " WHERE account = :account AND member = :member AND per = :per AND begins_at = :begins_at AND used > 0",
)
CARRY_SLOTS = sa.text(
    "INSERT INTO tell_mass_slots (member, account, per, begins_at, used)"
    " SELECT :kept, account, per, begins_at, used FROM tell_mass_slots WHERE member = :gone"
    " ON CONFLICT (member, account, per) DO UPDATE SET begins_at = excluded.begins_at,"
    " used = CASE WHEN tell_mass_slots.begins_at = excluded.begins_at"
    " THEN tell_mass_slots.used + excluded.used ELSE excluded.used END"
    " WHERE tell_mass_slots.begins_at <= excluded.begins_at",
)
FORGET_SLOTS = sa.text("DELETE FROM tell_mass_slots WHERE member = :gone")
HAND_BACK_SLOTS = (
    sa.update(SLOTS)
    .where(SLOTS.c.member == sa.bindparam("kept"), any_of(SLOTS.c.account, "accounts"))
    .values(member=sa.bindparam("gone"))
)
FORGET = (SLOTS.delete().where(any_of(SLOTS.c.member, "members")),)
