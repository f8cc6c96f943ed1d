"""Cases are asked, answered, and come to their end here; every step is one update guarded by where it came from."""

from collections.abc import Callable, Collection, Sequence

from roulian.returns import tables
from roulian.returns.events import CaseAsked
from roulian.returns.model import (
    MOST_ANSWER_LETTERS,
    Bought,
    Case,
    CaseId,
    CaseItem,
    CaseKind,
    CaseNotFound,
    CaseReason,
    CaseStatus,
    NotInThisState,
    TooManyReturned,
    WantedBack,
    asked_back,
    checked,
    item_of,
)
from roulian.store import Tx
from roulian.words.event import Event
from roulian.words.ids import MemberId


def ask(tx: Tx, bought: Bought, *, key: str, kind: CaseKind, reason: CaseReason, wanted: Sequence[WantedBack]) -> Case:
    """A new case about so much of a delivered order, said as `CaseAsked`; the same key again is the first case.

    Units asked back in other cases that stand count. Raises `NotYetDelivered`, `TooLateToReturn`, `TooManyReturned`.
    """
    first = next(iter(tables.cases(tx.rows(tables.OF_KEY, of_member=bought.member, of_key=key)).values()), None)
    if first is not None:
        return first
    items = _take(tx, bought, checked(bought, wanted, kind=kind, now=tx.now))
    ident = CaseId(tx.new_id("afs"))
    case = Case(ident, bought.order, bought.member, kind, reason, items, CaseStatus.ASKED, tx.now)
    tx.run(
        tables.ADD_CASE,
        id=case.id,
        order=case.order,
        member=case.member,
        key=key,
        kind=kind.value,
        reason=reason.value,
        status=case.status.value,
        asked_at=tx.now.ms,
    )
    tx.many(tables.ADD_ITEM, tables.item_values(case))
    tx.emit(CaseAsked(case.id, case.order))
    return case


def _take(tx: Tx, bought: Bought, wanted: Sequence[WantedBack]) -> tuple[CaseItem, ...]:
    """The units are the new case's; taking them locks each line's count, so what earlier cases hold stays as it is read."""
    lines = {line.line: line for line in bought.lines}
    for want in wanted:
        most = lines[want.line].qty
        if not tx.run(tables.TAKE, order=bought.order, line=want.line, qty=want.qty, most=most):
            raise TooManyReturned(bought.order, want.line, want.qty, most)
    before = tables.cases(tx.rows(tables.OF_ORDER, order=bought.order)).values()
    return tuple(item_of(lines[want.line], want, earlier=asked_back(before, want.line)) for want in wanted)


def approve(tx: Tx, case: CaseId, *, answer: str = "") -> Case:
    """Staff agree: goods that are to come back are waited for, a refund alone says `RefundAgreed`. Raises `CaseNotFound`, `NotInThisState`."""
    return _step(tx, case, lambda it: it.approve(answer=answer[:MOST_ANSWER_LETTERS]))


def refuse(tx: Tx, case: CaseId, *, answer: str) -> Case:
    """Staff say no and why; the units may be asked back again. Raises `CaseNotFound`, `NotInThisState`, `ReasonNeeded`."""
    after = _step(tx, case, lambda it: it.refuse(answer=answer[:MOST_ANSWER_LETTERS]))
    _let_go(tx, after)
    return after


def goods_back(tx: Tx, case: CaseId) -> Case:
    """The goods of an approved case came back: `GoodsBack`, and of a return `RefundAgreed`. Raises `CaseNotFound`, `NotInThisState`."""
    return _step(tx, case, Case.goods_back)


def sent(tx: Tx, case: CaseId) -> Case:
    """The goods an exchange is for are on their way: `ReplacementSent`; sent again nothing changes.

    Says `RefundAgreed` where they cost less. Raises `CaseNotFound`, `NotInThisState`.
    """
    known = _found(tx, case)
    return known if known.is_sent() else _step(tx, case, Case.sent)


def settle(tx: Tx, case: CaseId) -> Case:
    """The buyer has the money; settled again nothing changes. Raises `CaseNotFound`, `NotInThisState`."""
    known = _found(tx, case)
    return known if known.status is CaseStatus.SETTLED else _step(tx, case, Case.settle)


def withdraw(tx: Tx, case: CaseId, *, members: Collection[MemberId]) -> Case:
    """The buyer, known as any of `members`, keeps the goods and takes the asking back.

    Raises `CaseNotFound` (also for another member's), `NotInThisState`.
    """
    if _found(tx, case).member not in members:
        raise CaseNotFound(case)
    after = _step(tx, case, Case.withdraw)
    _let_go(tx, after)
    return after


def _let_go(tx: Tx, case: Case) -> None:
    tx.many(tables.LET_GO, [{"order": case.order, "of_line": item.line, "by": item.qty} for item in case.items])


def _step(tx: Tx, case: CaseId, step: Callable[[Case], tuple[Case, tuple[Event, ...]]]) -> Case:
    was = _found(tx, case)
    after, facts = step(was)
    if not tx.run(tables.STEP, case=case, was=was.status.value, new_status=after.status.value, new_answer=after.answer):
        raise NotInThisState(case, _found(tx, case).status)
    for fact in facts:
        tx.emit(fact)
    return after


def _found(tx: Tx, case: CaseId) -> Case:
    known = tables.cases(tx.rows(tables.OF_IDS, ids=[case])).get(case)
    if known is None:
        raise CaseNotFound(case)
    return known
