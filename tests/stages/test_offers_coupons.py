"""Coupons: given within their counts, fitting some carts, used by one order at a time."""

import pytest

from builders import BOWL, BUYER, CUP, all_at_once, said
from offer_builders import BOTH, MONDAY, SUNDAY, a_coupon, cart_line, later, some_terms
from roulian import offers
from roulian.store import Store
from roulian.words import CampaignId, MemberId, OrderId, SimulatedClock

ORDER, OTHER = OrderId("ord_1"), OrderId("ord_2")
MERGED = MemberId("mem_old")


def given(store: Store, coupon: offers.Coupon, member: MemberId = BUYER) -> offers.Voucher:
    return store.call(lambda tx: offers.claim(tx, coupon.id, member=member), cause="test")


def used(store: Store, voucher: offers.Voucher, order: OrderId = ORDER) -> None:
    store.call(
        lambda tx: offers.redeem(tx, voucher.id, order=order, members=[BUYER], off_fen=500),
        cause="test",
    )


def now_of(store: Store, voucher: offers.Voucher) -> OrderId | None:
    return store.read(lambda tx: offers.vouchers(tx, [voucher.id]))[voucher.id].order


def test_member_claims_a_voucher_and_no_second_beyond_the_limit(store: Store) -> None:
    coupon = a_coupon(store)

    voucher = given(store, coupon)
    with pytest.raises(offers.CouponLimit) as refused:
        given(store, coupon)

    assert store.read(lambda tx: offers.vouchers_of(tx, [BUYER])) == (voucher,)
    assert "“满减券”" in refused.value.text()
    assert store.read(lambda tx: offers.coupon(tx, coupon.id)).given_qty == 1


def test_racing_claims_never_exceed_the_count(store: Store) -> None:
    coupon = a_coupon(store, total_qty=7)

    def claimed(number: int) -> bool:
        try:
            given(store, coupon, MemberId(f"mem_{number % 20}"))
        except (offers.CouponGone, offers.CouponLimit):
            return False
        return True

    won = all_at_once([lambda n=number: claimed(n) for number in range(60)], threads=16)

    assert sum(won) == 7
    assert store.read(lambda tx: offers.coupon(tx, coupon.id)).given_qty == 7


def test_issuing_passes_over_those_who_have_theirs_and_is_whole_or_nothing(store: Store) -> None:
    coupon = a_coupon(store, total_qty=3)
    given(store, coupon)
    crowd = [BUYER, MemberId("mem_a"), MemberId("mem_b")]

    served = store.call(lambda tx: offers.issue(tx, coupon.id, members=crowd), cause="test")
    with pytest.raises(offers.CouponGone) as refused:
        store.call(lambda tx: offers.issue(tx, coupon.id, members=[MemberId("mem_c")]), cause="test")

    assert [voucher.member for voucher in served] == ["mem_a", "mem_b"]
    assert refused.value.left == 0
    assert store.read(lambda tx: offers.vouchers_of(tx, [MemberId("mem_c")])) == ()


@pytest.mark.parametrize("differs", [{"is_claimable": False}, {"from_at": later(MONDAY, days=1)}])
def test_what_is_not_there_to_be_claimed_is_not_given(store: Store, differs: dict[str, object]) -> None:
    coupon = a_coupon(store, **differs)

    with pytest.raises(offers.CouponNotGiven):
        given(store, coupon)

    assert store.read(lambda tx: offers.vouchers_of(tx, [BUYER])) == ()
    assert store.read(offers.claimable_coupons) == ()


def test_stopped_coupon_is_given_no_more_and_its_vouchers_stay_good(store: Store) -> None:
    coupon = a_coupon(store, member_limit=2)
    voucher = given(store, coupon)

    store.call(lambda tx: offers.stop_coupon(tx, coupon.id), cause="test")
    with pytest.raises(offers.CouponNotGiven):
        given(store, coupon)
    used(store, voucher)

    assert now_of(store, voucher) == ORDER


def test_racing_orders_use_a_voucher_once(store: Store) -> None:
    voucher = given(store, a_coupon(store))

    def redeemed(number: int) -> bool:
        try:
            used(store, voucher, OrderId(f"ord_{number}"))
        except offers.VoucherTaken:
            return False
        return True

    won = all_at_once([lambda n=number: redeemed(n) for number in range(30)], threads=16)

    assert sum(won) == 1
    assert len(said(store, "offers.VoucherUsed")) == 1


