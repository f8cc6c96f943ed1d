"""The agenda: what everyone outside does on a day, made from (scenario, seed) alone and kept nowhere.

One instant's acts come in this order: partners, then visits, then buyers, then readers.
"""

import math
from collections.abc import Iterator

from world.agenda.acts import (
    AnswerPurchases,
    CancelOrder,
    ConfirmReceipt,
    DeliverPurchases,
    Item,
    MoveParcels,
    PayOrder,
    PlaceOrder,
    Purchase,
    ReadArticle,
    ReportWork,
    SendArticle,
)
from world.agenda.purchases import Habit, Purchases
from world.agenda.visits import ARTICLE_LIVES_DAYS, Visits
from world.catalogue import Article, Brand
from world.chance import chance, share
from world.days import day_of, instant
from world.retail import Retail
from world.scenario import Mishap, Scenario

__all__ = ["Agenda"]

PARTNER_RANK, PLACE_RANK, END_RANK, CONFIRM_RANK, READER_RANK = 10, 30, 31, 40, 50
CONFIRM_AFTER_DAYS = (4, 7, 11, 16, 22, 30, 42)
CARRIER_ROUNDS = ((8, 45), (18, 45))
KEPT_DAYS = max(CONFIRM_AFTER_DAYS) + 1


class Agenda:
    """Everything that happens outside, day by day."""

    def __init__(self, scenario: Scenario, brand: Brand, retail: Retail, *, seed: int) -> None:
        """The agenda of `scenario` under `seed`."""
        self._scenario, self._brand, self._seed = scenario, brand, seed
        self.purchases = Purchases(scenario, brand, retail, seed=seed)
        self._visits = Visits(scenario, brand, self.purchases, seed=seed)

    def on(self, day: int) -> list[Item]:
        """Everything that happens on `day`, in order."""
        self.purchases.forget_before(day - KEPT_DAYS)
        items = [*self._partners(day), *self._visits.on(day), *self._buyers(day)]
        items += [*self._receivers(day), *self._readers(day)]
        return sorted(items, key=Item.place)

    def _partners(self, day: int) -> Iterator[Item]:
        yield Item(instant(day, 9, 30), PARTNER_RANK, "suppliers:answer", AnswerPurchases(day))
        yield Item(instant(day, 15), PARTNER_RANK, "suppliers:deliver", DeliverPurchases(day))
        yield Item(instant(day, 18), PARTNER_RANK, "workshop:report", ReportWork(day))
        for number, (hour, minute) in enumerate(CARRIER_ROUNDS):
            yield Item(instant(day, hour, minute), PARTNER_RANK, f"carrier:{number}", MoveParcels(day, number))

    def _buyers(self, day: int) -> Iterator[Item]:
        for purchase in self.purchases.on(day):
            yield Item(purchase.at_ms, PLACE_RANK, f"place:{purchase.key}", PlaceOrder(purchase))
        for purchase in (*self.purchases.on(day - 1), *self.purchases.on(day)):
            end = self._end(purchase)
            if end is not None and day_of(end.at_ms) == day:
                yield end

    def _end(self, purchase: Purchase) -> Item | None:
        habit = self.purchases.habit(purchase)
        if habit is Habit.NEVER:
            return None
        act = CancelOrder(purchase) if habit is Habit.CANCEL else PayOrder(purchase)
        return Item(self.purchases.ends_ms(purchase, habit), END_RANK, f"end:{purchase.key}", act)

    def _receivers(self, day: int) -> Iterator[Item]:
        for days in CONFIRM_AFTER_DAYS:
            for purchase in self.purchases.on(day - days):
                if self._confirms(purchase):
                    yield Item(instant(day, 20, 30), CONFIRM_RANK, f"confirm:{purchase.key}", ConfirmReceipt(purchase))

    def _confirms(self, purchase: Purchase) -> bool:
        if self.purchases.habit(purchase) not in {Habit.AT_ONCE, Habit.SLOW}:
            return False
        ratio = self._scenario.shoppers.confirms_receipt_ratio
        return share(self._seed, "confirms", purchase.shopper) < ratio

    def _readers(self, day: int) -> Iterator[Item]:
        for article in self._brand.articles:
            age_days = day - article.published_day
            if age_days == 0:
                yield Item(instant(day, 7), READER_RANK, f"send:{article.id}", SendArticle(article.id))
            if 0 <= age_days < ARTICLE_LIVES_DAYS:
                act = self._reading(article, day, age_days)
                yield Item(instant(day, 23, 30), READER_RANK, f"read:{article.id}", act)

    def _reading(self, article: Article, day: int, age_days: int) -> ReadArticle:
        reading = self._scenario.reading
        luck = chance(self._seed, "readers", article.id, day).uniform(0.8, 1.25)
        readers = reading.first_day_readers * math.exp(-age_days / 3) * luck
        for mishap in self._scenario.mishaps(Mishap.VIRAL_ARTICLE, article.id):
            first = self._brand.first_day + mishap.day - 1
            readers += mishap.readers if first <= day < first + mishap.days else 0
        return ReadArticle(article.id, day, readers=round(readers), sharers=round(readers * reading.share_ratio))
