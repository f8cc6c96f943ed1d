"""An order held over several places in one guarded step: all of it, or as much as there is, as the caller chose.

The shelves are locked in key order, read, thought about by a pure method, and then shifted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from roulian.stock.methods.allocating import allocate
from roulian.stock.methods.nearness import distance_km
from roulian.stock.model import (
    MAIN,
    Allocated,
    AllocationRule,
    Ask,
    Claim,
    Claiming,
    LocationId,
    Pick,
    Place,
    Portion,
    SoldOut,
    Want,
    batches_of,
    exploded,
    open_places,
    with_kits,
)
from roulian.stock.tables import claims as tables
from roulian.stock.tables import lots as lot_tables
from roulian.stock.tables import places as place_tables
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.claiming import FROM_SHELF, new_claim
from roulian.stock.writes.holding import claim_at
from roulian.store import Tx
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Instant


def hold_anywhere(
    tx: Tx,
    order: OrderId,
    asks: Iterable[Ask],
    *,
    region: str,
    rule: AllocationRule = AllocationRule.NEAREST,
    expires_at: Instant | None = None,
    min_days_left: int = 0,
) -> Allocated:
    """Everything asked, held at places that serve buyers, or `SoldOut` and nothing is.

    `region` is where the goods go; the rule chooses the places. Bundles are held in whole multiples. One claim per
    line, SKU and place. A second hold of the same order is a broken constraint. Raises `BadQuantity`.
    """
    wanted = tuple(asks)
    found = _chosen(tx, wanted, region=region, rule=rule, min_days_left=min_days_left)
    for short in found.missing:
        qty = sum(ask.qty for ask in wanted if (ask.sku, ask.line) == (short.sku, short.line))
        raise SoldOut(short.sku, qty, qty - short.qty)
    _hold(tx, order, found.portions, expires_at=expires_at, min_days_left=min_days_left)
    return found


def hold_some(
    tx: Tx,
    order: OrderId,
    asks: Iterable[Ask],
    *,
    region: str,
    rule: AllocationRule = AllocationRule.NEAREST,
    expires_at: Instant | None = None,
    min_days_left: int = 0,
) -> Allocated:
    """As much of what is asked as there is, held; what is missing is told, not raised. Otherwise as `hold_anywhere`."""
    found = _chosen(tx, tuple(asks), region=region, rule=rule, min_days_left=min_days_left)
    _hold(tx, order, found.portions, expires_at=expires_at, min_days_left=min_days_left)
    return found


def claim_all(tx: Tx, wanted: Iterable[Claiming]) -> None:
    """Each order's claims in the orders' order: held over the places that serve buyers by the brand's rule, or awaited.

    Where the main warehouse alone serves, as `claim_at`. Raises `BadQuantity`, and `SoldOut` also where the rule finds no
    place, or no whole bundle, for what all places together have.
    """
    orders = tuple(wanted)
    places = open_places(map(place_tables.location, tx.rows(place_tables.ALL_LOCATIONS)))
    if [place.id for place in places] == [MAIN]:
        claim_at(tx, orders, location=MAIN)
        return
    rule = _rule(tx)
    for each in orders:
        asks = with_kits(each.from_shelf, each.kits)
        if asks:
            hold_anywhere(
                tx,
                each.order,
                asks,
                region=each.region,
                rule=rule,
                expires_at=each.expires_at,
                min_days_left=each.min_days_left,
            )
        claim_at(tx, [replace(each, from_shelf=())], location=MAIN)


def set_rule(tx: Tx, rule: AllocationRule) -> None:
    """Orders are held over places by this rule from now on; until one is set the nearest place is asked first."""
    tx.run(place_tables.SET_RULE, rule=rule.value)


def _rule(tx: Tx) -> AllocationRule:
    row = tx.one(place_tables.RULE)
    return AllocationRule.NEAREST if row is None else AllocationRule(row[0])


def _chosen(tx: Tx, asks: tuple[Ask, ...], *, region: str, rule: AllocationRule, min_days_left: int) -> Allocated:
    skus = [want.sku for want in exploded(asks)]
    serving = open_places(map(place_tables.location, tx.rows(place_tables.ALL_LOCATIONS)))
    shelves = ledger.lock(tx, skus, [place.id for place in serving])
    by_lot = tuple(map(lot_tables.lot_level, tx.rows(lot_tables.LOTS_OF, skus=skus)))
    batches = [
        batch
        for key, level in shelves.items()
        for batch in batches_of(level, (lot for lot in by_lot if (lot.sku, lot.location) == key))
    ]
    return allocate(
        asks,
        batches,
        places=[Place(place.id, distance_km(region, place.region), place.priority) for place in serving],
        rule=rule,
        good_on=tx.now.day().plus(min_days_left),
    )


def _hold(
    tx: Tx, order: OrderId, portions: Sequence[Portion], *, expires_at: Instant | None, min_days_left: int
) -> None:
    shelves: dict[tuple[SkuId, LocationId], list[Portion]] = {}
    for portion in portions:
        shelves.setdefault((portion.sku, portion.location), []).append(portion)
    for sku, location in sorted(shelves):
        mine = shelves[sku, location]
        qty = sum(portion.qty for portion in mine)
        level = ledger.there(ledger.shift(tx, sku, location, reserved=qty), sku)
        by_line: dict[str, list[Pick]] = {}
        for portion in mine:
            by_line.setdefault(portion.line, []).append(Pick(portion.lot, portion.qty))
        for line, picked in by_line.items():
            want = Want(sku, sum(pick.qty for pick in picked), line)
            _claim(
                tx,
                new_claim(tx, order, want, location=location, expires_at=expires_at, min_days_left=min_days_left),
                picked,
            )
        ledger.watch(tx, level)


def _claim(tx: Tx, claim: Claim, picked: Sequence[Pick]) -> None:
    tx.run(tables.ADD_CLAIM, **tables.claim_values(claim, origin=FROM_SHELF))
    lots.shift(tx, claim.sku, claim.location, picked, reserved=1)
    lots.give(tx, [(claim.id, claim.qty)], picked)
