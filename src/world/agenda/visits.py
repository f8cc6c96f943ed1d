"""Looking before buying: views, favourites, carts and reads, in the hours and days before a purchase.

Buyers look at what they will buy. Many more shoppers only look, and what they look at leans towards what will be
bought in the next days, as interest does. Phones send what they collected when the visit ends, at a quarter hour.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random

from world.agenda.acts import Item, Purchase, Signal, Visit
from world.agenda.purchases import Purchases, visitor
from world.catalogue import Brand
from world.chance import chance
from world.days import HOUR_MS, MINUTE_MS, day_of, instant
from world.scenario import Scenario

VISIT_RANK = 20
LOOK_AHEAD_DAYS = 4
QUARTER_MS = 15 * MINUTE_MS
ARTICLE_LIVES_DAYS = 14
INTEREST_BY_LEAD_DAY = (1.0, 0.8, 0.5, 0.3)
LARGEST_BATCH = 200
VISIT_MS = 9 * MINUTE_MS
READ_RATIO, SEARCH_RATIO, SECOND_VIEW_RATIO = 0.25, 0.2, 0.35
CART_RATIO, FAVOURITE_RATIO, SHARE_RATIO = 0.06, 0.09, 0.02
HOUR_WEIGHTS = (0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 6, 6, 8, 6, 5, 5, 5, 6, 7, 9, 11, 12, 9, 4)
_HOUR_BOUNDS = tuple(accumulate(HOUR_WEIGHTS))


class Visits:
    """Every visit of a scenario, by day."""

    def __init__(self, scenario: Scenario, brand: Brand, purchases: Purchases, *, seed: int) -> None:
        self._scenario, self._brand, self._purchases, self._seed = scenario, brand, purchases, seed
        self._skus = brand.skus()

    def on(self, day: int) -> Iterator[Item]:
        """The visits that end on `day`."""
        sent = 0
        for item in self._buyers(day):
            yield item
            sent += len(item.act.signals) if isinstance(item.act, Visit) else 0
        yield from self._lookers(day, at_least=self._scenario.shoppers.signals_per_day - sent)

    def _buyers(self, day: int) -> Iterator[Item]:
        for ahead in range(LOOK_AHEAD_DAYS):
            for purchase in self._purchases.on(day + ahead):
                yield from (item for item in self._before(purchase) if day_of(item.at_ms) == day)

    def _before(self, purchase: Purchase) -> Iterator[Item]:
        dice = chance(self._seed, "want", purchase.key)
        seen = [sku for sku, _ in purchase.lines[:8]]
        for number in range(dice.randint(1, 3)):
            lag_ms = int(min(dice.lognormvariate(1.2, 1.3), 70.0) * HOUR_MS)
            ends_ms = (purchase.at_ms - lag_ms) // QUARTER_MS * QUARTER_MS
            name = f"{purchase.key}.{number}"
            signals = _signals(dice, name, ends_ms, seen, keen=3.0)
            if ends_ms >= instant(self._brand.first_day):
                yield _visit(purchase.shopper, ends_ms, name, signals)

    def _lookers(self, day: int, *, at_least: int) -> Iterator[Item]:
        bounds = tuple(accumulate(self._interest(day)))
        articles = [a.id for a in self._brand.articles if 0 <= day - a.published_day < ARTICLE_LIVES_DAYS]
        sent, number = 0, 0
        while sent < at_least:
            name = f"{day}.{number}"
            dice = chance(self._seed, "look", name)
            seen = [self._skus[bisect(bounds, dice.random() * bounds[-1])] for _ in range(dice.randint(3, 7))]
            ends_ms = instant(day) + bisect(_HOUR_BOUNDS, dice.random() * _HOUR_BOUNDS[-1]) * HOUR_MS
            ends_ms += dice.randrange(4) * QUARTER_MS
            signals = _signals(dice, name, ends_ms, seen, keen=1.0)
            if articles and dice.random() < READ_RATIO:
                read = Signal(f"{name}.r", "read", ends_ms - VISIT_MS, article=dice.choice(articles))
                signals = (read, *signals)
            yield _visit(self._looker(day, number, dice), ends_ms, name, signals)
            sent += len(signals)
            number += 1

    def _looker(self, day: int, number: int, dice: Random) -> str:
        """The day's first visits are by faces not seen before, so that everyone comes once; the rest come again."""
        count = self._scenario.shoppers.count
        new_per_day = -(-count // self._scenario.days)
        if number >= new_per_day:
            return visitor(dice.randrange(count))
        return visitor(((day - self._brand.first_day) * new_per_day + number) % count)

    def _interest(self, day: int) -> Sequence[float]:
        weight = dict.fromkeys(self._skus, 0.25)
        for ahead, factor in enumerate(INTEREST_BY_LEAD_DAY):
            for purchase in self._purchases.on(day + ahead):
                for sku, _ in purchase.lines:
                    weight[sku] += factor
        return tuple(weight[sku] for sku in self._skus)


def _visit(shopper: str, ends_ms: int, name: str, signals: tuple[Signal, ...]) -> Item:
    return Item(ends_ms, VISIT_RANK, f"visit:{name}", Visit(shopper, signals[:LARGEST_BATCH]))


def _signals(dice: Random, name: str, ends_ms: int, skus: Sequence[str], *, keen: float) -> tuple[Signal, ...]:
    """What one visit leaves behind: every SKU viewed once or more, some kept; `keen` multiplies the keeping."""
    kinds = [("search", skus[0])] if dice.random() < SEARCH_RATIO else []
    for sku in skus:
        kinds.extend([("view", sku)] * (1 + int(dice.random() < SECOND_VIEW_RATIO)))
        luck = dice.random()
        if luck < CART_RATIO * keen:
            kinds.append(("cart", sku))
        elif luck < (CART_RATIO + FAVOURITE_RATIO) * keen:
            kinds.append(("favourite", sku))
        elif luck >= 1 - SHARE_RATIO:
            kinds.append(("share", sku))
    step_ms = VISIT_MS // len(kinds)
    return tuple(
        Signal(f"{name}.{place}", kind, ends_ms - VISIT_MS + place * step_ms, sku=sku)
        for place, (kind, sku) in enumerate(kinds)
    )
