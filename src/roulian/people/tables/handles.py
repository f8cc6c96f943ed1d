"""Where phone numbers, customer numbers and addresses lie sealed, found again by their blind index.

What is sealed is bound to its row's owner: copied to another's row it does not open. Neighbour: `store.KeyRing`.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.people.model import Address, Evidence, KeptAddress, MergeProposal, MergeStatus, Personal, household
from roulian.store import METADATA, KeyRing, Tx, any_of
from roulian.words.ids import MemberId
from roulian.words.time import Instant

HANDLES = sa.Table(
    "people_handles",
    METADATA,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("blind", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
    sa.Index("ix_people_handles_blind", "blind"),
    sa.Index("ix_people_handles_member", "member"),
)
ADDRESSES = sa.Table(
    "people_addresses",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False, index=True),
    sa.Column("blind", sa.Text, nullable=False, index=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("kept_at", sa.BigInteger, nullable=False),
    sa.Column("dropped_at", sa.BigInteger),
)
PROPOSALS = sa.Table(
    "people_merge_proposals",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("one", sa.Text, nullable=False),
    sa.Column("other", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("decided_at", sa.BigInteger),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.UniqueConstraint("one", "other", "evidence"),
)

KEEP_HANDLE = sa.text(
    "INSERT INTO people_handles (kind, member, blind, sealed, evidence, seen_at)"
    " VALUES (:kind, :member, :blind, :sealed, :evidence, :at) ON CONFLICT (kind, member, blind) DO NOTHING",
)
DROP_HANDLES = HANDLES.delete().where(
    HANDLES.c.kind == sa.bindparam("kind"), HANDLES.c.member == sa.bindparam("member")
)
HANDLES_OF = (
    sa.select(HANDLES.c.member, HANDLES.c.kind, HANDLES.c.sealed, HANDLES.c.evidence, HANDLES.c.seen_at)
    .where(any_of(HANDLES.c.member, "ids"))
    .order_by(HANDLES.c.seen_at, HANDLES.c.kind, HANDLES.c.blind)
)
OWNERS = sa.select(HANDLES.c.member).where(HANDLES.c.kind == sa.bindparam("kind"), any_of(HANDLES.c.blind, "blinds"))
NEIGHBOURS = sa.select(ADDRESSES.c.member).where(any_of(ADDRESSES.c.blind, "blinds"))
KEEP_ADDRESS = ADDRESSES.insert()
ADDRESSES_OF = (
    sa.select(ADDRESSES.c.id, ADDRESSES.c.member, ADDRESSES.c.sealed, ADDRESSES.c.kept_at, ADDRESSES.c.dropped_at)
    .where(any_of(ADDRESSES.c.member, "ids"))
    .order_by(ADDRESSES.c.id)
)
DROP_ADDRESS = (
    sa.update(ADDRESSES)
    .where(ADDRESSES.c.id == sa.bindparam("of_id"), any_of(ADDRESSES.c.member, "ids"), ADDRESSES.c.dropped_at.is_(None))
    .values(dropped_at=sa.bindparam("at"))
)
FORGET = (
    HANDLES.delete().where(any_of(HANDLES.c.member, "ids")),
    ADDRESSES.delete().where(any_of(ADDRESSES.c.member, "ids")),
    PROPOSALS.delete().where(sa.or_(any_of(PROPOSALS.c.one, "ids"), any_of(PROPOSALS.c.other, "ids"))),
)
END_ADDRESSES = ADDRESSES.delete().where(ADDRESSES.c.dropped_at < sa.bindparam("before"))
END_PROPOSALS = PROPOSALS.delete().where(PROPOSALS.c.decided_at < sa.bindparam("before"))
PROPOSE = sa.text(
    "INSERT INTO people_merge_proposals (id, one, other, evidence, status, made_at, decided_by)"
    " VALUES (:id, :one, :other, :evidence, 'open', :at, '') ON CONFLICT (one, other, evidence) DO NOTHING",
)
DECIDE = (
    sa.update(PROPOSALS)
    .where(PROPOSALS.c.id == sa.bindparam("of_id"), PROPOSALS.c.status == MergeStatus.OPEN)
    .values(status=sa.bindparam("new_status"), decided_at=sa.bindparam("at"), decided_by=sa.bindparam("by"))
)
_PROPOSAL_COLUMNS = (
    PROPOSALS.c.id,
    PROPOSALS.c.one,
    PROPOSALS.c.other,
    PROPOSALS.c.evidence,
    PROPOSALS.c.status,
    PROPOSALS.c.made_at,
    PROPOSALS.c.decided_by,
)
PROPOSAL = sa.select(*_PROPOSAL_COLUMNS).where(PROPOSALS.c.id == sa.bindparam("of_id"))
_BEFORE = sa.bindparam("before", type_=sa.Text)
PROPOSALS_PAGE = (
    sa.select(*_PROPOSAL_COLUMNS)
    .where(any_of(PROPOSALS.c.status, "statuses"), sa.or_(_BEFORE.is_(None), PROPOSALS.c.id < _BEFORE))
    .order_by(PROPOSALS.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


def _key_of(blind: sa.Column[str]) -> sa.ColumnElement[str]:
    return sa.func.substr(blind, 1, sa.func.length(sa.bindparam("newest", type_=sa.Text)))


_OLD_HANDLES = sa.select(HANDLES.c.kind, HANDLES.c.member, HANDLES.c.blind, HANDLES.c.sealed).where(
    _key_of(HANDLES.c.blind) != sa.bindparam("newest")
)
_OLD_ADDRESSES = sa.select(ADDRESSES.c.id, ADDRESSES.c.member, ADDRESSES.c.sealed).where(
    _key_of(ADDRESSES.c.blind) != sa.bindparam("newest")
)
_RESEAL_HANDLE = (
    sa.update(HANDLES)
    .where(
        HANDLES.c.kind == sa.bindparam("of_kind"),
        HANDLES.c.member == sa.bindparam("of_member"),
        HANDLES.c.blind == sa.bindparam("of_blind"),
    )
    .values(sealed=sa.bindparam("new_sealed"), blind=sa.bindparam("new_blind"))
)
_RESEAL_ADDRESS = (
    sa.update(ADDRESSES)
    .where(ADDRESSES.c.id == sa.bindparam("of_id"))
    .values(sealed=sa.bindparam("new_sealed"), blind=sa.bindparam("new_blind"))
)


def about(kind: Personal, member: str) -> str:
    """What a sealed value is bound to: the kind and the member it stands with."""
    return f"people:{kind}:{member}"


def sealed_address(ring: KeyRing, address: Address, *, owner: MemberId) -> str:
    """The whole address, sealed for its owner."""
    return ring.seal(msgspec.json.encode(address).decode(), about=about(Personal.ADDRESS, owner))


def kept_address(ring: KeyRing, row: tuple[Any, ...]) -> KeptAddress:
    """A row of `ADDRESSES_OF`, opened. Raises `CannotOpen`."""
    text = ring.open(row[2], about=about(Personal.ADDRESS, row[1]))
    dropped = None if row[4] is None else Instant(row[4])
    return KeptAddress(row[0], MemberId(row[1]), msgspec.json.decode(text, type=Address), Instant(row[3]), dropped)


def address_blinds(ring: KeyRing, address: Address) -> tuple[str, ...]:
    """Under which indices the same person at the same door may be kept, newest key first."""
    return ring.blinds(household(address), field=Personal.ADDRESS)


def opened(tx: Tx, ring: KeyRing, ids: Collection[MemberId], *, kind: Personal) -> Iterator[tuple[MemberId, str]]:
    """Each of these members' handles of one kind, opened, oldest first. Raises `CannotOpen`."""
    for owner, its, sealed, *_ in tx.rows(HANDLES_OF, ids=list(ids)):
        if its == kind:
            yield MemberId(owner), ring.open(sealed, about=about(kind, owner))


