"""Mass messages take their slots before they are sent: the account's by day, every reader's by month.

The key is WeChat's too (`clientmsgid`), so a message booked twice is one message. What WeChat refused gives the readers'
slots back; what was lost keeps them.
"""

from collections.abc import Collection

from roulian.store import Tx
from roulian.tell.model import Door, Each, Limits, Sender
from roulian.tell.tables import mass as tables
from roulian.tell.writes.quotas import close_door, take_quota
from roulian.words.ids import MemberId
from roulian.words.time import Instant


def book_mass(
    tx: Tx,
    key: str,
    *,
    sender: Sender,
    members: Collection[MemberId],
    limits: Limits,
) -> tuple[MemberId, ...] | None:
    """Who of `members` gets the mass message, each one slot poorer, in the order given; None when it may not be sent.

    It may not when the key is booked already or the account has no mass message left for now. The account's own count
    is taken first and holds its row, so two bookings of one account come one after the other.
    """
    if not tx.run(tables.BOOK, key=key, account=sender.appid, at=tx.now.ms):
        return None
    if not take_quota(tx, sender, door=Door.MASS, limits=limits):
        tx.run(tables.UNBOOK, key=key)
        return None
    booked = _with_slots(tx, sender, members, limits=limits)
    tx.run(tables.COUNT_BOOKED, key=key, members_count=len(booked))
    return booked


def mass_refused(tx: Tx, key: str, *, code: str, sender: Sender, members: Collection[MemberId], limits: Limits) -> None:
    """WeChat refused the message: its readers' slots come back, once; 45028 shuts the account's door."""
    if not tx.run(tables.REFUSE, key=key, code=code):
        return
    row = tx.one(tables.SEND_OF, key=key)
    assert row is not None
    close_door(tx, sender, door=Door.MASS, code=code, limits=limits)
    for cap in limits.caps_of(sender.kind, Door.MASS, each=Each.MEMBER, plan=sender.plan):
        begins_at = cap.per.begins(Instant(row[1])).ms
        of = {"account": sender.appid, "per": cap.per.value, "begins_at": begins_at}
        tx.many(tables.GIVE_SLOT_BACK, [{**of, "member": member} for member in members])


def carry_slots(tx: Tx, kept: MemberId, *, gone: MemberId) -> None:
    """What the one member has had this month the other has had too."""
    tx.run(tables.CARRY_SLOTS, kept=kept, gone=gone)
    tx.run(tables.FORGET_SLOTS, gone=gone)


def _with_slots(tx: Tx, sender: Sender, members: Collection[MemberId], *, limits: Limits) -> tuple[MemberId, ...]:
    wanted = tuple(dict.fromkeys(members))
    for cap in limits.caps_of(sender.kind, Door.MASS, each=Each.MEMBER, plan=sender.plan):
        if cap.most is None:
            continue
        begins_at = cap.per.begins(tx.now).ms
        of = {"account": sender.appid, "per": cap.per.value, "begins_at": begins_at, "most": cap.most}
        full = {row[0] for row in tx.rows(tables.USED_UP, **of)}
        wanted = tuple(member for member in wanted if member not in full)
        tx.many(tables.TAKE_SLOT, [{**of, "member": member} for member in wanted])
    return wanted
