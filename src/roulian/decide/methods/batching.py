"""Fitting a batch into what a line can still make: as soon as its materials are in, day by day."""

from collections.abc import Mapping, Sequence

from roulian.decide.methods.lots import round_up
from roulian.decide.model.batch import BatchPlan, Material, MaterialBuy
from roulian.decide.model.promise import AskTooSmall, CapacityTooSmall, OpenDay
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.decide.model.seen import FreeDay, Made, Shelf, Sourced
from roulian.words.ids import SkuId
from roulian.words.time import Day


def plan_batch(
    qty: int, *, sku: SkuId, today: Day, capacity: Sequence[FreeDay], materials: Sequence[Material] = ()
) -> BatchPlan:
    """When `qty` units are made: as early as materials and free capacity allow, and what must be bought for it.

    No day carries more than its free units; the start is never before the slowest missing material. Among
    plans that respect both it finishes first. Raises `AskTooSmall`, `CapacityTooSmall`.
    """
    if qty < 1:
        raise AskTooSmall(sku, qty)
    short = [(m, qty * m.per_unit - max(0, m.free)) for m in materials if qty * m.per_unit > max(0, m.free)]
    slowest = max((m for m, _ in short), key=lambda m: m.lead_time_days, default=None)
    start = today if slowest is None else today.plus(slowest.lead_time_days)
    loads = fill_capacity(qty, capacity, start=start)
    if loads is None:
        raise CapacityTooSmall(sku, qty, sum(day.units for day in capacity if day.day >= start))
    facts: dict[str, int | str] = {"qty": qty, "starts": loads[0].day.iso(), "finishes": loads[-1].day.iso()}
    code = ReasonCode.BATCH_PLANNED
    if slowest is not None and slowest.lead_time_days > 0:
        code, facts["material"], facts["starts"] = ReasonCode.BATCH_WAITS_FOR_MATERIAL, slowest.sku, start.iso()
    buys = tuple(MaterialBuy(m.sku, round_up(max(units, m.moq), m.multiple), loads[0].day) for m, units in short)
    return BatchPlan(sku, qty, loads[0].day, loads[-1].day, loads, buys, Reason(code, facts))


def fill_capacity(qty: int, capacity: Sequence[FreeDay], *, start: Day) -> tuple[OpenDay, ...] | None:
    """The units made on each day from `start`, each day filled before the next; None if the days do not suffice."""
    loads, left = [], qty
    for free in sorted(capacity, key=lambda day: day.day):
        taken = min(left, free.units) if free.day >= start else 0
        if taken > 0:
            loads.append(OpenDay(free.day, taken))
            left -= taken
        if left <= 0:
            return tuple(loads)
    return None


def materials(recipe: Made, shelves: Mapping[SkuId, Shelf], sourcing: Mapping[SkuId, Sourced]) -> tuple[Material, ...]:
    """The recipe's materials with what is free of each and how more is bought.

    A material nobody sells counts as in stock only so far as it is; it is then bought with no lead time by
    hand, and shows in the plan.
    """
    found = []
    for sku, per_unit in sorted(recipe.materials.items()):
        shelf, source = shelves.get(sku), sourcing.get(sku)
        free = 0 if shelf is None else shelf.on_hand - shelf.reserved - shelf.waiting
        lead, moq, multiple = (source.lead_time_days, source.moq, source.multiple) if source else (0, 1, 1)
        found.append(Material(sku, per_unit, free, lead, moq, multiple, is_sold=source is not None))
    return tuple(found)


def materials_of(recipe: Made, qty: int) -> Mapping[SkuId, int]:
    """Units of each material that `qty` units of product take."""
    return {sku: per_unit * qty for sku, per_unit in sorted(recipe.materials.items())}
