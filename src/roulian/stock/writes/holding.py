"""Units of one place are held for orders, or waited for.

Many orders are served in one go: the shelves are locked in key order, every order is served in its turn on what the
ones before it left, and only then is anything written, one statement per table. One order is the shortest queue.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from roulian.stock.events import FellBelowSafety
from roulian.stock.methods.fefo import less, picks
from roulian.stock.model import (
    MAIN,
    Batch,
    Claim,
    Claiming,
    Level,
    LocationId,
    Need,
    Pick,
    SoldOut,
    by_line,
    summed,
)
from roulian.stock.tables import claims as tables
from roulian.stock.tables import levels
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.claiming import FROM_SHELF, TO_COME, new_claim
from roulian.store import Tx
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant


def hold(
    tx: Tx,
    order: OrderId,
    lines: Iterable[Need],
    *,
    expires_at: Instant | None = None,
    location: LocationId = MAIN,
    min_days_left: int = 0,
) -> tuple[Claim, ...]:
    """The order's claims, every unit held, or `SoldOut` and none is: lines of one SKU count as their sum.

    One claim per SKU and `Want.line`. Units of lots are taken first expired first, and are good for
    `min_days_left` days more. They lapse at `expires_at` (a deadline of the caller's) unless kept. A second hold
    of the same order is a broken constraint. Raises `BadQuantity`.
    """
    asked = Claiming(order, from_shelf=tuple(lines), expires_at=expires_at, min_days_left=min_days_left)
    (claims,) = claim_at(tx, [asked], location=location)
    return claims


def wait_for(
    tx: Tx,
    order: OrderId,
    lines: Iterable[Need],
    *,
    wanted_day: Day,
    expires_at: Instant | None = None,
    location: LocationId = MAIN,
    min_days_left: int = 0,
) -> tuple[Claim, ...]:
    """The order's claims on units still to come, filled as they come: earliest `wanted_day` first, then the older claim.

    What is on the shelf now stays there for others. Raises `BadQuantity`.
    """
    asked = Claiming(
        order, to_come=tuple(lines), wanted_day=wanted_day, expires_at=expires_at, min_days_left=min_days_left
    )
    (claims,) = claim_at(tx, [asked], location=location)
    return claims


def claim_at(tx: Tx, wanted: Iterable[Claiming], *, location: LocationId) -> tuple[tuple[Claim, ...], ...]:
    """The claims of each order, held ones first, as `hold` and `wait_for` would make them one order after the other.

    All of them or none. Raises `BadQuantity`, `SoldOut`.
    """
    asked = tuple(wanted)
    skus = {need.sku for each in asked for need in (*each.from_shelf, *each.to_come)}
    shelves = _opened(tx, skus, location)
    made = tuple(_serve(tx, each, shelves, location) for each in asked)
    for _, shelf in sorted(shelves.items()):
        shelf.write(tx)
    tx.many(
        tables.ADD_CLAIM,
        [
            tables.claim_values(claim, origin=TO_COME if claim.missing else FROM_SHELF)
            for claims in made
            for claim in claims
        ],
    )
    awaited = {claims[0].order: sum(1 for claim in claims if claim.missing) for claims in made if claims}
    tx.many(tables.ADD_WAIT, [{"order": order, "by": count} for order, count in awaited.items() if count])
    for _, shelf in sorted(shelves.items()):
        for claims, picked in shelf.given:
            lots.give(tx, [(claim.id, claim.qty) for claim in claims], picked)
        tx.emit(*shelf.facts)
    return made


def lock(tx: Tx, skus: Collection[SkuId]) -> None:
    """Nobody else changes the shelves of these SKUs, wherever they stand, before this transaction is over."""
    tx.rows(levels.LOCK_AT, skus=sorted(set(skus)))


@dataclass(slots=True)
class _Shelf:
    """A locked shelf, and what the orders served so far take of it."""

    level: Level
    batches: tuple[Batch, ...]
    reserved: int = 0
    waiting: int = 0
    is_below: bool = False
    picked: list[Pick] = field(default_factory=list)
    given: list[tuple[Sequence[Claim], Sequence[Pick]]] = field(default_factory=list)
    facts: list[FellBelowSafety] = field(default_factory=list)

    def take(self, qty: int, *, good_on: Day) -> tuple[Pick, ...]:
        """The lots the units come from, none where there are no lots. Raises `SoldOut`."""
        free = self.level.free - self.reserved
        if not self.level.has_lots:
            if free < qty:
                raise SoldOut(self.level.sku, qty, free)
            self.reserved += qty
            return ()
        good = picks(self.batches, qty, good_on=good_on)
        if sum(pick.qty for pick in good) < qty:
            raise SoldOut(self.level.sku, qty, sum(pick.qty for pick in picks(self.batches, free, good_on=good_on)))
        self.reserved += qty
        self.batches = less(self.batches, good)
        self.picked += good
        return good

    def watch(self) -> None:
        """Note once that the shelf fell under its safety line, and quietly that it is back."""
        net = self.level.net - self.reserved - self.waiting
        is_under = self.level.safety > 0 and net < self.level.safety
        if is_under and not self.is_below:
            self.facts.append(FellBelowSafety(self.level.sku, self.level.location, net, self.level.safety))
        self.is_below = is_under

    def write(self, tx: Tx) -> None:
        """The shelf's counters, its lots', and on which side of its line it is."""
        sku, location = self.level.sku, self.level.location
        if self.waiting:
            ledger.put(tx, sku, location, waiting=self.waiting)
        if self.reserved:
            ledger.there(ledger.shift(tx, sku, location, reserved=self.reserved), sku)
        lots.shift(tx, sku, location, self.picked, reserved=1)
        if self.is_below != self.level.is_below:
            tx.run(levels.CROSS, of_sku=sku, of_location=location, was_below=int(self.level.is_below))


def _opened(tx: Tx, skus: Collection[SkuId], location: LocationId) -> dict[SkuId, _Shelf]:
    """The shelves, locked; one that was never stocked is empty."""
    known = ledger.lock(tx, skus, [location])
    found = (known.get((sku, location)) or Level(sku, location, on_hand=0, reserved=0, waiting=0) for sku in skus)
    return {
        level.sku: _Shelf(level, lots.batches(tx, level) if level.has_lots else (), is_below=level.is_below)
        for level in found
    }


def _serve(tx: Tx, asked: Claiming, shelves: Mapping[SkuId, _Shelf], location: LocationId) -> tuple[Claim, ...]:
    good_on = tx.now.day().plus(asked.min_days_left)
    taken = [
        (shelves[want.sku], shelves[want.sku].take(want.qty, good_on=good_on)) for want in summed(asked.from_shelf)
    ]
    held = [
        new_claim(
            tx, asked.order, want, location=location, expires_at=asked.expires_at, min_days_left=asked.min_days_left
        )
        for want in by_line(asked.from_shelf)
    ]
    for shelf, picked in taken:
        if picked:
            shelf.given.append(([claim for claim in held if claim.sku == shelf.level.sku], picked))
        shelf.watch()
    for want in summed(asked.to_come):
        shelves[want.sku].waiting += want.qty
        shelves[want.sku].watch()
    awaited = [
        new_claim(
            tx,
            asked.order,
            want,
            location=location,
            expires_at=asked.expires_at,
            wanted_day=asked.wanted_day,
            min_days_left=asked.min_days_left,
        )
        for want in by_line(asked.to_come)
    ]
    return (*held, *awaited)
