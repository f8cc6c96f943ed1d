"""Questions about shelves, claims and moves; of the main warehouse unless told another."""

from collections.abc import Collection, Mapping

from roulian.stock import tables
from roulian.stock.model import MAIN, Claim, ClaimStatus, Counted, Level, LocationId, Move, MoveKind
from roulian.store import Tx
from roulian.words.ids import OrderId, SkuId


def levels(tx: Tx, skus: Collection[SkuId], *, location: LocationId = MAIN) -> Mapping[SkuId, Level]:
    """The level of each SKU the location ever knew, in SKU order."""
    rows = tx.rows(tables.LEVELS_OF, skus=list(skus), of_location=location)
    return {row[0]: tables.level(row) for row in rows}


def all_levels(tx: Tx) -> tuple[Level, ...]:
    """Every shelf of every location, by SKU and location."""
    return tuple(map(tables.level, tx.rows(tables.ALL_LEVELS)))


def free(tx: Tx, skus: Collection[SkuId], *, location: LocationId = MAIN) -> Mapping[SkuId, int]:
    """Units of each SKU that a new order may take now; 0 for one never stocked."""
    found = levels(tx, skus, location=location)
    return {sku: found[sku].free if sku in found else 0 for sku in skus}


def waiting(tx: Tx, skus: Collection[SkuId], *, location: LocationId = MAIN) -> Mapping[SkuId, int]:
    """Units of each SKU that orders wait for; 0 for one never stocked."""
    found = levels(tx, skus, location=location)
    return {sku: found[sku].waiting if sku in found else 0 for sku in skus}


def claims(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, tuple[Claim, ...]]:
    """Every claim of these orders, whatever became of it, oldest first; orders without claims are absent."""
    found: dict[OrderId, list[Claim]] = {}
    for claim in map(tables.claim, tx.rows(tables.CLAIMS_OF, orders=list(orders))):
        found.setdefault(claim.order, []).append(claim)
    return {order: tuple(them) for order, them in found.items()}


def waiting_claims(
    tx: Tx,
    skus: Collection[SkuId],
    *,
    location: LocationId = MAIN,
) -> Mapping[SkuId, tuple[Claim, ...]]:
    """The claims that wait for each SKU, in the order in which they will be filled; SKUs without any are absent."""
    found: dict[SkuId, list[Claim]] = {}
    for claim in map(tables.claim, tx.rows(tables.WAITING_OF, skus=list(skus), of_location=location)):
        found.setdefault(claim.sku, []).append(claim)
    return {sku: tuple(them) for sku, them in found.items()}


def is_filled(tx: Tx, order: OrderId) -> bool:
    """The order has claims, and every unit of them is held."""
    statuses = {claim.status for claim in claims(tx, [order]).get(order, ())}
    return ClaimStatus.HELD in statuses and ClaimStatus.WAITING not in statuses


def moves_page(
    tx: Tx,
    *,
    sku: SkuId | None = None,
    kind: MoveKind | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Move, ...]:
    """At most `limit` moves older than the id `before` that match every filter given, newest first."""
    rows = tx.rows(tables.MOVES_PAGE, of_sku=sku, of_kind=kind, before=before, most=limit)
    return tuple(map(tables.move, rows))


def rebuilt(tx: Tx) -> tuple[Counted, ...]:
    """The counters every shelf should have, summed anew from all moves and live claims, by SKU and location.

    The self-audit: equal to `[level.counted() for level in all_levels(tx)]`, always. Reads every move.
    """
    return tuple(map(tables.counted, tx.rows(tables.REBUILT)))
