"""The consent ledger: every tap of a member and every message it paid for."""

from roulian.store import Tx
from roulian.tell.tables import consents as tables
from roulian.tell.tables.consents import ConsentMove
from roulian.words.ids import MemberId


def grant(tx: Tx, member: MemberId, *, template: str, n: int, source: str) -> None:
    """The member may be written to `n` more times with this template; the same `source` counts once.

    `source` names the tap: the event's own key, or the request that reported it.
    """
    if _note(tx, member, template=template, kind=ConsentMove.GRANT, change=n, source=source):
        tx.run(tables.ADD_CONSENTS, member=member, template=template, change=n)


def decline(tx: Tx, member: MemberId, *, template: str, source: str) -> None:
    """The member tapped no when asked: written down, and what they allowed before stays. The same `source` counts once."""
    _note(tx, member, template=template, kind=ConsentMove.DECLINE, change=0, source=source)


def withdraw(tx: Tx, member: MemberId, *, template: str, source: str) -> None:
    """The member refused the template: whatever consents were left are gone. The same `source` counts once."""
    row = tx.one(tables.CONSENTS_HELD, member=member, template=template)
    left = 0 if row is None else int(row[0])
    if left and _note(tx, member, template=template, kind=ConsentMove.REJECT, change=-left, source=source):
        tx.run(tables.CLOSE_CONSENTS, member=member, template=template, left_count=left)


def carry_consents(tx: Tx, kept: MemberId, *, gone: MemberId) -> None:
    """Two members turned out to be one: what the one allowed counts for the other now."""
    for template, left in tx.rows(tables.CONSENTS_TO_CARRY, member=gone):
        source = tx.new_id("cry")
        _note(tx, gone, template=template, kind=ConsentMove.CARRY, change=-left, source=f"{source}:out")
        tx.run(tables.CLOSE_CONSENTS, member=gone, template=template, left_count=left)
        _note(tx, kept, template=template, kind=ConsentMove.CARRY, change=left, source=f"{source}:in")
        tx.run(tables.ADD_CONSENTS, member=kept, template=template, change=left)


def hand_back_consents(tx: Tx, gone: MemberId, *, kept: MemberId) -> None:
    """They are two again: what was carried over goes back, as far as it is not spent."""
    for template, carried in tx.rows(tables.CARRIED, member=gone):
        change = min(int(carried), left_of(tx, kept, template=template))
        if not change or not tx.run(tables.TAKE_BACK, member=kept, template=template, change=change):
            continue
        source = tx.new_id("cry")
        _note(tx, kept, template=template, kind=ConsentMove.CARRY, change=-change, source=f"{source}:out")
        _note(tx, gone, template=template, kind=ConsentMove.CARRY, change=change, source=f"{source}:in")
        tx.run(tables.ADD_CONSENTS, member=gone, template=template, change=change)


def spend(tx: Tx, member: MemberId, *, template: str, source: str) -> bool:
    """Whether one consent could be taken for a message about to be sent."""
    if not tx.run(tables.SPEND_CONSENT, member=member, template=template):
        return False
    _note(tx, member, template=template, kind=ConsentMove.SPEND, change=-1, source=source)
    return True


def give_back(tx: Tx, member: MemberId, *, template: str, source: str) -> None:
    """WeChat refused the message for another reason, so its consent was not used."""
    if _note(tx, member, template=template, kind=ConsentMove.RETURN, change=1, source=source):
        tx.run(tables.ADD_CONSENTS, member=member, template=template, change=1)


def left_of(tx: Tx, member: MemberId, *, template: str) -> int:
    """How many messages with this template the member still allows, as far as we know."""
    row = tx.one(tables.CONSENTS_LEFT, member=member, template=template)
    return 0 if row is None else int(row[0])


def _note(tx: Tx, member: MemberId, *, template: str, kind: ConsentMove, change: int, source: str) -> bool:
    added = tx.run(
        tables.ADD_MOVE,
        source=f"{kind}:{source}",
        member=member,
        template=template,
        kind=kind.value,
        change=change,
        at=tx.now.ms,
    )
    return added > 0