def test_same_order_redeems_once_and_another_members_voucher_is_not_found(store: Store) -> None:
    voucher = given(store, a_coupon(store))
    hers = given(store, a_coupon(store), MemberId("mem_wu"))

    used(store, voucher)
    used(store, voucher)
    with pytest.raises(offers.VoucherNotFound):
        used(store, hers, OTHER)

    assert len(said(store, "offers.VoucherUsed")) == 1
    assert now_of(store, hers) is None


def test_voucher_of_a_merged_member_is_the_persons(store: Store) -> None:
    voucher = given(store, a_coupon(store), MERGED)

    store.call(
        lambda tx: offers.redeem(tx, voucher.id, order=ORDER, members=[BUYER, MERGED], off_fen=500), cause="test"
    )

    assert now_of(store, voucher) == ORDER


def test_lapsed_order_frees_its_voucher_once_and_takes_it_again_when_it_stands_again(store: Store) -> None:
    voucher = given(store, a_coupon(store))
    used(store, voucher)

    freed = [store.call(lambda tx: offers.free_voucher(tx, ORDER), cause="test") for _ in range(2)]
    between = now_of(store, voucher)
    store.call(lambda tx: offers.redeem_again(tx, ORDER), cause="test")

    assert (freed, between) == ([True, False], None)
    assert now_of(store, voucher) == ORDER
    assert store.read(lambda tx: offers.voucher_of_order(tx, ORDER)) == voucher.id


def test_lapsed_order_stands_not_again_when_its_voucher_went_to_another(store: Store) -> None:
    voucher = given(store, a_coupon(store))
    used(store, voucher)
    store.call(lambda tx: offers.free_voucher(tx, ORDER), cause="test")
    used(store, voucher, OTHER)

    with pytest.raises(offers.VoucherTaken):
        store.call(lambda tx: offers.redeem_again(tx, ORDER), cause="test")

    assert now_of(store, voucher) == OTHER


@pytest.mark.parametrize(("rule", "comes_back"), [(offers.RefundRule.RETURN, True), (offers.RefundRule.SPENT, False)])
def test_full_refund_gives_the_voucher_back_by_rule(store: Store, rule: offers.RefundRule, *, comes_back: bool) -> None:
    voucher = given(store, a_coupon(store, on_refund=rule))
    used(store, voucher)

    returned = store.call(lambda tx: offers.return_voucher(tx, ORDER), cause="test")

    assert returned is comes_back
    assert (now_of(store, voucher) is None) is comes_back


def test_numbers_of_a_coupon_are_those_of_orders_that_stand(store: Store) -> None:
    coupon = a_coupon(store, member_limit=3)
    first, second = given(store, coupon), given(store, coupon)
    used(store, first)
    used(store, second, OTHER)
    store.call(lambda tx: offers.free_voucher(tx, OTHER), cause="test")

    counts = store.read(lambda tx: offers.coupon_counts(tx, [coupon.id]))

    assert counts == {coupon.id: offers.CouponCount(used_qty=1, off_fen=500)}


@pytest.mark.parametrize(
    ("field", "differs"),
    [
        ("name_zh", {"name_zh": " "}),
        ("off_fen", {"discount": offers.AmountOff(0)}),
        ("off_bp", {"discount": offers.PercentOff(10_000)}),
        ("cap_fen", {"discount": offers.PercentOff(1_000, cap_fen=0)}),
        ("until_at", {"until_at": MONDAY}),
        ("total_qty", {"total_qty": 0}),
        ("member_limit", {"member_limit": 101}),
        ("least_fen", {"least_fen": -1}),
    ],
)
def test_coupon_that_cannot_be_is_refused_by_its_field(store: Store, field: str, differs: dict[str, object]) -> None:
    with pytest.raises(offers.BadCoupon) as refused:
        a_coupon(store, **differs)

    assert refused.value.field == field
    assert store.read(offers.coupons_page) == ()


