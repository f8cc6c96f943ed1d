"""The catalogue: options, bundles, sale windows, quantities; and every entry that cannot be sold is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import BOWL, BUYER, CUP, MORNING, PRICE_FEN, TRAY, a_campaign, open_shop, place
from roulian import sell
from roulian.store import Store
from roulian.words import MemberId, SimulatedClock, SkuId

SHIRT = sell.ProductId("prd_shirt")
SIZES = sell.OptionGroup("size", "尺码", "Size", (sell.OptionValue("m", "中"), sell.OptionValue("l", "大")))
COLOURS = sell.OptionGroup("colour", "颜色", "Colour", (sell.OptionValue("red", "红"), sell.OptionValue("blue", "蓝")))


def a_shirt(ident: str, size: str, colour: str, **terms: object) -> sell.Sku:
    combination = (("size", size), ("colour", colour))
    return sell.Sku(SkuId(ident), SHIRT, 12_900, 6_000, terms=sell.Terms(combination, **terms))  # type: ignore[arg-type]


def an_entry(*skus: sell.Sku, version: int = 0) -> sell.Entry:
    return sell.Entry(
        product=sell.Product(SHIRT, "衬衫", "Shirt", "服装/上衣", colour="#ffffff"),
        skus=skus or (a_shirt("shirt_m_red", "m", "red"), a_shirt("shirt_l_blue", "l", "blue")),
        groups=(SIZES, COLOURS),
        media=(sell.Medium("https://cdn.example.com/shirt.jpg"), sell.Medium("/film.mp4", sell.MediumKind.VIDEO)),
        version=version,
    )


def with_terms(store: Store, terms: sell.Terms, *, sku: SkuId = CUP) -> None:
    """A shop whose `sku` is sold on these terms."""
    store.call(open_shop)
    entry = store.read(lambda tx: sell.entries(tx)[sell.ProductId("prd_cup")])
    skus = tuple(replace(one, terms=terms) if one.id == sku else one for one in entry.skus)
    store.call(lambda tx: sell.save_entry(tx, replace(entry, skus=skus)))


def orders(store: Store) -> int:
    return len(store.read(sell.orders_page))


def test_an_entry_is_read_as_it_was_saved(store: Store) -> None:
    version = store.call(lambda tx: sell.save_entry(tx, an_entry()))

    kept = store.read(lambda tx: sell.entries(tx, [SHIRT]))[SHIRT]
    assert version == 1
    assert kept == replace(an_entry(version=1), skus=tuple(sorted(an_entry().skus, key=lambda sku: sku.id)))
    assert store.read(sell.entries) == {SHIRT: kept}


def test_a_change_is_made_by_who_read_the_newest_version(store: Store) -> None:
    store.call(lambda tx: sell.save_entry(tx, an_entry()))
    seen = store.read(lambda tx: sell.entries(tx)[SHIRT])
    mine = replace(seen, product=replace(seen.product, name_zh="长袖衬衫"))
    theirs = replace(seen, product=replace(seen.product, name_zh="短袖衬衫"))

    version = store.call(lambda tx: sell.save_entry(tx, mine))

    with pytest.raises(sell.EntryChanged):
        store.call(lambda tx: sell.save_entry(tx, theirs))
    kept = store.read(lambda tx: sell.entries(tx)[SHIRT])
    assert (version, kept.version, kept.product.name_zh) == (2, 2, "长袖衬衫")


def test_a_product_made_twice_at_once_is_made_once(store: Store) -> None:
    store.call(lambda tx: sell.save_entry(tx, an_entry()))

    with pytest.raises(sell.EntryChanged):
        store.call(lambda tx: sell.save_entry(tx, an_entry()))


def test_a_combination_is_one_sku_and_one_that_does_not_exist_is_refused() -> None:
    entry = an_entry()

    assert sell.chosen(entry, {"colour": "blue", "size": "l"}).id == "shirt_l_blue"
    for wrong in ({"size": "m", "colour": "blue"}, {"size": "m"}, {}, {"size": "m", "colour": "red", "fit": "slim"}):
        with pytest.raises(sell.NoSuchCombination) as no:
            sell.chosen(entry, wrong)
        assert "size=l; colour=blue" in no.value.text("zh")


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("name_zh", replace(an_entry(), product=sell.Product(SHIRT, " ", ""))),
        ("colour", replace(an_entry(), product=sell.Product(SHIRT, "衬衫", "", colour="red"))),
        ("media", replace(an_entry(), media=(sell.Medium("javascript:alert(1)"),))),
        ("price", an_entry(replace(a_shirt("a", "m", "red"), price_fen=0))),
        ("price", an_entry(replace(a_shirt("a", "m", "red"), price_fen=-5))),
        ("price", an_entry(replace(a_shirt("a", "m", "red"), price_fen=10**12))),
        ("cost", an_entry(replace(a_shirt("a", "m", "red"), cost_fen=-1))),
        ("sku", an_entry(a_shirt("a", "m", "red"), a_shirt("a", "l", "red"))),
        ("sku", an_entry(a_shirt("", "m", "red"))),
        ("options", an_entry(a_shirt("a", "xxl", "red"))),
        ("options", an_entry(a_shirt("a", "m", "red"), a_shirt("b", "m", "red"))),
        ("options", an_entry(sell.Sku(SkuId("a"), SHIRT, 100))),
        ("options", replace(an_entry(), groups=(SIZES, SIZES))),
        ("min", an_entry(a_shirt("a", "m", "red", least_qty=0))),
        ("min", an_entry(a_shirt("a", "m", "red", multiple_qty=-2))),
        ("max", an_entry(a_shirt("a", "m", "red", least_qty=4, most_qty=5, multiple_qty=3))),
        ("until", an_entry(a_shirt("a", "m", "red", from_at=MORNING, until_at=MORNING))),
        ("regions", an_entry(a_shirt("a", "m", "red", regions=("",)))),
        ("components", an_entry(a_shirt("a", "m", "red", components=(sell.Component(SkuId("nothing"), 1),)))),
        ("components", an_entry(a_shirt("a", "m", "red", components=(sell.Component(SkuId("a"), 1),)))),
    ],
)
def test_what_cannot_be_sold_is_refused_with_the_field(store: Store, field: str, entry: sell.Entry) -> None:
    with pytest.raises(sell.BadEntry) as no:
        store.call(lambda tx: sell.save_entry(tx, entry))

    assert no.value.field == field
    assert store.read(sell.entries) == {}


def test_a_sku_is_neither_taken_away_nor_taken_from_another_product(store: Store) -> None:
    store.call(open_shop)
    store.call(lambda tx: sell.save_entry(tx, an_entry()))
    cup = store.read(lambda tx: sell.skus(tx, [CUP]))[CUP]

    for skus in (an_entry().skus[:1], (*an_entry().skus, cup)):
        with pytest.raises(sell.BadEntry) as no:
            store.call(lambda tx, skus=skus: sell.save_entry(tx, an_entry(*skus, version=1)))
        assert no.value.field in {"sku", "options"}
    assert store.read(lambda tx: sell.entries(tx)[SHIRT]).version == 1


def test_a_bundle_is_so_many_of_its_components(store: Store) -> None:
    store.call(open_shop)
    parts = (sell.Component(CUP, 2), sell.Component(BOWL, 1))
    gift = sell.Sku(SkuId("gift"), sell.ProductId("prd_gift"), 5_000, terms=sell.Terms(components=parts))
    product = sell.Product(sell.ProductId("prd_gift"), "礼盒", "Gift box")

    store.call(lambda tx: sell.save_entry(tx, sell.Entry(product, (gift,))))

    kept = store.read(sell.skus)
    assert sell.explode(kept[gift.id], 3) == (sell.Component(BOWL, 3), sell.Component(CUP, 6))
    assert sell.explode(kept[TRAY], 3) == (sell.Component(TRAY, 3),)
    assert sell.bundles_free(kept[gift.id], {CUP: 5, BOWL: 9}) == 2
    assert sell.bundles_free(kept[gift.id], {CUP: 5}) == 0
    box = replace(gift, id=SkuId("box"), terms=sell.Terms(components=(sell.Component(gift.id, 1),)))
    with pytest.raises(sell.BadEntry, match="components"):
        store.call(lambda tx: sell.save_entry(tx, sell.Entry(product, (gift, box), version=1)))


@pytest.mark.parametrize("qty", [1, 3, 7, 8])
def test_a_quantity_off_the_rule_is_not_ordered(store: Store, qty: int) -> None:
    with_terms(store, sell.Terms(least_qty=2, most_qty=6, multiple_qty=2))

    with pytest.raises(sell.QuantityRule) as no:
        store.call(lambda tx: place(tx, "k", sell.Wanted(CUP, qty)))

    assert (no.value.least, no.value.most, no.value.multiple) == (2, 6, 2)
    assert orders(store) == 0
    assert store.call(lambda tx: place(tx, "k", sell.Wanted(CUP, 2), sell.Wanted(CUP, 4))).total_fen == 6 * PRICE_FEN


def test_a_sku_is_ordered_only_while_its_sale_lasts(store: Store, clock: SimulatedClock) -> None:
    opens, ends = clock.now().plus(timedelta(days=1)), clock.now().plus(timedelta(days=2))
    with_terms(store, sell.Terms(from_at=opens, until_at=ends))

    with pytest.raises(sell.NotOnSale):
        store.call(lambda tx: place(tx, "early"))
    clock.move_to(opens)
    order = store.call(lambda tx: place(tx, "k"))
    clock.move_to(ends)
    with pytest.raises(sell.NotOnSale):
        store.call(lambda tx: place(tx, "late"))

    assert store.call(lambda tx: place(tx, "k")) == order
    assert orders(store) == 1


def test_a_sku_of_other_regions_is_not_ordered(store: Store) -> None:
    with_terms(store, sell.Terms(regions=("CN-11", "CN-44")))

    with pytest.raises(sell.NotSoldHere):
        store.call(lambda tx: place(tx, "k"))

    assert orders(store) == 0


@pytest.mark.parametrize("in_presale", [False, True])
def test_a_sku_of_another_account_is_not_ordered_through_this_one(store: Store, in_presale: bool) -> None:
    with_terms(store, sell.Terms(accounts=("wx_other",)))
    campaign = store.call(a_campaign).id if in_presale else None
    want = (sell.Wanted(CUP, 1, campaign),)

    here, there, nowhere = (
        store.read(lambda tx, at=account: sell.bills(tx, [sell.Cart("k", BUYER, "CN-31", want, at)]))[0]
        for account in ("wx_shop", "wx_other", "")
    )

    assert isinstance(here, sell.NotShownHere)
    assert (here.code, here.sku) == ("not_sold_here", CUP)
    assert "小程序" in here.text("zh")
    assert isinstance(there, sell.Bill)
    assert isinstance(nowhere, sell.Bill)


def test_a_presale_goes_by_its_own_rules(store: Store) -> None:
    with_terms(store, sell.Terms(least_qty=5))
    campaign = store.call(a_campaign)

    order = store.call(lambda tx: place(tx, "k", sell.Wanted(CUP, 1, campaign.id)))

    assert order.total_fen == campaign.price_fen


def test_what_is_made_for_one_member_is_on_no_list_and_nobody_elses(store: Store) -> None:
    store.call(open_shop)
    mine = sell.Sku(SkuId("mine"), sell.ProductId("prd_cup"), 9_900, owner=BUYER)
    store.call(lambda tx: sell.add_products(tx, [], [mine]))

    with pytest.raises(sell.UnknownSku):
        store.call(lambda tx: place(tx, "k", sell.Wanted(mine.id, 1), member=MemberId("mem_wang")))

    assert orders(store) == 0
    assert mine.id not in store.read(sell.skus)
    assert mine not in store.read(lambda tx: sell.entries(tx)[mine.product]).skus
    assert store.call(lambda tx: place(tx, "k", sell.Wanted(mine.id, 1))).total_fen == 9_900


def test_categories_are_a_tree() -> None:
    paths = {sell.ProductId(str(i)): path for i, path in enumerate(["家居/餐具", "家居/餐具/碗", "家居", "服装", ""])}

    assert sell.category_tree(paths) == (("家居", 3), ("家居/餐具", 2), ("家居/餐具/碗", 1), ("服装", 1))
