"""Suppliers: they answer every purchase with a day, keep it mostly, and say so when they cannot."""

from dataclasses import dataclass

from world.catalogue import Brand
from world.chance import chance
from world.days import iso, parse_day
from world.doors import Platform, Purchase
from world.scenario import Mishap, Scenario
from world.tally import Count, Tally


@dataclass(frozen=True, slots=True)
class Delay:
    """`days` later than thought, known to the supplier from `known_day` on."""

    known_day: int
    days: int


class Suppliers:
    """Every supplier of the brand; how late each purchase will be follows from (supplier, SKU, day) alone."""

    def __init__(self, platform: Platform, scenario: Scenario, brand: Brand, *, seed: int, tally: Tally) -> None:
        """Serve the purchases of `platform`."""
        self._platform, self._scenario, self._brand = platform, scenario, brand
        self._seed, self._tally = seed, tally

    async def answer(self, today: int) -> None:
        """Promise a day for what is new; a changed day is told the morning it is known."""
        for purchase in await self._platform.purchases():
            day = iso(self.promised_day(purchase, today=today))
            if purchase.promised_day == day:
                continue
            if purchase.promised_day is not None:
                self._tally.add(Count.PURCHASES_DELAYED)
            await self._platform.answer_purchase(purchase.id, day)

    async def deliver(self, today: int) -> None:
        """Bring everything that has come due."""
        for purchase in await self._platform.purchases():
            if self.arrival_day(purchase) <= today:
                open_qty = purchase.qty - purchase.received_qty
                await self._platform.bring(purchase.id, open_qty, key=f"{purchase.id}:{purchase.received_qty}")
                self._tally.add(Count.PURCHASES_BROUGHT)

    def promised_day(self, purchase: Purchase, *, today: int) -> int:
        """The day the supplier would name this morning."""
        known = sum(delay.days for delay in self._delays(purchase) if delay.known_day <= today)
        return parse_day(purchase.expected_day) + known

    def arrival_day(self, purchase: Purchase) -> int:
        """The day the goods really come."""
        return parse_day(purchase.expected_day) + sum(delay.days for delay in self._delays(purchase))

    def _delays(self, purchase: Purchase) -> tuple[Delay, ...]:
        placed, due = parse_day(purchase.placed_day), parse_day(purchase.expected_day)
        habit = self._scenario.lateness(purchase.supplier)
        dice = chance(self._seed, "lateness", purchase.supplier, purchase.sku, purchase.placed_day)
        delays = []
        if dice.random() < habit.late_ratio:
            known_day = placed + max(1, (due - placed) * 2 // 3)
            delays.append(Delay(known_day, dice.randint(habit.least_days, habit.most_days)))
        due += sum(delay.days for delay in delays)
        for mishap in self._scenario.mishaps(Mishap.SUPPLIER_LATE, purchase.supplier):
            struck_day = self._brand.first_day + mishap.day - 1
            if placed <= struck_day <= due:
                delays.append(Delay(struck_day, mishap.days))
        return tuple(delays)
