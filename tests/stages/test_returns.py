"""After-sales cases: what is asked back, what was really paid for it, and what an exchange gives."""

import pytest

from builders import BOWL, BUYER, CUP, MORNING, TRAY, said
from roulian import returns
from roulian.returns import CaseKind, CaseStatus, News
from roulian.store import Store
from roulian.words import OrderId, SkuId

ORDER = OrderId("ord_1")
OPTIONS = (returns.Option(CUP, 1_000), returns.Option(BOWL, 800), returns.Option(TRAY, 1_200))


def bought(*, qty: int = 3, paid_fen: int = 3_000) -> returns.Bought:
    line = returns.BoughtLine(1, CUP, qty, 1_000, paid_fen, OPTIONS)
    return returns.Bought(ORDER, BUYER, (line,), delivered_at=MORNING)


def asked(
    store: Store,
    what: returns.Bought,
    qty: int = 1,
    *,
    kind: CaseKind = CaseKind.RETURN,
    replacement: SkuId | None = None,
    key: str = "k",
) -> returns.Case:
    return store.call(
        lambda tx: returns.ask(
            tx,
            what,
            key=key,
            kind=kind,
            reason=returns.CaseReason.CHANGED_MIND,
            wanted=[returns.WantedBack(1, qty, replacement)],
        ),
        cause="test",
    )


def test_discounted_unit_gives_back_what_was_paid_for_it(store: Store) -> None:
    lowered = bought(paid_fen=2_500)

    parts = [asked(store, lowered, key=key).amount_fen() for key in ("a", "b", "c")]

    assert parts == [833, 833, 834]


def test_units_withdrawn_and_asked_again_never_give_back_more_than_the_line(store: Store) -> None:
    lowered = bought(paid_fen=100)
    first = asked(store, lowered, key="a")
    asked(store, lowered, key="b")
    store.call(lambda tx: returns.withdraw(tx, first.id, members=[BUYER]), cause="test")

    asked(store, lowered, 2, key="c")

    standing = [case for case in store.read(lambda tx: returns.cases_of(tx, ORDER)) if case.stands()]
    assert sum(case.amount_fen() for case in standing) == 100


def test_exchange_for_the_same_price_sends_goods_and_no_money(store: Store) -> None:
    case = asked(store, bought(), kind=CaseKind.EXCHANGE, replacement=CUP)

    for verb in (returns.approve, returns.goods_back, returns.sent, returns.sent):
        last = store.call(lambda tx, do=verb: do(tx, case.id), cause="test")

    assert (case.amount_fen(), last.status) == (0, CaseStatus.SETTLED)
    assert said(store, "returns.RefundAgreed") == []
    assert len(said(store, "returns.ReplacementSent")) == 1
    assert len(said(store, "returns.CaseSettled")) == 1


def test_exchange_for_a_cheaper_option_gives_the_difference_back_once_it_is_sent(store: Store) -> None:
    case = asked(store, bought(paid_fen=2_400), 2, kind=CaseKind.EXCHANGE, replacement=BOWL)

    for verb in (returns.approve, returns.goods_back):
        before = store.call(lambda tx, do=verb: do(tx, case.id), cause="test")
    after = store.call(lambda tx: returns.sent(tx, case.id), cause="test")

    assert (before.status, after.status) == (CaseStatus.REPLACING, CaseStatus.REFUNDING)
    assert case.amount_fen() == 1_600 * 200 // 1_000
    assert len(said(store, "returns.RefundAgreed")) == 1


@pytest.mark.parametrize(
    ("kind", "replacement"),
    [
        (CaseKind.EXCHANGE, TRAY),
        (CaseKind.EXCHANGE, SkuId("another product's")),
        (CaseKind.EXCHANGE, None),
        (CaseKind.RETURN, BOWL),
    ],
)
def test_replacement_is_an_option_that_costs_no_more_and_only_in_an_exchange(
    store: Store, kind: CaseKind, replacement: SkuId | None
) -> None:
    with pytest.raises(returns.NoSuchReplacement):
        asked(store, bought(), kind=kind, replacement=replacement)

    assert store.read(lambda tx: returns.cases_of(tx, ORDER)) == ()


def test_buyer_is_told_where_the_case_stands_and_why(store: Store) -> None:
    exchange = asked(store, bought(), kind=CaseKind.EXCHANGE, replacement=BOWL)
    refused = store.call(lambda tx: returns.refuse(tx, exchange.id, answer="超出售后范围"), cause="test")

    assert returns.told(exchange, News.AGREED) == ("换货已同意", "请寄回商品,收到后换发")
    assert returns.told(exchange, News.REPLACEMENT_SENT, parcel="SF 1") == ("换货已发出", "SF 1")
    assert returns.told(refused, News.REFUSED) == ("售后未通过", "超出售后范围")
