"""What changes about personal data: numbers and addresses kept, readings recorded, all of it removed."""

from collections.abc import Collection, Sequence

from roulian.people.events import MemberErased, MergeProposed
from roulian.people.model import (
    STRONG,
    Address,
    Duty,
    Evidence,
    Kept,
    MergeStatus,
    NotProposed,
    OrdersUnderWay,
    Personal,
    Purpose,
    Reading,
    Twin,
    UnknownAddress,
    checked,
    customer_number,
    digest,
    e164,
    is_certain,
    kept_since,
    listed,
)
from roulian.people.tables import handles, readings, staff
from roulian.people.tables import members as rows
from roulian.people.writes.members import merge, were_parted
from roulian.store import KeyRing, Tx
from roulian.words.ids import MemberId, OrderId


def set_phone(tx: Tx, ring: KeyRing, *, member: MemberId, phone: str, evidence: str = "WeChat") -> MemberId:
    """The number that `evidence` verified as the member's, in place of the one before; whom they answer as now.

    Another member with the same verified number is the same person, merged at once; where WeChat says that they are
    two, or somebody parted them, it is proposed instead. Raises `BadPhone`, `UnknownMember`.
    """
    number = e164(phone)
    owner = rows.root(tx, member)
    twins = _owners(tx, ring, number, kind=Personal.PHONE)
    for account in rows.families(tx, [owner])[owner]:
        tx.run(handles.DROP_HANDLES, kind=Personal.PHONE.value, member=account)
    _keep(tx, ring, owner, kind=Personal.PHONE, text=number, evidence=evidence)
    return _join(tx, owner, twins, evidence=Evidence.PHONE)


def link_customer(tx: Tx, ring: KeyRing, *, member: MemberId, number: str, evidence: str) -> None:
    """Another system knows the member by this customer number; `evidence` names the system and how it was matched.

    Others with the same number are proposed for a merge. Raises `BadCustomerNumber`, `UnknownMember`.
    """
    text = customer_number(number)
    owner = rows.root(tx, member)
    twins = _owners(tx, ring, text, kind=Personal.CUSTOMER)
    _keep(tx, ring, owner, kind=Personal.CUSTOMER, text=text, evidence=evidence)
    _join(tx, owner, twins, evidence=Evidence.CUSTOMER)


def keep_address(tx: Tx, ring: KeyRing, *, member: MemberId, address: Address) -> str:
    """The id of the address, kept for its owner; its content never changes: a correction is another address.

    Others with the same name at the same door are proposed for a merge. Raises `BadAddress`, `BadPhone`,
    `UnknownMember`.
    """
    tidy = checked(address)
    owner = rows.root(tx, member)
    blinds = handles.address_blinds(ring, tidy)
    twins = {MemberId(row[0]) for row in tx.rows(handles.NEIGHBOURS, blinds=list(blinds))}
    ident = tx.new_id("adr")
    sealed = handles.sealed_address(ring, tidy, owner=owner)
    tx.run(handles.KEEP_ADDRESS, id=ident, member=owner, blind=blinds[0], sealed=sealed, kept_at=tx.now.ms)
    _join(tx, owner, twins, evidence=Evidence.ADDRESS)
    return ident


def drop_address(tx: Tx, member: MemberId, *, address: str) -> None:
    """The member no longer uses the address; it is removed when after-sales is over. Raises `UnknownAddress`."""
    family = rows.families(tx, [member]).get(member, ())
    if not tx.run(handles.DROP_ADDRESS, of_id=address, ids=list(family), at=tx.now.ms):
        raise UnknownAddress(address)


def _keep(tx: Tx, ring: KeyRing, owner: MemberId, *, kind: Personal, text: str, evidence: str) -> None:
    tx.run(
        handles.KEEP_HANDLE,
        kind=kind.value,
        member=owner,
        blind=ring.blind(text, field=kind),
        sealed=ring.seal(text, about=handles.about(kind, owner)),
        evidence=evidence,
        at=tx.now.ms,
    )


def _owners(tx: Tx, ring: KeyRing, text: str, *, kind: Personal) -> set[MemberId]:
    found = tx.rows(handles.OWNERS, kind=kind.value, blinds=list(ring.blinds(text, field=kind)))
    return {MemberId(row[0]) for row in found}


def _join(tx: Tx, member: MemberId, others: Collection[MemberId], *, evidence: Evidence) -> MemberId:
    """Whom the member answers as, once each of `others` was merged with them or proposed for it."""
    for other in sorted({rows.root(tx, other) for other in others}):
        member = rows.root(tx, member)
        if other == member:
            continue
        unionids = dict(tx.rows(rows.STANDING, ids=[member, other]))
        mine, theirs = Twin(member, unionids[member]), Twin(other, unionids[other])
        if is_certain(evidence, mine, theirs) and not were_parted(tx, member, other):
            kept, gone = _kept_first(mine, theirs)
            merge(tx, kept, gone=gone, evidence=STRONG[evidence])
        else:
            _propose(tx, member, other, evidence=evidence)
    return rows.root(tx, member)


