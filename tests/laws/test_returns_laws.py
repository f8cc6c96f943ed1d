"""Laws of after-sales: in every order of events a case goes only the ways drawn, says each fact once, and no unit and no
fen goes back twice."""

import random
from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import BOWL, BUYER, CUP, MORNING, TRAY, said
from roulian import returns
from roulian.returns import CaseKind, CaseStatus
from roulian.store import Store
from roulian.words import Ids, OrderId, SimulatedClock

ORDER = OrderId("ord_1")
OPTIONS = (returns.Option(CUP, 1_870), returns.Option(BOWL, 1_500))
LINES = (
    returns.BoughtLine(1, CUP, 5, 1_870, 5 * 1_870, OPTIONS),
    returns.BoughtLine(2, CUP, 3, 1_870, 1_000, OPTIONS),
    returns.BoughtLine(3, TRAY, 7, 400, 1, ()),
)
BOUGHT = returns.Bought(ORDER, BUYER, LINES, delivered_at=MORNING)
WAYS = {
    (CaseStatus.ASKED, "approve"): {CaseStatus.APPROVED, CaseStatus.REFUNDING, CaseStatus.SETTLED},
    (CaseStatus.ASKED, "refuse"): {CaseStatus.REFUSED},
    (CaseStatus.ASKED, "withdraw"): {CaseStatus.WITHDRAWN},
    (CaseStatus.APPROVED, "withdraw"): {CaseStatus.WITHDRAWN},
    (CaseStatus.APPROVED, "goods_back"): {CaseStatus.REPLACING, CaseStatus.REFUNDING, CaseStatus.SETTLED},
    (CaseStatus.REPLACING, "sent"): {CaseStatus.REFUNDING, CaseStatus.SETTLED},
    (CaseStatus.REFUNDING, "settle"): {CaseStatus.SETTLED},
}
STEPS: dict[str, Callable[[Store, returns.CaseId], returns.Case]] = {
    "approve": lambda store, case: store.call(lambda tx: returns.approve(tx, case)),
    "refuse": lambda store, case: store.call(lambda tx: returns.refuse(tx, case, answer="请提供照片")),
    "withdraw": lambda store, case: store.call(lambda tx: returns.withdraw(tx, case, members=[BUYER])),
    "goods_back": lambda store, case: store.call(lambda tx: returns.goods_back(tx, case)),
    "sent": lambda store, case: store.call(lambda tx: returns.sent(tx, case)),
    "settle": lambda store, case: store.call(lambda tx: returns.settle(tx, case)),
}
ASKS = st.tuples(st.just("ask"), st.sampled_from(CaseKind), st.integers(1, 3), st.integers(1, 4))
MOVES = st.tuples(st.sampled_from(sorted(STEPS)), st.none(), st.integers(0, 9), st.just(0))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(ASKS, MOVES), max_size=40))
def test_cases_go_their_ways_and_nothing_goes_back_twice(
    fresh_url: Callable[[], str], steps: Sequence[tuple[str, CaseKind | None, int, int]]
) -> None:
    store = Store.open(fresh_url(), clock=SimulatedClock(MORNING), ids=Ids(random.Random(7).getrandbits))
    store.create_all()
    cases: list[returns.CaseId] = []

    for number, (step, kind, which, qty) in enumerate(steps):
        if kind is not None:
            cases += _asks(store, f"k{number}", kind, line=which, qty=qty)
        elif cases:
            _moves(store, cases[which % len(cases)], step)
        _agrees(store)

    agreed = said(store, "returns.RefundAgreed")
    assert len(set(agreed)) == len(agreed)
    store.close()


def _asks(store: Store, key: str, kind: CaseKind, *, line: int, qty: int) -> list[returns.CaseId]:
    replacement = (CUP, BOWL)[qty % 2] if kind is CaseKind.EXCHANGE else None
    wanted = [returns.WantedBack(line, qty, replacement)]
    before = _standing(store, line)
    try:
        case = store.call(
            lambda tx: returns.ask(tx, BOUGHT, key=key, kind=kind, reason=returns.CaseReason.DAMAGED, wanted=wanted)
        )
    except returns.TooManyReturned:
        assert before + qty > LINES[line - 1].qty
        return []
    except returns.NoSuchReplacement:
        assert line == 3
        return []
    assert before + qty <= LINES[line - 1].qty
    return [case.id]


def _moves(store: Store, ident: returns.CaseId, step: str) -> None:
    was = store.read(lambda tx: returns.case(tx, ident))
    try:
        after = STEPS[step](store, ident)
    except returns.NotInThisState:
        assert (was.status, step) not in WAYS or (was.kind is CaseKind.EXCHANGE and step == "settle")
        assert store.read(lambda tx: returns.case(tx, ident)) == was
        return
    if after.status is was.status:
        assert was.is_sent() or was.status is CaseStatus.SETTLED
        return
    assert after.status in WAYS[was.status, step]
    assert (after.status is CaseStatus.REPLACING) == (was.kind is CaseKind.EXCHANGE and step == "goods_back")
    assert after.status is not CaseStatus.REFUNDING or after.amount_fen() > 0


def _standing(store: Store, line: int) -> int:
    cases = store.read(lambda tx: returns.cases_of(tx, ORDER))
    return sum(item.qty for case in cases if case.stands() for item in case.items if item.line == line)


def _agrees(store: Store) -> None:
    """Of each line no more units and no more money are asked back than there were; all the units are all the money."""
    standing = [case for case in store.read(lambda tx: returns.cases_of(tx, ORDER)) if case.stands()]
    for line in LINES:
        items = [item for case in standing for item in case.items if item.line == line.line]
        qty, paid_fen = sum(item.qty for item in items), sum(item.paid_fen for item in items)
        assert qty <= line.qty
        assert 0 <= paid_fen <= line.paid_fen
        assert qty < line.qty or paid_fen == line.paid_fen
        assert all(0 <= item.back_fen <= item.paid_fen for item in items)
        assert all(item.back_fen == item.paid_fen for item in items if item.replacement is None)


@given(st.integers(1, 50), st.integers(0, 1_000_000), st.data())
def test_units_given_back_one_by_one_are_what_was_paid_to_the_fen(qty: int, paid_fen: int, data: st.DataObject) -> None:
    line = returns.BoughtLine(1, CUP, qty, 30_000, paid_fen)
    left, earlier, fair = qty, returns.AskedBack(), paid_fen / qty

    while left:
        part = data.draw(st.integers(1, left))
        item = returns.item_of(line, returns.WantedBack(1, part), earlier=earlier)
        assert abs(item.paid_fen - part * fair) < 1
        earlier = returns.AskedBack(earlier.qty + part, earlier.paid_fen + item.paid_fen)
        left -= part

    assert earlier.paid_fen == paid_fen
