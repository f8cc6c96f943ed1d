"""Who buys what and when: the real invoices, thinned to those who take part, plus the rush after a viral article.

The stocked lines of an invoice are one order; every presale line is an order of its own, because it has its own
campaign and its own day.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from world.agenda.acts import Purchase
from world.catalogue import Brand
from world.chance import chance, share
from world.days import HOUR_MS, MINUTE_MS, instant
from world.retail import Line, Retail
from world.scenario import Disruption, Mishap, Scenario

OPENS_HOUR, CLOSES_HOUR = 8, 22


class Habit(StrEnum):
    """How a placed order ends."""

    AT_ONCE = "at_once"
    SLOW = "slow"
    AFTER_DEADLINE = "after_deadline"
    CANCEL = "cancel"
    NEVER = "never"


class Purchases:
    """Every purchase of a scenario, by day; the same for the same seed whenever it is asked for."""

    def __init__(self, scenario: Scenario, brand: Brand, retail: Retail, *, seed: int) -> None:
        self._scenario, self._brand, self._retail, self._seed = scenario, brand, retail, seed
        self._presold = frozenset(brand.presold)
        self._days: dict[int, tuple[Purchase, ...]] = {}

    def on(self, day: int) -> tuple[Purchase, ...]:
        """The purchases of one day in order of time; a day before the first or after the last has none."""
        first = self._brand.first_day
        if not first <= day < first + self._scenario.days:
            return ()
        if day not in self._days:
            made = [*self._real(day), *self._rush(day)]
            self._days[day] = tuple(sorted(made, key=lambda p: (p.at_ms, p.key)))
        return self._days[day]

    def forget_before(self, day: int) -> None:
        """Days before `day` are not kept any longer; asked for again, they are made again."""
        for old in [kept for kept in self._days if kept < day]:
            del self._days[old]

    def _real(self, day: int) -> Iterator[Purchase]:
        invoices: dict[int, list[Line]] = {}
        for line in self._retail.on(day):
            if share(self._seed, "takes part", line.shopper) < self._scenario.shoppers.buyers_ratio:
                invoices.setdefault(line.invoice, []).append(line)
        for invoice, lines in invoices.items():
            at_ms = lines[0].at_ms + int(share(self._seed, "second", invoice) * MINUTE_MS)
            yield from self._orders(str(invoice), lines[0].shopper, at_ms, _summed(lines))

    def _orders(self, name: str, shopper: str, at_ms: int, units: Mapping[str, int]) -> Iterator[Purchase]:
        stocked = tuple((sku, qty) for sku, qty in units.items() if sku not in self._presold)
        if stocked:
            yield Purchase(key=name, shopper=shopper, at_ms=at_ms, lines=stocked, is_presale=False)
        for place, (sku, qty) in enumerate((sku, qty) for sku, qty in units.items() if sku in self._presold):
            key, later_ms = f"{name}-{sku}", at_ms + (place + 1) * MINUTE_MS
            if self._is_interested(sku, key, later_ms):
                yield Purchase(key=key, shopper=shopper, at_ms=later_ms, lines=((sku, qty),), is_presale=True)

    def _is_interested(self, sku: str, key: str, at_ms: int) -> bool:
        for mishap in self._scenario.disruptions:
            if mishap.kind is Mishap.PRESALE_MISSED and self._is_in(mishap.target, sku, at_ms):
                return share(self._seed, "interested", key) < mishap.buyers_ratio
        return True

    def _is_in(self, campaign: str, sku: str, at_ms: int) -> bool:
        return any(
            c.id == campaign and c.sku == sku and c.opens_ms <= at_ms < c.closes_ms for c in self._brand.campaigns
        )

    def _rush(self, day: int) -> Iterator[Purchase]:
        for mishap in self._scenario.disruptions:
            first = self._brand.first_day + mishap.day - 1
            if mishap.kind is Mishap.VIRAL_ARTICLE and first <= day < first + mishap.days:
                yield from self._readers_who_buy(mishap, day)

    def _readers_who_buy(self, mishap: Disruption, day: int) -> Iterator[Purchase]:
        article = next(a for a in self._brand.articles if a.id == mishap.target)
        for number in range(mishap.buyers):
            name = f"{article.id}-{day}-{number}"
            dice = chance(self._seed, "rush", name)
            at_ms = instant(day) + dice.randint(OPENS_HOUR * HOUR_MS, CLOSES_HOUR * HOUR_MS)
            shopper = visitor(dice.randrange(self._scenario.shoppers.count))
            yield from self._orders(name, shopper, at_ms, {dice.choice(article.skus): 1})

    def habit(self, purchase: Purchase) -> Habit:
        """How this purchase will end."""
        paying = self._scenario.paying
        left = share(self._seed, "habit", purchase.key)
        for habit, ratio in (
            (Habit.SLOW, paying.slow_ratio),
            (Habit.AFTER_DEADLINE, paying.after_deadline_ratio),
            (Habit.CANCEL, paying.cancel_ratio),
            (Habit.NEVER, paying.never_ratio),
        ):
            if left < ratio:
                return habit
            left -= ratio
        return Habit.AT_ONCE

    def ends_ms(self, purchase: Purchase, habit: Habit) -> int:
        """When the buyer pays, or cancels."""
        dice = chance(self._seed, "end", purchase.key)
        least_ms, most_ms = _DELAYS_MS[habit]
        return purchase.at_ms + dice.randint(least_ms, most_ms)


_DELAYS_MS: Mapping[Habit, tuple[int, int]] = {
    Habit.AT_ONCE: (5_000, 2 * MINUTE_MS),
    Habit.SLOW: (4 * MINUTE_MS, 14 * MINUTE_MS),
    Habit.AFTER_DEADLINE: (2 * HOUR_MS, 5 * HOUR_MS),
    Habit.CANCEL: (MINUTE_MS, 12 * MINUTE_MS),
    Habit.NEVER: (0, 0),
}


def visitor(number: int) -> str:
    """The name of the shopper with this number among those who mostly look."""
    return f"v{number:05d}"


def _summed(lines: Sequence[Line]) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, 0) + line.units
    return units