def _kept_first(one: Twin, other: Twin) -> tuple[MemberId, MemberId]:
    """Who is known by a unionid is kept, else who came first."""
    first, second = sorted((one, other), key=lambda twin: (twin.unionid is None, twin.member))
    return first.member, second.member


def _propose(tx: Tx, one: MemberId, other: MemberId, *, evidence: Evidence) -> None:
    first, second = sorted((one, other))
    ident = tx.new_id("mpr")
    if tx.run(handles.PROPOSE, id=ident, one=first, other=second, evidence=evidence.value, at=tx.now.ms):
        tx.emit(MergeProposed(ident, evidence))


def accept_merge(tx: Tx, proposal: str, *, by: str) -> MemberId:
    """The two are one person, `by` decided; whom they answer as. Raises `NotProposed`."""
    _decide(tx, proposal, status=MergeStatus.ACCEPTED, by=by)
    found = tx.one(handles.PROPOSAL, of_id=proposal)
    assert found is not None
    told = handles.proposal(found)
    one, other = rows.root(tx, told.one), rows.root(tx, told.other)
    unionids = dict(tx.rows(rows.STANDING, ids=[one, other]))
    kept, gone = _kept_first(Twin(one, unionids[one]), Twin(other, unionids[other]))
    return merge(tx, kept, gone=gone, evidence=f"{told.evidence}, decided by {by}")


def refuse_merge(tx: Tx, proposal: str, *, by: str) -> None:
    """The two are two, `by` decided; the same evidence proposes them no more. Raises `NotProposed`."""
    _decide(tx, proposal, status=MergeStatus.REFUSED, by=by)


def _decide(tx: Tx, proposal: str, *, status: MergeStatus, by: str) -> None:
    if not tx.run(handles.DECIDE, of_id=proposal, new_status=status.value, at=tx.now.ms, by=by):
        raise NotProposed(proposal)


def note_reading(
    tx: Tx,
    members: Sequence[MemberId],
    *,
    reader: str,
    fields: Collection[Personal],
    purpose: Purpose | Duty,
) -> Reading:
    """Leave for `reader` to read these fields of these members, written down in the record first.

    Raises `NoConsent` when one of them has not agreed to the purpose; a person's own request needs no consent.
    """
    if isinstance(purpose, Purpose):
        rows.require_consent(tx, members, purpose=purpose)
    end = tx.one(readings.LOCK_END)
    assert end is not None
    line = {"seq": end[0] + 1, "reader": reader, "purpose": purpose.value}
    told = {"fields": listed(fields), "members": listed(members), "previous": end[1]}
    written = digest(line["seq"], tx.now, reader, purpose=purpose.value, **told)
    tx.run(readings.ADD_LINE, **line, **told, read_at=tx.now.ms, digest=written)
    tx.run(readings.MOVE_END, seq=line["seq"], digest=written)
    return Reading(tuple(members), frozenset(fields), purpose, line["seq"])


def erase(tx: Tx, member: MemberId, *, orders: Collection[OrderId]) -> tuple[MemberId, ...]:
    """What the person is known by is gone, under all their ids, which are returned: nothing leads to them any more.

    `orders` are those of theirs still under way: with any, `OrdersUnderWay`. The ledger of consents stays as proof,
    under ids that name nobody; so do merges and the record of readings. Raises `UnknownMember`.
    """
    owner = rows.root(tx, member)
    if orders:
        raise OrdersUnderWay(tuple(sorted(orders)))
    family = rows.families(tx, [owner])[owner]
    for statement in (rows.FORGET_OPENIDS, rows.FORGET_SESSIONS, *handles.FORGET):
        tx.run(statement, ids=list(family))
    tx.run(rows.FORGET_MEMBERS, ids=list(family), at=tx.now.ms)
    tx.emit(MemberErased(owner))
    return family


def forget_expired(tx: Tx) -> None:
    """What is past its time (`RETENTION`) is removed: sessions, dropped addresses, decided proposals, old readings."""
    for kept, statements in (
        (Kept.SESSION, (rows.END_SESSIONS, staff.END_SESSIONS)),
        (Kept.ADDRESS, (handles.END_ADDRESSES,)),
        (Kept.PROPOSAL, (handles.END_PROPOSALS,)),
        (Kept.READING, (readings.END_READINGS,)),
    ):
        for statement in statements:
            tx.run(statement, before=kept_since(kept, now=tx.now).ms)


def reseal(tx: Tx, ring: KeyRing) -> int:
    """Every number and address is sealed and indexed under the newest key, staff secrets too; how many rows changed."""
    return handles.reseal(tx, ring) + staff.reseal(tx, ring)
