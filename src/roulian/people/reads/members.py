"""Questions about members. Any id of a merged person may be asked about; the answer is the person kept."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from roulian.people.model import Consent, Member, Merge, Purpose, hashed_token
from roulian.people.tables import members as tables
from roulian.people.tables.members import FAMILY, KEPT, MEMBERS, MERGES, OPENIDS, ROOT, SESSIONS
from roulian.store import Tx, any_of
from roulian.words.ids import MemberId

_SESSION = (
    sa.select(ROOT)
    .select_from(SESSIONS.join(MEMBERS, MEMBERS.c.id == SESSIONS.c.member))
    .where(SESSIONS.c.token_sha256 == sa.bindparam("hash"), SESSIONS.c.expires_at > sa.bindparam("now"))
)
_KEPT_COLUMNS = (KEPT.c.id, KEPT.c.region, KEPT.c.unionid, KEPT.c.joined_at)
_MEMBERS = (
    sa.select(MEMBERS.c.id, *_KEPT_COLUMNS)
    .select_from(MEMBERS.join(KEPT, KEPT.c.id == ROOT))
    .where(any_of(MEMBERS.c.id, "ids"))
)
_SESSIONS = (
    sa.select(SESSIONS.c.token_sha256, *_KEPT_COLUMNS)
    .select_from(
        SESSIONS.join(MEMBERS, MEMBERS.c.id == SESSIONS.c.member).join(KEPT, KEPT.c.id == ROOT),
    )
    .where(any_of(SESSIONS.c.token_sha256, "hashes"), SESSIONS.c.expires_at > sa.bindparam("now"))
)
# The appid is compared as an expression: SQLite would otherwise walk all openids of the account (20,000 members: 50 ms)
# instead of the member's few.
_OPENIDS = (
    sa.select(FAMILY.c.asked, OPENIDS.c.openid)
    .select_from(FAMILY.join(OPENIDS, OPENIDS.c.member == FAMILY.c.account))
    .where(OPENIDS.c.appid.concat("") == sa.bindparam("appid"))
    .order_by(OPENIDS.c.first_seen_at, OPENIDS.c.openid)
)
_REGION = sa.bindparam("region", type_=sa.Text)
_BEFORE = sa.bindparam("before", type_=sa.Text)
_PAGE = (
    sa.select(MEMBERS.c.id, MEMBERS.c.region, MEMBERS.c.unionid, MEMBERS.c.joined_at)
    .where(
        MEMBERS.c.merged_into.is_(None),
        MEMBERS.c.erased_at.is_(None),
        sa.or_(_REGION.is_(None), MEMBERS.c.region == _REGION),
        sa.or_(_BEFORE.is_(None), MEMBERS.c.id < _BEFORE),
    )
    .order_by(MEMBERS.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_MERGES = (
    sa.select(MERGES.c.id, MERGES.c.kept, MERGES.c.gone, MERGES.c.evidence, MERGES.c.merged_at, MERGES.c.parted_at)
    .where(sa.or_(any_of(MERGES.c.kept, "ids"), any_of(MERGES.c.gone, "ids")))
    .order_by(MERGES.c.merged_at, MERGES.c.id)
)


def member_of_session(tx: Tx, token: str) -> MemberId | None:
    """Whose session this token opens; None when it was never given, was closed, or has run out."""
    found = tx.one(_SESSION, hash=hashed_token(token), now=tx.now.ms)
    return None if found is None else MemberId(found[0])


def members_of_sessions(tx: Tx, tokens: Collection[str]) -> Mapping[str, Member]:
    """The member whose session each token opens; tokens that open none are absent."""
    hashes = {hashed_token(token): token for token in tokens}
    rows = tx.rows(_SESSIONS, hashes=list(hashes), now=tx.now.ms)
    return {hashes[row[0]]: tables.member(row[1:]) for row in rows}


def members(tx: Tx, ids: Collection[MemberId]) -> Mapping[MemberId, Member]:
    """The members by the ids asked for; unknown ids are absent, merged ids map to the person kept."""
    return {MemberId(row[0]): tables.member(row[1:]) for row in tx.rows(_MEMBERS, ids=list(ids))}


def openids(tx: Tx, members: Collection[MemberId], *, appid: str) -> Mapping[MemberId, str]:
    """Under which openid `appid` knows each member; those it never met are absent. The newest account counts."""
    return {MemberId(member): openid for member, openid in tx.rows(_OPENIDS, ids=list(members), appid=appid)}


def member_by_openid(tx: Tx, *, appid: str, openid: str) -> MemberId | None:
    """The member behind an openid, None when nobody signed in with it."""
    found = tx.one(tables.MEMBER_BY_OPENID, appid=appid, openid=openid)
    return None if found is None else MemberId(found[0])


def consents(tx: Tx, member: MemberId) -> tuple[Consent, ...]:
    """The person's whole consent ledger, oldest first, under whichever of their ids it was said."""
    return tables.ledger(tx, [member])


def require_consent(tx: Tx, asked: Sequence[MemberId], *, purpose: Purpose) -> None:
    """Every one of `asked` agrees to `purpose` now; otherwise `NoConsent` names those who do not."""
    tables.require_consent(tx, asked, purpose=purpose)


def families(tx: Tx, ids: Collection[MemberId]) -> Mapping[MemberId, tuple[MemberId, ...]]:
    """Every id of the person behind each id asked for: what other stages keep under any of them is theirs."""
    return tables.families(tx, ids)


def merges(tx: Tx, ids: Collection[MemberId]) -> tuple[Merge, ...]:
    """Every merge these members were ever part of, oldest first, parted ones too."""
    return tuple(tables.merge(row) for row in tx.rows(_MERGES, ids=list(ids)))


def members_page(
    tx: Tx,
    *,
    region: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Member, ...]:
    """Members, newest first, at most `limit`, older than the id `before`; merged ones appear once."""
    return tuple(tables.member(row) for row in tx.rows(_PAGE, region=region, before=before, limit=limit))
