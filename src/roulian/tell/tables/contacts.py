"""Where it is kept who follows an account, and which windows stand open in which it may answer.

A window is one row per member, account and opener. WeChat says that the counts of several openers do not add up
(可发送客服消息条数不累加), so a message is taken from every window that is open, and what is left is the most any has.
"""

import sqlalchemy as sa

from roulian.store import METADATA, any_of

FOLLOWERS = sa.Table(
    "tell_followers",
    METADATA,
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("follow", sa.Text, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
WINDOWS = sa.Table(
    "tell_windows",
    METADATA,
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("opener", sa.Text, primary_key=True),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("closes_at", sa.BigInteger, nullable=False),
    sa.Column("left_count", sa.Integer, nullable=False),
    sa.Column("debited_at", sa.BigInteger, nullable=False),
    sa.CheckConstraint("left_count >= 0", name="not_negative"),
    sqlite_with_rowid=False,
)

FOLLOW = sa.text(
    "INSERT INTO tell_followers (member, account, follow, changed_at) VALUES (:member, :account, :follow, :at)"
    " ON CONFLICT (member, account) DO UPDATE SET follow = excluded.follow, changed_at = excluded.changed_at"
    " WHERE tell_followers.changed_at < excluded.changed_at"
    " OR (tell_followers.changed_at = excluded.changed_at AND excluded.follow <> 'following')",
)
GONE_SINCE = (
    sa.select(FOLLOWERS.c.changed_at)
    .where(FOLLOWERS.c.account == sa.bindparam("account"))
    .where(FOLLOWERS.c.member == sa.bindparam("member"))
    .where(FOLLOWERS.c.follow != "following", FOLLOWERS.c.changed_at >= sa.bindparam("since"))
)
FOLLOWED_BY = (
    sa.select(FOLLOWERS.c.account)
    .where(FOLLOWERS.c.member == sa.bindparam("member"), FOLLOWERS.c.follow == "following")
    .order_by(FOLLOWERS.c.account)
)
FOLLOWS_OF = (
    sa.select(FOLLOWERS.c.account, FOLLOWERS.c.follow)
    .where(FOLLOWERS.c.member == sa.bindparam("member"))
    .order_by(FOLLOWERS.c.account)
)
FOLLOW_COUNTS = sa.select(FOLLOWERS.c.account, FOLLOWERS.c.follow, sa.func.count()).group_by(
    FOLLOWERS.c.account, FOLLOWERS.c.follow
)

OPEN_WINDOW = sa.text(
    "INSERT INTO tell_windows (member, account, opener, opened_at, closes_at, left_count, debited_at)"
    " VALUES (:member, :account, :opener, :opened_at, :closes_at, :most, 0)"
    " ON CONFLICT (member, account, opener) DO UPDATE SET opened_at = excluded.opened_at,"
    " closes_at = excluded.closes_at, left_count = CASE WHEN tell_windows.debited_at >= excluded.opened_at"
    " THEN tell_windows.left_count ELSE excluded.left_count END"
    " WHERE tell_windows.opened_at < excluded.opened_at",
)
TAKE_WINDOW = sa.text(
    "UPDATE tell_windows SET left_count = left_count - 1, debited_at = :now"
    " WHERE member = :member AND account = :account AND closes_at > :now AND left_count > 0",
)
EMPTY_WINDOWS = sa.text(
    "UPDATE tell_windows SET left_count = 0, debited_at = :now WHERE member = :member AND account = :account"
    " AND opened_at <= :opened_by",
)
CARRY_FOLLOWS = sa.text(
    "INSERT INTO tell_followers (member, account, follow, changed_at)"
    " SELECT :kept, account, follow, changed_at FROM tell_followers WHERE member = :gone"
    " ON CONFLICT (member, account) DO UPDATE SET follow = excluded.follow, changed_at = excluded.changed_at"
    " WHERE tell_followers.changed_at < excluded.changed_at",
)
FORGET_FOLLOWS = sa.text("DELETE FROM tell_followers WHERE member = :gone")
CARRY_WINDOWS = sa.text(
    "INSERT INTO tell_windows (member, account, opener, opened_at, closes_at, left_count, debited_at)"
    " SELECT :kept, account, opener, opened_at, closes_at, left_count, debited_at FROM tell_windows"
    " WHERE member = :gone ON CONFLICT (member, account, opener) DO UPDATE SET opened_at = excluded.opened_at,"
    " closes_at = excluded.closes_at, left_count = excluded.left_count, debited_at = excluded.debited_at"
    " WHERE tell_windows.opened_at < excluded.opened_at",
)
FORGET_WINDOWS = sa.text("DELETE FROM tell_windows WHERE member = :gone")
WINDOWS_OF = (
    sa.select(WINDOWS.c.account, WINDOWS.c.opener, WINDOWS.c.closes_at, WINDOWS.c.left_count)
    .where(WINDOWS.c.member == sa.bindparam("member"), WINDOWS.c.closes_at > sa.bindparam("now"))
    .order_by(WINDOWS.c.account, WINDOWS.c.closes_at, WINDOWS.c.opener)
)
WINDOW_COUNTS = (
    sa.select(WINDOWS.c.account, sa.func.count(sa.distinct(WINDOWS.c.member)))
    .where(WINDOWS.c.closes_at > sa.bindparam("now"), WINDOWS.c.left_count > 0)
    .group_by(WINDOWS.c.account)
)
HAND_BACK_FOLLOWS = (
    sa.update(FOLLOWERS)
    .where(FOLLOWERS.c.member == sa.bindparam("kept"), any_of(FOLLOWERS.c.account, "accounts"))
    .values(member=sa.bindparam("gone"))
)
HAND_BACK_WINDOWS = (
    sa.update(WINDOWS)
    .where(WINDOWS.c.member == sa.bindparam("kept"), any_of(WINDOWS.c.account, "accounts"))
    .values(member=sa.bindparam("gone"))
)
FORGET = (
    FOLLOWERS.delete().where(any_of(FOLLOWERS.c.member, "members")),
    WINDOWS.delete().where(any_of(WINDOWS.c.member, "members")),
)
