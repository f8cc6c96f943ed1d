"""The world: goes through the agenda, moves the platform's clock to each act, and does it.

It keeps nothing that matters. After a crash of either side it asks the clock where to go on and does everything from
there again; the keys of what it sends make a second time harmless.
"""

from collections.abc import Sequence
from typing import assert_never

from world.actors import Carrier, Shoppers, Suppliers, Workshop
from world.actors.carrier import DRIVER
from world.agenda import Agenda
from world.agenda.acts import (
    Act,
    AnswerPurchases,
    CancelOrder,
    ConfirmReceipt,
    DeliverPurchases,
    Item,
    MoveParcels,
    PartnerAct,
    PayOrder,
    PlaceOrder,
    ReadArticle,
    ReportWork,
    SendArticle,
    Visit,
)
from world.agenda.purchases import visitor
from world.catalogue import Article, Brand, load_brand
from world.days import MINUTE_MS, day_of, instant
from world.doors import Door, Platform, Sandbox
from world.retail import Retail, load_retail
from world.scenario import Scenario
from world.tally import Count, Tally

REPEATED_MS = MINUTE_MS


class World:
    """One scenario played against one platform and its sandbox; the same seed plays the same story."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int,
        platform: Door,
        sandbox: Door,
        partner_key: str = "",
        brand: Brand | None = None,
        retail: Retail | None = None,
    ) -> None:
        """Play `scenario` at these two doors; brand and order lines are read from its files unless given."""
        self.scenario = scenario
        self.brand = brand or load_brand(scenario.brand)
        self.tally = Tally()
        retail = retail or load_retail(self.brand)
        self._platform = Platform(platform, partner_key=partner_key)
        self._sandbox = Sandbox(sandbox, appid=self.brand.mini_program)
        self._agenda = Agenda(scenario, self.brand, retail, seed=seed)
        self._retail = retail
        self._shoppers = Shoppers(self._platform, self._sandbox, scenario, seed=seed, tally=self.tally)
        self._suppliers = Suppliers(self._platform, scenario, self.brand, seed=seed, tally=self.tally)
        self._workshop = Workshop(self._platform, scenario, self.brand, tally=self.tally)
        self._carrier = Carrier(
            self._platform, self._sandbox, seed=seed, tally=self.tally, receiver=self._shoppers.buyer_of
        )
        self._now_ms = -1
        self._day = self.brand.first_day
        self._today: Sequence[Item] = ()
        self._next = 0

    @property
    def starts_ms(self) -> int:
        """The first instant of the scenario."""
        return instant(self.brand.first_day)

    @property
    def ends_ms(self) -> int:
        """The instant at which the scenario is over."""
        return instant(self.brand.first_day + self.scenario.days)

    @property
    def calls(self) -> int:
        """HTTP calls made so far at both doors."""
        return self._platform.calls + self._sandbox.calls

    async def begin(self) -> None:
        """Everyone exists, and the agenda stands where the platform's clock says; call once before `run_until`."""
        await self._sandbox.settle(self._everyone())
        face = await self._platform.clock()
        self._now_ms = face.now_ms
        resume_ms = face.now_ms if face.resume_ms is None else min(face.resume_ms, face.now_ms)
        from_ms = max(self.starts_ms, resume_ms - REPEATED_MS)
        self._open(day_of(from_ms))
        while self._next < len(self._today) and self._today[self._next].at_ms < from_ms:
            self._next += 1

    async def run_until(self, to_ms: int) -> None:
        """Do everything on the agenda up to and including `to_ms`; the platform's clock then stands at `to_ms`."""
        while True:
            if self._next == len(self._today):
                if instant(self._day + 1) > min(to_ms, self.ends_ms - 1):
                    break
                self._open(self._day + 1)
                continue
            item = self._today[self._next]
            if item.at_ms > to_ms:
                break
            await self._move_clock(item.at_ms)
            await self._do(item.act)
            self._next += 1
        await self._move_clock(to_ms)

    def _everyone(self) -> list[str]:
        buyers = {line.shopper for line in self._retail.between(self.starts_ms, self.ends_ms)}
        visitors = (visitor(number) for number in range(self.scenario.shoppers.count))
        return [DRIVER, *sorted(buyers), *visitors]

    def _open(self, day: int) -> None:
        self._day, self._today, self._next = day, self._agenda.on(day), 0

    async def _move_clock(self, to_ms: int) -> None:
        if to_ms > self._now_ms:
            self._now_ms = (await self._platform.advance(to_ms)).now_ms

    async def _do(self, act: Act) -> None:
        match act:
            case Visit():
                await self._shoppers.visit(act)
            case PlaceOrder(purchase=purchase):
                await self._shoppers.place(purchase)
            case PayOrder(purchase=purchase):
                await self._shoppers.pay(purchase)
            case CancelOrder(purchase=purchase):
                await self._shoppers.cancel(purchase)
            case ConfirmReceipt(purchase=purchase):
                await self._shoppers.confirm(purchase)
            case SendArticle(article=article):
                await self._send(self._article(article))
            case ReadArticle(article=article):
                await self._read(self._article(article), act)
            case _:
                await self._do_business(act)

    async def _do_business(self, act: PartnerAct) -> None:
        match act:
            case AnswerPurchases(day=day):
                await self._suppliers.answer(day)
            case DeliverPurchases(day=day):
                await self._suppliers.deliver(day)
            case ReportWork(day=day):
                await self._workshop.report(day)
            case MoveParcels(day=day, round=round_):
                await self._carrier.scan(day, round_=round_)
            case _:
                assert_never(act)

    def _article(self, ident: str) -> Article:
        return next(article for article in self.brand.articles if article.id == ident)

    async def _send(self, article: Article) -> None:
        await self._sandbox.send_article(article.appid, article.msgid, title=article.title)

    async def _read(self, article: Article, act: ReadArticle) -> None:
        is_counted = await self._sandbox.count_readers(
            article.appid, article.msgid, day=act.day, readers=act.readers, sharers=act.sharers
        )
        self.tally.add(Count.READERS if is_counted else Count.ARTICLES_UNKNOWN, act.readers if is_counted else 1)
