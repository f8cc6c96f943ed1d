"""The quota ledger: a message is counted before WeChat is called, and WeChat's answer corrects the count.

What WeChat refused still counts there, so nothing is given back; a refusal that means "no more for now" shuts the door
until the stretch ends that WeChat counts in.
"""

from collections.abc import Sequence

from roulian.store import Tx
from roulian.tell.model import Cap, Door, Each, Limits, Sender
from roulian.tell.tables import quotas as tables


def hold_quotas(tx: Tx, senders: Sequence[Sender]) -> None:
    """Whatever these accounts count is ours until the commit, held in one order: two senders never wait in a circle."""
    tx.rows(tables.HOLD, accounts=[sender.appid for sender in senders])


def take_quota(tx: Tx, sender: Sender, *, door: Door, limits: Limits) -> bool:
    """Whether the account may send one more message through the door now; counted if so, in every stretch or in none."""
    if door in sender.denied or not limits.offers(sender.kind, door):
        return False
    if tx.one(tables.CLOSURE, account=sender.appid, door=door.value, now=tx.now.ms) is not None:
        return False
    taken: list[Cap] = []
    for cap in limits.caps_of(sender.kind, door, each=Each.ACCOUNT, plan=sender.plan):
        if not _debit(tx, sender.appid, cap=cap):
            _give_back(tx, sender.appid, taken)
            return False
        taken.append(cap)
    return True


def give_quota_back(tx: Tx, sender: Sender, *, door: Door, limits: Limits) -> None:
    """The message just counted was not sent after all, because something else it costs was gone."""
    _give_back(tx, sender.appid, limits.caps_of(sender.kind, door, each=Each.ACCOUNT, plan=sender.plan))


def close_door(tx: Tx, sender: Sender, *, door: Door, code: str, limits: Limits) -> None:
    """WeChat's refusal shuts the account's door until its count begins anew; other codes shut nothing."""
    until = limits.shut_until(code, kind=sender.kind, door=door, at=tx.now)
    if until is not None:
        tx.run(
            tables.CLOSE_DOOR,
            account=sender.appid,
            door=door.value,
            code=code,
            at=tx.now.ms,
            until_at=until.ms,
        )


_NUMBER_UNKNOWN = (1 << 31) - 1


def _debit(tx: Tx, account: str, *, cap: Cap) -> bool:
    counted = tx.run(
        tables.DEBIT,
        account=account,
        door=cap.door.value,
        per=cap.per.value,
        begins_at=cap.per.begins(tx.now).ms,
        most=_NUMBER_UNKNOWN if cap.most is None else cap.most,
    )
    return counted > 0


def _give_back(tx: Tx, account: str, caps: Sequence[Cap]) -> None:
    for cap in caps:
        begins_at = cap.per.begins(tx.now).ms
        tx.run(tables.CREDIT, account=account, door=cap.door.value, per=cap.per.value, begins_at=begins_at)
