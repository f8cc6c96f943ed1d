"""Personal data, opened for those who have leave, and the graph of what a person is known by."""

from collections.abc import Collection, Mapping, Sequence

from roulian.people.model import (
    Edge,
    Holding,
    KeptAddress,
    Known,
    MergeProposal,
    MergeStatus,
    Personal,
    Reading,
    e164,
    masked,
)
from roulian.people.tables import handles
from roulian.people.tables import members as rows
from roulian.store import KeyRing, Tx
from roulian.words.errors import Bug
from roulian.words.ids import MemberId
from roulian.words.time import Instant


def members_by_phone(tx: Tx, ring: KeyRing, *, phone: str) -> tuple[MemberId, ...]:
    """Everyone who gave this number, found by its blind index without opening any. Raises `BadPhone`."""
    blinds = ring.blinds(e164(phone), field=Personal.PHONE)
    owners = [row[0] for row in tx.rows(handles.OWNERS, kind=Personal.PHONE, blinds=list(blinds))]
    return tuple(sorted({rows.root(tx, MemberId(owner)) for owner in owners}))


def phones(tx: Tx, ring: KeyRing, *, reading: Reading) -> Mapping[MemberId, str]:
    """The numbers in E.164 of those members of the reading who gave one. Never log the answer.

    Raises `CannotOpen`; a reading without leave for phones is a `Bug`.
    """
    _leave(reading, Personal.PHONE)
    return handles.phones_of(tx, ring, rows.families(tx, reading.members))


def masked_phones(tx: Tx, ring: KeyRing, members: Collection[MemberId]) -> Mapping[MemberId, str]:
    """The numbers half hidden, `+86138****8000`: for lists, where nobody needs to call. No reading is recorded."""
    found = handles.phones_of(tx, ring, rows.families(tx, members))
    return {member: masked(phone) for member, phone in found.items()}


def addresses(tx: Tx, ring: KeyRing, *, reading: Reading) -> Mapping[MemberId, tuple[KeptAddress, ...]]:
    """The addresses of each member of the reading, oldest first, those dropped but still kept among them.

    Raises `CannotOpen`; a reading without leave for addresses is a `Bug`.
    """
    _leave(reading, Personal.ADDRESS)
    families = rows.families(tx, reading.members)
    everyone = sorted({account for family in families.values() for account in family})
    found = [handles.kept_address(ring, row) for row in tx.rows(handles.ADDRESSES_OF, ids=everyone)]
    return {asked: tuple(kept for kept in found if kept.member in families.get(asked, ())) for asked in reading.members}


def identities(tx: Tx, members: Collection[MemberId]) -> Mapping[MemberId, tuple[Edge, ...]]:
    """What each person is known by, over all their ids, oldest first; numbers stay sealed. Unknown ids are absent."""
    families = rows.families(tx, members)
    everyone = sorted({account for family in families.values() for account in family})
    edges = sorted(_edges(tx, everyone), key=lambda edge: (edge.since, edge.known, edge.evidence))
    return {asked: tuple(edge for edge in edges if edge.member in family) for asked, family in families.items()}


def _edges(tx: Tx, ids: Sequence[MemberId]) -> tuple[Edge, ...]:
    openids = (
        Edge(MemberId(member), Known.OPENID, openid, f"signed in through {appid}", Instant(at))
        for member, appid, openid, at in tx.rows(rows.OPENIDS_OF, ids=ids)
    )
    unionids = (
        Edge(MemberId(member), Known.UNIONID, unionid, f"seen through {through or '?'}", Instant(at or joined))
        for member, unionid, through, at, joined in tx.rows(rows.UNIONIDS_OF, ids=ids)
    )
    sealed = (
        Edge(MemberId(member), Known(kind), "", evidence, Instant(at))
        for member, kind, _, evidence, at in tx.rows(handles.HANDLES_OF, ids=ids)
    )
    return (*openids, *unionids, *sealed)


def merge_proposals(
    tx: Tx,
    *,
    statuses: Collection[MergeStatus] = tuple(MergeStatus),
    before: str | None = None,
    limit: int = 50,
) -> tuple[MergeProposal, ...]:
    """Proposed merges, newest first, at most `limit`, older than the id `before`."""
    names = [status.value for status in statuses]
    found = tx.rows(handles.PROPOSALS_PAGE, statuses=names, before=before, limit=limit)
    return tuple(handles.proposal(row) for row in found)


def holdings(tx: Tx, ring: KeyRing, *, reading: Reading) -> tuple[Holding, ...]:
    """Everything this stage holds of the reading's one person, numbers and addresses opened: for them alone."""
    (member,) = reading.members
    _leave(reading, *Personal)
    family = rows.families(tx, [member]).get(member, ())
    sealed = {kind: tuple(handles.opened(tx, ring, family, kind=kind)) for kind in (Personal.PHONE, Personal.CUSTOMER)}
    return (
        *(
            Holding(edge.known, {"value": edge.value, "evidence": edge.evidence, "since_ms": edge.since.ms})
            for edge in identities(tx, [member]).get(member, ())
            if edge.value
        ),
        *(Holding(kind, {"value": text}) for kind, texts in sealed.items() for _, text in texts),
        *(_address_held(kept) for kept in addresses(tx, ring, reading=reading).get(member, ())),
        *(
            Holding(
                "consent",
                {
                    "purpose": line.purpose,
                    "is_given": int(line.is_given),
                    "text_version": line.text_version,
                    "at_ms": line.at.ms,
                },
            )
            for line in rows.ledger(tx, [member])
        ),
    )


def _address_held(kept: KeptAddress) -> Holding:
    address = kept.address
    return Holding(
        Personal.ADDRESS,
        {
            "id": kept.id,
            "name": address.name,
            "phone": address.phone,
            "region_code": address.region_code,
            "city": address.city,
            "district": address.district,
            "street": address.street,
            "kept_ms": kept.kept_at.ms,
        },
    )


def _leave(reading: Reading, *needed: Personal) -> None:
    if not reading.fields.issuperset(needed):
        raise Bug(f"a reading of {sorted(reading.fields)} was used for {sorted(needed)}")
