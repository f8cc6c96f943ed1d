"""What orders want of shelves, and who is served first when something comes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from roulian.stock.model.allocation import Ask
from roulian.stock.model.shelves import LocationId, Need
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

ClaimId = NewType("ClaimId", str)


class ClaimStatus(StrEnum):
    """WAITING until every unit is held, then HELD; DONE when issued, RELEASED when given up."""

    HELD = "held"
    WAITING = "waiting"
    DONE = "done"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Claim:
    """What an order, or one `line` of it, wants of a shelf: `qty` units, `held` of them held already.

    `wanted_day` is the day promised for a claim that waits (None for one held at once);
    `expires_at` is when an unpaid claim lapses, None once it is kept. Its units must outlast `min_days_left`.
    """

    id: ClaimId
    order: OrderId
    sku: SkuId
    location: LocationId
    qty: int
    held: int
    status: ClaimStatus
    wanted_day: Day | None
    expires_at: Instant | None
    line: str = ""
    min_days_left: int = 0

    @property
    def missing(self) -> int:
        """Units still waited for."""
        return self.qty - self.held


@dataclass(frozen=True, slots=True)
class Claiming:
    """What an order wants: so much off the shelf now, and so much of what is still `to_come`, by its `wanted_day`.

    `expires_at` is when its claims lapse unless they are kept; its units must outlast `min_days_left`. Goods go to
    `region`; of what comes off the shelf `kits` are bundles, each packed whole at one place.
    """

    order: OrderId
    from_shelf: Sequence[Need] = ()
    to_come: Sequence[Need] = ()
    wanted_day: Day | None = None
    expires_at: Instant | None = None
    min_days_left: int = 0
    region: str = ""
    kits: Sequence[Ask] = ()


@dataclass(frozen=True, slots=True)
class Fill:
    """Units handed to a claim that waits; `is_full` when it then waits for nothing."""

    claim: Claim
    qty: int

    @property
    def is_full(self) -> bool:
        """The claim is fully held after this."""
        return self.qty == self.claim.missing


def served_order(claim: Claim) -> tuple[bool, Day, ClaimId]:
    """Sorts claims as they are filled: earliest wanted day first, then the older claim."""
    return (claim.wanted_day is None, claim.wanted_day or Day(0), claim.id)


def hand_out(free: int, claims: Sequence[Claim]) -> tuple[Fill, ...]:
    """`free` units handed to waiting claims: earliest wanted day first, then the older claim; the last one may be part filled."""
    fills = []
    for claim in sorted(claims, key=served_order):
        qty = min(free, claim.missing)
        if qty == 0:
            break
        fills.append(Fill(claim, qty))
        free -= qty
    return tuple(fills)


def claims_held(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims whose every unit is held, so that their goods can leave."""
    return tuple(claim for claim in claims if claim.status is ClaimStatus.HELD)


def claims_by_place(claims: Iterable[Claim]) -> tuple[tuple[LocationId, tuple[Claim, ...]], ...]:
    """The claims of each place, in the order of the places: what is packed together."""
    found: dict[LocationId, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.location, []).append(claim)
    return tuple((place, tuple(found[place])) for place in sorted(found))


def skus_gone(claims: Iterable[Claim]) -> frozenset[SkuId]:
    """The SKUs of which units left, and nothing is still to leave."""
    them = tuple(claims)
    left = {claim.sku for claim in them if claim.status is ClaimStatus.DONE}
    live = {claim.sku for claim in them if claim.status in (ClaimStatus.HELD, ClaimStatus.WAITING)}
    return frozenset(left - live)


def is_all_gone(claims: Iterable[Claim]) -> bool:
    """Something left, and nothing is still to leave."""
    them = tuple(claims)
    return bool(skus_gone(them)) and {claim.status for claim in them} <= {ClaimStatus.DONE, ClaimStatus.RELEASED}
