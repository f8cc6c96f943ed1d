"""Who follows, and which windows are open: every act of a member counts once, whatever order WeChat tells them in.

An act is believed by its own second: an older one that comes late changes nothing. Where two fall into one second, the
one that forbids wins. A window that opens late keeps what was already sent through it off its count.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from roulian.store import Tx
from roulian.tell.model import AccountKind, Contact, Follow, Limits
from roulian.tell.tables import contacts as tables
from roulian.tell.tables import mass as mass_tables
from roulian.tell.writes import consents, mass
from roulian.words.ids import MemberId
from roulian.words.time import Instant

_NO_WINDOW = frozenset({"45015", "45047"})
_NO_FOLLOWER: Mapping[str, Follow] = MappingProxyType({"43004": Follow.LEFT, "43019": Follow.BLOCKED})


def contacted(tx: Tx, member: MemberId, contact: Contact, *, kind: AccountKind, limits: Limits) -> None:
    """The member did this to an account of this kind: they follow or left, and may be answered for a while.

    Who has left is not answered: leaving shuts every window opened before it.
    """
    if contact.follow is not None:
        follow(tx, member, account=contact.account, follow=contact.follow, at=contact.at)
    if contact.opener is None:
        return
    window = limits.window(kind, contact.opener)
    gone = tx.one(tables.GONE_SINCE, account=contact.account, member=member, since=contact.at.ms)
    if window is not None and gone is None:
        tx.run(
            tables.OPEN_WINDOW,
            member=member,
            account=contact.account,
            opener=contact.opener.value,
            opened_at=contact.at.ms,
            closes_at=contact.at.ms + window.lasts_s * 1000,
            most=window.most,
        )


def follow(tx: Tx, member: MemberId, *, account: str, follow: Follow, at: Instant) -> None:
    """The member stands so to the account since `at`, unless something later is known."""
    changed = tx.run(tables.FOLLOW, account=account, member=member, follow=follow.value, at=at.ms)
    if changed and follow is not Follow.FOLLOWING:
        tx.run(tables.EMPTY_WINDOWS, member=member, account=account, opened_by=at.ms, now=tx.now.ms)


def take_window(tx: Tx, member: MemberId, *, account: str) -> bool:
    """Whether one more customer-service message may go to the member now; counted in every open window if so."""
    return tx.run(tables.TAKE_WINDOW, member=member, account=account, now=tx.now.ms) > 0


def correct_contact(tx: Tx, member: MemberId, *, account: str, code: str) -> None:
    """WeChat's refusal tells what our ledger did not know: no window (45015, 45047), no follower (43004, 43019)."""
    if code in _NO_WINDOW:
        tx.run(tables.EMPTY_WINDOWS, member=member, account=account, opened_by=tx.now.ms, now=tx.now.ms)
    if code in _NO_FOLLOWER:
        follow(tx, member, account=account, follow=_NO_FOLLOWER[code], at=tx.now)


def carry_over(tx: Tx, kept: MemberId, *, gone: MemberId) -> None:
    """Two members turned out to be one person: every ledger of `gone` goes on under `kept`. Asked again, nothing is left to carry."""
    consents.carry_consents(tx, kept, gone=gone)
    for statement in tables.CARRY_FOLLOWS, tables.CARRY_WINDOWS:
        tx.run(statement, kept=kept, gone=gone)
    for statement in tables.FORGET_FOLLOWS, tables.FORGET_WINDOWS:
        tx.run(statement, gone=gone)
    mass.carry_slots(tx, kept, gone=gone)


def hand_back(tx: Tx, gone: MemberId, *, kept: MemberId, accounts: Collection[str]) -> None:
    """A merge was taken back: what `gone` brought goes on under their own id again, as far as it is not spent.

    `accounts` are those that know `gone` and do not know `kept`: who follows them, and may be answered, is `gone`.
    """
    consents.hand_back_consents(tx, gone, kept=kept)
    for statement in tables.HAND_BACK_FOLLOWS, tables.HAND_BACK_WINDOWS, mass_tables.HAND_BACK_SLOTS:
        tx.run(statement, gone=gone, kept=kept, accounts=list(accounts))