def phones_of(tx: Tx, ring: KeyRing, families: Mapping[MemberId, Collection[MemberId]]) -> Mapping[MemberId, str]:
    """The newest number of each family, by the id asked for; those without one are absent."""
    everyone = {account for family in families.values() for account in family}
    numbers = tuple(opened(tx, ring, everyone, kind=Personal.PHONE))
    return {
        asked: own[-1]
        for asked, family in families.items()
        if (own := [number for account, number in numbers if account in family])
    }


def proposal(row: tuple[Any, ...]) -> MergeProposal:
    """A row of the proposals as a value."""
    one, other, evidence = MemberId(row[1]), MemberId(row[2]), Evidence(row[3])
    return MergeProposal(row[0], one, other, evidence, MergeStatus(row[4]), Instant(row[5]), row[6])


def reseal(tx: Tx, ring: KeyRing) -> int:
    """Everything sealed or indexed under an older key is so under the newest; how many rows that were."""
    newest = f"{ring.newest}."
    handles = tx.rows(_OLD_HANDLES, newest=newest)
    for kind, owner, blind, sealed in handles:
        bound = about(Personal(kind), owner)
        plain = ring.open(sealed, about=bound)
        row = {"of_kind": kind, "of_member": owner, "of_blind": blind}
        tx.run(_RESEAL_HANDLE, **row, new_sealed=ring.seal(plain, about=bound), new_blind=ring.blind(plain, field=kind))
    addresses = tx.rows(_OLD_ADDRESSES, newest=newest)
    for ident, owner, sealed in addresses:
        plain = ring.open(sealed, about=about(Personal.ADDRESS, owner))
        address = msgspec.json.decode(plain, type=Address)
        sealed_anew = sealed_address(ring, address, owner=MemberId(owner))
        tx.run(_RESEAL_ADDRESS, of_id=ident, new_sealed=sealed_anew, new_blind=address_blinds(ring, address)[0])
    return len(handles) + len(addresses)