def test_terms_come_back_as_they_were_given(store: Store) -> None:
    scope = offers.Scope(skus=(CUP,), categories=("家居",), campaigns=(CampaignId("cmp_1"),))
    told = some_terms(discount=offers.PercentOff(1_500, cap_fen=3_000), scope=scope, member_limit=4)

    coupon = store.call(lambda tx: offers.open_coupon(tx, told), cause="test")

    assert store.read(lambda tx: offers.coupon(tx, coupon.id)).terms == told


def test_amount_off_is_spread_over_the_lines_by_what_they_cost() -> None:
    off = offers.discounts(some_terms(), BOTH, now=MONDAY)

    assert off == (395, 105)


def test_percentage_is_rounded_down_and_capped() -> None:
    lines = (cart_line(qty=1, price_fen=1_999),)

    free = offers.discounts(some_terms(discount=offers.PercentOff(1_500)), lines, now=MONDAY)
    capped = offers.discounts(some_terms(discount=offers.PercentOff(1_500, cap_fen=200)), lines, now=MONDAY)

    assert (free, capped) == ((299,), (200,))


def test_coupon_counts_and_lowers_only_what_it_is_for() -> None:
    for_bowls = some_terms(scope=offers.Scope(skus=(BOWL,)), least_fen=999)
    for_below = some_terms(scope=offers.Scope(categories=("家居/餐具/碗",)), least_fen=999)
    elsewhere = some_terms(scope=offers.Scope(categories=("家居/餐",)))

    assert offers.discounts(for_bowls, BOTH, now=MONDAY) == (0, 500)
    assert offers.discounts(for_below, BOTH, now=MONDAY) == (0, 500)
    assert offers.discounts(elsewhere, BOTH, now=MONDAY) == offers.Obstacle(offers.Unfit.OTHER_GOODS)


def test_presales_line_takes_a_coupon_only_where_it_is_named() -> None:
    presale = CampaignId("cmp_1")
    lines = (cart_line(campaign=presale),)

    assert offers.discounts(some_terms(), lines, now=MONDAY) == offers.Obstacle(offers.Unfit.OTHER_GOODS)
    assert offers.discounts(some_terms(scope=offers.Scope(campaigns=(presale,))), lines, now=MONDAY) == (500,)


def test_obstacle_says_what_is_missing_in_both_languages() -> None:
    found = offers.discounts(some_terms(least_fen=5_000), BOTH, now=MONDAY)

    assert found == offers.Obstacle(offers.Unfit.BELOW_LEAST, short_fen=261)
    assert isinstance(found, offers.Obstacle)
    assert found.text() == "适用商品还差 ¥2.61 才能使用"
    assert found.text("en") == "¥2.61 more of what it is for is needed"
    early, late = later(MONDAY, days=-1), SUNDAY
    assert offers.discounts(some_terms(), BOTH, now=early) == offers.Obstacle(offers.Unfit.NOT_YET)
    assert offers.discounts(some_terms(), BOTH, now=late) == offers.Obstacle(offers.Unfit.OVER)


def test_best_voucher_is_the_one_that_takes_off_most_and_the_rest_say_why_not(
    store: Store, clock: SimulatedClock
) -> None:
    small, large = a_coupon(store), a_coupon(store, discount=offers.AmountOff(800))
    far, spent = a_coupon(store, least_fen=9_000), a_coupon(store)
    mine = {coupon.id: given(store, coupon) for coupon in (small, large, far, spent)}
    used(store, mine[spent.id])

    quote = offers.quote(
        BOTH,
        store.read(lambda tx: offers.vouchers_of(tx, [BUYER])),
        store.read(lambda tx: offers.coupons(tx, list(mine))),
        now=clock.now(),
    )

    best, ranked = quote.best(), quote.choices
    assert best is not None
    assert (quote.total_fen(), quote.to_pay_fen(best)) == (4_739, 3_939)
    assert best.coupon.id == large.id
    assert [(one.off_fen(), one.obstacle and one.obstacle.why) for one in ranked] == [
        (800, None),
        (500, None),
        (0, offers.Unfit.BELOW_LEAST if ranked[2].coupon.id == far.id else offers.Unfit.USED),
        (0, offers.Unfit.USED if ranked[3].coupon.id == spent.id else offers.Unfit.BELOW_LEAST),
    ]
