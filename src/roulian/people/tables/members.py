"""Where members, openids, merges, sessions and consents are kept, and how a row becomes a value.

A merge moves nothing: the member that is gone points at the one kept (`merged_into`, always the last of the
chain), and every question resolves that pointer. Taking a merge back is clearing the pointer.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from roulian.people.model import Consent, Member, Merge, NoConsent, Purpose, UnknownMember, withheld
from roulian.store import METADATA, Tx, any_of
from roulian.words.ids import MemberId
from roulian.words.time import Instant

MEMBERS = sa.Table(
    "people_members",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("unionid", sa.Text, unique=True),
    sa.Column("joined_at", sa.BigInteger, nullable=False),
    sa.Column("merged_into", sa.Text, index=True),
    sa.Column("unionid_at", sa.BigInteger),
    sa.Column("unionid_through", sa.Text),
    sa.Column("erased_at", sa.BigInteger),
)
OPENIDS = sa.Table(
    "people_openids",
    METADATA,
    sa.Column("appid", sa.Text, primary_key=True),
    sa.Column("openid", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False, index=True),
    sa.Column("first_seen_at", sa.BigInteger, nullable=False),
)
MERGES = sa.Table(
    "people_merges",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kept", sa.Text, nullable=False, index=True),
    sa.Column("gone", sa.Text, nullable=False, index=True),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("merged_at", sa.BigInteger, nullable=False),
    sa.Column("parted_at", sa.BigInteger),
)
SESSIONS = sa.Table(
    "people_sessions",
    METADATA,
    sa.Column("token_sha256", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)
CONSENTS = sa.Table(
    "people_consents",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("is_given", sa.Integer, nullable=False),
    sa.Column("text_version", sa.Text, nullable=False),
    sa.Column("said_at", sa.BigInteger, nullable=False),
)

ROOT = sa.func.coalesce(MEMBERS.c.merged_into, MEMBERS.c.id)
KEPT = MEMBERS.alias("kept")

MEMBER_BY_OPENID = (
    sa.select(ROOT, KEPT.c.unionid)
    .select_from(OPENIDS.join(MEMBERS, MEMBERS.c.id == OPENIDS.c.member).join(KEPT, KEPT.c.id == ROOT))
    .where(OPENIDS.c.appid == sa.bindparam("appid"), OPENIDS.c.openid == sa.bindparam("openid"))
)
MEMBER_BY_UNIONID = sa.select(ROOT).where(MEMBERS.c.unionid == sa.bindparam("unionid"))
ROOT_OF = sa.select(ROOT).where(MEMBERS.c.id == sa.bindparam("member"))
JOIN = sa.text(
    "INSERT INTO people_members (id, region, unionid, joined_at, unionid_at, unionid_through)"
    " VALUES (:member, '', :unionid, :at, :at, :appid) ON CONFLICT (unionid) DO NOTHING",
)
ADD_OPENID = sa.text(
    "INSERT INTO people_openids (appid, openid, member, first_seen_at) VALUES (:appid, :openid, :member, :at)"
    " ON CONFLICT (appid, openid) DO NOTHING",
)
MOVE_OPENID = sa.text("UPDATE people_openids SET member = :member WHERE appid = :appid AND openid = :openid")
LEARN_UNIONID = (
    sa.update(MEMBERS)
    .where(MEMBERS.c.id == sa.bindparam("member"), MEMBERS.c.unionid.is_(None))
    .values(unionid=sa.bindparam("new_unionid"), unionid_at=sa.bindparam("at"), unionid_through=sa.bindparam("through"))
)
POINT_AT = sa.text(
    "UPDATE people_members SET merged_into = :kept WHERE (id = :gone AND merged_into IS NULL) OR merged_into = :gone",
)
ADD_MERGE = sa.text(
    "INSERT INTO people_merges (id, kept, gone, evidence, merged_at) VALUES (:id, :kept, :gone, :evidence, :at)",
)
END_MERGE = sa.text(
    "UPDATE people_merges SET parted_at = :at WHERE kept = :kept AND gone = :gone AND parted_at IS NULL",
)
STAND_ALONE = sa.text("UPDATE people_members SET merged_into = NULL WHERE id = :gone")
POINT_FAMILY_AT = sa.text(
    "WITH RECURSIVE family (id) AS ("
    " SELECT gone FROM people_merges WHERE kept = :gone AND parted_at IS NULL"
    " UNION SELECT m.gone FROM people_merges m JOIN family f ON m.kept = f.id WHERE m.parted_at IS NULL)"
    " UPDATE people_members SET merged_into = :gone WHERE id IN (SELECT id FROM family)",
)
SETTLE = sa.text("UPDATE people_members SET region = :region WHERE id = :member")
ADD_SESSION = sa.text(
    "INSERT INTO people_sessions (token_sha256, member, opened_at, expires_at) VALUES (:hash, :member, :at, :until)",
)
ADD_CONSENT = sa.text(
    "INSERT INTO people_consents (id, member, purpose, is_given, text_version, said_at)"
    " VALUES (:id, :member, :purpose, :is_given, :text_version, :at)",
)
_RELATIVE = MEMBERS.alias("relative")
FAMILY = sa.union_all(
    sa.select(MEMBERS.c.id.label("asked"), ROOT.label("account")).where(any_of(MEMBERS.c.id, "ids")),
    sa.select(MEMBERS.c.id, _RELATIVE.c.id)
    .select_from(MEMBERS.join(_RELATIVE, _RELATIVE.c.merged_into == ROOT))
    .where(any_of(MEMBERS.c.id, "ids")),
).cte("family")
"""Every id of the person behind each id asked for: the one kept, and all that merged into it."""
FAMILIES = sa.select(FAMILY.c.asked, FAMILY.c.account).order_by(FAMILY.c.asked, FAMILY.c.account)
CONSENTS_OF = (
    sa.select(FAMILY.c.asked, CONSENTS.c.purpose, CONSENTS.c.is_given, CONSENTS.c.text_version, CONSENTS.c.said_at)
    .select_from(FAMILY.join(CONSENTS, CONSENTS.c.member == FAMILY.c.account))
    .order_by(CONSENTS.c.said_at, CONSENTS.c.id)
)
PARTED = (
    sa.select(MERGES.c.id)
    .where(
        MERGES.c.parted_at.is_not(None),
        any_of(MERGES.c.kept, "ids"),
        any_of(MERGES.c.gone, "ids"),
    )
    .limit(1)
)
OPENIDS_OF = (
    sa.select(OPENIDS.c.member, OPENIDS.c.appid, OPENIDS.c.openid, OPENIDS.c.first_seen_at)
    .where(any_of(OPENIDS.c.member, "ids"))
    .order_by(OPENIDS.c.first_seen_at, OPENIDS.c.appid)
)
UNIONIDS_OF = (
    sa.select(MEMBERS.c.id, MEMBERS.c.unionid, MEMBERS.c.unionid_through, MEMBERS.c.unionid_at, MEMBERS.c.joined_at)
    .where(any_of(MEMBERS.c.id, "ids"), MEMBERS.c.unionid.is_not(None))
    .order_by(MEMBERS.c.id)
)
STANDING = sa.select(MEMBERS.c.id, MEMBERS.c.unionid).where(
    any_of(MEMBERS.c.id, "ids"), MEMBERS.c.merged_into.is_(None)
)
FORGET_OPENIDS = OPENIDS.delete().where(any_of(OPENIDS.c.member, "ids"))
FORGET_SESSIONS = SESSIONS.delete().where(any_of(SESSIONS.c.member, "ids"))
FORGET_MEMBERS = (
    sa.update(MEMBERS)
    .where(any_of(MEMBERS.c.id, "ids"))
    .values(region="", unionid=None, unionid_at=None, unionid_through=None, erased_at=sa.bindparam("at"))
)
END_SESSIONS = SESSIONS.delete().where(SESSIONS.c.expires_at < sa.bindparam("before"))


def root(tx: Tx, member: MemberId) -> MemberId:
    """Whom the id answers as now. Raises `UnknownMember`."""
    found = tx.one(ROOT_OF, member=member)
    if found is None:
        raise UnknownMember(member)
    return MemberId(found[0])


def families(tx: Tx, ids: Collection[MemberId]) -> Mapping[MemberId, tuple[MemberId, ...]]:
    """Every id of the person behind each id asked for, itself among them; unknown ids are absent."""
    found: dict[MemberId, list[MemberId]] = {}
    for asked, account in tx.rows(FAMILIES, ids=list(ids)):
        found.setdefault(MemberId(asked), []).append(MemberId(account))
    return {asked: tuple(accounts) for asked, accounts in found.items()}


def ledger(tx: Tx, ids: Collection[MemberId]) -> tuple[Consent, ...]:
    """The consent ledger of the persons behind these ids, under the ids asked for, oldest first."""
    return tuple(consent(row) for row in tx.rows(CONSENTS_OF, ids=list(ids)))


def require_consent(tx: Tx, asked: Collection[MemberId], *, purpose: Purpose) -> None:
    """Every one of `asked` agrees to `purpose` now; otherwise `NoConsent` names those who do not."""
    missing = withheld(tuple(asked), ledger(tx, set(asked)), purpose)
    if missing:
        raise NoConsent(missing, purpose)


def member(row: tuple[Any, ...]) -> Member:
    """(id, region, unionid, joined_at) as a member."""
    return Member(MemberId(row[0]), row[1], row[2], Instant(row[3]))


def consent(row: tuple[Any, ...]) -> Consent:
    """A row of `CONSENTS_OF` as a ledger line."""
    return Consent(MemberId(row[0]), Purpose(row[1]), bool(row[2]), row[3], Instant(row[4]))


def merge(row: tuple[Any, ...]) -> Merge:
    """(id, kept, gone, evidence, merged_at, parted_at) as a merge."""
    parted = None if row[5] is None else Instant(row[5])
    return Merge(row[0], MemberId(row[1]), MemberId(row[2]), row[3], Instant(row[4]), parted)
