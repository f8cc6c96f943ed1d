"""Laws of coupons and groups: no fen is lost or made, no count is exceeded, whatever happens in whatever order."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import BOWL, CUP, MORNING, TRAY, said
from offer_builders import MONDAY, a_groupbuy, cart_line, some_terms
from roulian import offers
from roulian.store import Store, Tx
from roulian.words import Ids, MemberId, OrderId, SimulatedClock, SkuId

FEN = st.integers(1, 1_000_000)
DISCOUNTS = st.one_of(
    st.builds(offers.AmountOff, FEN),
    st.builds(offers.PercentOff, st.integers(1, 9_999), st.one_of(st.none(), FEN)),
)
LINES = st.lists(
    st.builds(
        lambda sku, qty, fen: cart_line(sku, qty, price_fen=fen),
        st.sampled_from([CUP, BOWL, TRAY]),
        st.integers(1, 50),
        st.integers(1, 90_000),
    ),
    min_size=1,
    max_size=6,
)
SCOPES = st.sets(st.sampled_from([CUP, BOWL, TRAY]), max_size=2).map(lambda some: offers.Scope(skus=tuple(some)))


@given(DISCOUNTS, LINES, SCOPES, st.integers(0, 500_000))
def test_discounts_take_only_from_what_they_are_for_and_leave_something_to_pay(
    discount: offers.Discount, lines: list[offers.CartLine], scope: offers.Scope, least_fen: int
) -> None:
    terms = some_terms(discount=discount, scope=scope, least_fen=least_fen)

    found = offers.discounts(terms, lines, now=MONDAY)

    eligible_fen = sum(line.total_fen() for line in lines if scope.fits(line))
    whole_fen = sum(line.total_fen() for line in lines)
    if isinstance(found, offers.Obstacle):
        assert eligible_fen < max(1, least_fen) or min(discount.of(eligible_fen), whole_fen - 1) < 1
        return
    assert sum(found) == min(discount.of(eligible_fen), whole_fen - 1)
    assert eligible_fen >= least_fen
    for line, off_fen in zip(lines, found, strict=True):
        assert 0 <= off_fen <= (line.total_fen() if scope.fits(line) else 0)


@given(LINES)
def test_dearer_lines_never_get_less_off_than_cheaper_ones(lines: list[offers.CartLine]) -> None:
    found = offers.discounts(some_terms(discount=offers.PercentOff(2_000), least_fen=0), lines, now=MONDAY)

    if not isinstance(found, offers.Obstacle):
        ranked = sorted(zip((line.total_fen() for line in lines), found, strict=True))
        assert all(cheap[1] <= dear[1] + 1 for cheap, dear in pairwise(ranked))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "open", "pay", "leave", "again", "wait", "close"]),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    max_size=40,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_groups_keep_their_laws_in_every_order_of_events(
    fresh_url: Callable[[], str], steps: Sequence[tuple[str, int, int]]
) -> None:
    clock = SimulatedClock(MORNING)
    store = Store.open(fresh_url(), clock=clock, ids=Ids(random.Random(7).getrandbits))
    store.create_all()
    groupbuy = a_groupbuy(store, size=2)
    orders: list[OrderId] = []
    groups: list[offers.GroupId] = []

    for number, (step, who, which) in enumerate(steps):
        order = orders[who % len(orders)] if orders else OrderId("nobody's")
        match step:
            case "join" | "open":
                wanted = groups[which % len(groups)] if groups and step == "join" else None
                order = OrderId(f"ord_{number}")
                if (joined := _joins(store, groupbuy, order, MemberId(f"mem_{who}"), wanted)) is not None:
                    orders.append(order)
                    groups += [joined] if joined not in groups else []
            case "pay":
                store.call(lambda tx, it=order: offers.count_paid(tx, it))
            case "leave":
                store.call(lambda tx, it=order: offers.leave(tx, it))
            case "again":
                _sits_again(store, order)
            case "wait":
                clock.move_to(clock.now().plus(timedelta(hours=9)))
            case "close":
                for group in groups:
                    store.call(lambda tx, it=group: offers.close_group(tx, it))
        _agrees(store, groups, orders)

    ended = {kind: said(store, f"offers.Group{kind}") for kind in ("Completed", "Failed")}
    assert len(set(ended["Completed"])) == len(ended["Completed"])
    assert not set(ended["Completed"]) & set(ended["Failed"])
    store.close()


def _joins(
    store: Store, groupbuy: offers.GroupBuy, order: OrderId, member: MemberId, wanted: offers.GroupId | None
) -> offers.GroupId | None:
    def work(tx: Tx) -> offers.GroupId:
        joined = offers.join(tx, groupbuy, member=member, wanted=wanted)
        offers.sit(tx, joined.id, order=order, member=member)
        return joined.id

    try:
        return store.call(work)
    except (offers.AlreadyInGroup, offers.GroupBuyClosed):
        return None


def _sits_again(store: Store, order: OrderId) -> None:
    try:
        store.call(lambda tx: offers.sit_again(tx, order))
    except offers.GroupClosed:
        return


def _agrees(store: Store, groups: Sequence[offers.GroupId], orders: Sequence[OrderId]) -> None:
    """Each group's counts are its seats', a member sits in it once, and only a full and paid one is complete."""
    seats = list(store.read(lambda tx: offers.seats(tx, orders)).values())
    for ident in groups:
        group = store.read(lambda tx, it=ident: offers.group(tx, it))
        mine = [seat for seat in seats if seat.group == ident and seat.status is not offers.SeatStatus.FREED]
        paid = [seat for seat in mine if seat.status is offers.SeatStatus.PAID]
        members = [seat.member for seat in mine]
        assert len(members) == len(set(members)) <= group.size
        if group.status is offers.GroupStatus.COMPLETE:
            assert group.paid == group.size
        else:
            assert (group.taken, group.paid) == (len(mine), len(paid))
            assert group.paid < group.size
            assert group.status is offers.GroupStatus.FILLING or group.taken == group.paid


VOUCHER_STEPS = st.lists(
    st.tuples(st.sampled_from(["claim", "use", "free", "return", "again"]), st.integers(0, 4), st.integers(0, 6)),
    max_size=40,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VOUCHER_STEPS)
def test_vouchers_are_one_orders_at_a_time_and_no_more_are_given_than_there_are(
    fresh_url: Callable[[], str], steps: Sequence[tuple[str, int, int]]
) -> None:
    store = Store.open(fresh_url(), clock=SimulatedClock(MORNING), ids=Ids(random.Random(7).getrandbits))
    store.create_all()
    terms = some_terms(total_qty=5, member_limit=2)
    coupon = store.call(lambda tx: offers.open_coupon(tx, terms))
    given_to: list[offers.Voucher] = []
    holder: dict[offers.VoucherId, OrderId | None] = {}

    for step, who, number in steps:
        order = OrderId(f"ord_{number}")
        held = [ident for ident, by in holder.items() if by == order]
        match step:
            case "claim":
                if (voucher := _claims(store, coupon, MemberId(f"mem_{who}"))) is not None:
                    given_to.append(voucher)
                    holder[voucher.id] = None
            case "use" if given_to and not _was_used(store, order):
                wanted = given_to[who % len(given_to)]
                if _redeems(store, wanted, order):
                    assert holder[wanted.id] is None
                    holder[wanted.id] = order
            case "free" | "return":
                verb = offers.free_voucher if step == "free" else offers.return_voucher
                assert store.call(lambda tx, do=verb, it=order: do(tx, it)) == bool(held)
                holder.update(dict.fromkeys(held))
            case "again":
                _redeems_again(store, order)
                holder = _holders(store, given_to)

    counts = store.read(lambda tx: offers.coupon_counts(tx, [coupon.id]))[coupon.id]
    assert _holders(store, given_to) == holder
    assert len(given_to) == store.read(lambda tx: offers.coupon(tx, coupon.id)).given_qty <= terms.total_qty
    assert all(sum(one.member == each.member for one in given_to) <= terms.member_limit for each in given_to)
    assert counts.used_qty == sum(order is not None for order in holder.values())
    store.close()


def _claims(store: Store, coupon: offers.Coupon, member: MemberId) -> offers.Voucher | None:
    try:
        return store.call(lambda tx: offers.claim(tx, coupon.id, member=member))
    except (offers.CouponGone, offers.CouponLimit):
        return None


def _holders(store: Store, given_to: Sequence[offers.Voucher]) -> dict[offers.VoucherId, OrderId | None]:
    found = store.read(lambda tx: offers.vouchers(tx, [voucher.id for voucher in given_to]))
    return {ident: voucher.order for ident, voucher in found.items()}


def _was_used(store: Store, order: OrderId) -> bool:
    """An order is placed once, with one voucher."""
    return any(f'"order":"{order}"' in body for body in said(store, "offers.VoucherUsed"))


def _redeems(store: Store, voucher: offers.Voucher, order: OrderId) -> bool:
    try:
        store.call(lambda tx: offers.redeem(tx, voucher.id, order=order, members=[voucher.member], off_fen=1))
    except offers.VoucherTaken:
        return False
    return True


def _redeems_again(store: Store, order: OrderId) -> None:
    try:
        store.call(lambda tx: offers.redeem_again(tx, order))
    except offers.VoucherTaken:
        return


def test_scope_of_nothing_named_is_everything_but_presales() -> None:
    assert offers.Scope().fits(cart_line(SkuId("any")))
