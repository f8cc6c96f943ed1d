"""Shoppers: they log in when they need to, look, order, pay or do not, and confirm what they received.

What is remembered here (sessions, order numbers) only saves calls. After a crash it is empty, and a shopper who needs
an order number sends the same order with the same key again and gets the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from world.agenda.acts import Purchase, Visit
from world.chance import share
from world.doors import Placed, Platform, Refused, Sandbox, Session
from world.regions import province
from world.scenario import Scenario
from world.tally import Count, Tally

TEMPLATES_PER_POPUP = 3
UNAUTHORISED = 401
SOLD_OUT = "sold_out"
DELIVERED = "delivered"
OVER = frozenset({"cancelled", "refunding", "refunded"})


@dataclass(frozen=True, slots=True)
class Bought:
    """An order this shopper knows of; `transaction` once it is paid."""

    placed: Placed
    transaction: str | None = None


class Shoppers:
    """Everyone with a phone."""

    def __init__(self, platform: Platform, sandbox: Sandbox, scenario: Scenario, *, seed: int, tally: Tally) -> None:
        """Shop at `platform`, live in `sandbox`."""
        self._platform, self._sandbox = platform, sandbox
        self._scenario, self._seed, self._tally = scenario, seed, tally
        self._sessions: dict[str, Session] = {}
        self._bought: dict[str, Bought | None] = {}
        self._buyers: dict[str, str] = {}

    def buyer_of(self, order: str) -> str | None:
        """Who placed the order, as far as this process remembers."""
        return self._buyers.get(order)

    async def visit(self, act: Visit) -> None:
        """The phone sends what it collected."""
        session = await self._session(act.shopper)
        answer = await self._platform.send_signals(session.token, act.signals)
        if answer is not None and answer.status == UNAUTHORISED:
            session = await self._session_anew(act.shopper)
            answer = await self._platform.send_signals(session.token, act.signals)
        self._tally.add(Count.VISITS)
        self._tally.add(Count.SIGNALS, len(act.signals) if answer is None else 0)

    async def place(self, purchase: Purchase) -> None:
        """Look at the product, answer the pop-up, press 提交订单; what is sold out is left out."""
        session = await self._session(purchase.shopper)
        await self._platform.look_at(session.token, purchase.lines[0][0])
        await self._answer_popup(purchase.shopper, session)
        bought = await self._order(purchase)
        if bought is not None:
            self._tally.add(Count.ORDERS)

    async def pay(self, purchase: Purchase) -> None:
        """Confirm in WeChat's cashier; an order that cannot be paid any more stays unpaid."""
        bought = await self._known(purchase)
        if bought is None or bought.placed.pay is None:
            return
        transaction = await self._sandbox.pay(purchase.shopper, bought.placed.pay)
        if transaction is None:
            self._tally.add(Count.PAYMENTS_REFUSED)
            return
        self._bought[purchase.key] = Bought(bought.placed, transaction)
        self._tally.add(Count.PAYMENTS)

    async def cancel(self, purchase: Purchase) -> None:
        """Cancel before paying."""
        bought = await self._known(purchase)
        if bought is None:
            return
        session = await self._session(purchase.shopper)
        if await self._platform.cancel(session.token, bought.placed.order) is None:
            self._tally.add(Count.CANCELLATIONS)
        self._forget(purchase)

    async def confirm(self, purchase: Purchase) -> None:
        """Open the order page; when the parcel has come, press 确认收货."""
        bought = self._bought.get(purchase.key)
        if bought is None or bought.transaction is None:
            return
        session = await self._session(purchase.shopper)
        page = await self._platform.order_page(session.token, bought.placed.order)
        if isinstance(page, Refused):
            if page.status == UNAUTHORISED:
                await self._session_anew(purchase.shopper)
            return
        if page.status == DELIVERED:
            if await self._sandbox.confirm_receipt(purchase.shopper, bought.transaction):
                self._tally.add(Count.RECEIPTS)
            self._forget(purchase)
        elif page.status in OVER:
            self._forget(purchase)

    def _forget(self, purchase: Purchase) -> None:
        self._bought[purchase.key] = None

    async def _known(self, purchase: Purchase) -> Bought | None:
        if purchase.key not in self._bought:
            return await self._order(purchase)
        return self._bought[purchase.key]

    async def _order(self, purchase: Purchase) -> Bought | None:
        placed = await self._placed(purchase)
        bought = None if placed is None else Bought(placed)
        self._bought[purchase.key] = bought
        if placed is not None:
            self._buyers[placed.order] = purchase.shopper
        return bought

    async def _placed(self, purchase: Purchase) -> Placed | None:
        session = await self._session(purchase.shopper)
        campaign = None
        if purchase.is_presale:
            campaign = (await self._platform.campaigns(session.token)).get(purchase.lines[0][0])
            if campaign is None:
                self._tally.add(Count.PRESALES_CLOSED)
                return None
        lines: Sequence[tuple[str, int]] = purchase.lines
        while True:
            answer = await self._submit(purchase, lines, campaign)
            if isinstance(answer, Placed):
                return answer
            left = [line for line in lines if answer.code == SOLD_OUT and line[0] != answer.facts.get("sku")]
            if not left or len(left) == len(lines):
                self._tally.refused(answer.code)
                return None
            self._tally.add(Count.ORDERS_SHORTENED, 1 if lines is purchase.lines else 0)
            lines = left

    async def _submit(
        self, purchase: Purchase, lines: Sequence[tuple[str, int]], campaign: str | None
    ) -> Placed | Refused:
        session = await self._session(purchase.shopper)
        region = province(purchase.shopper)
        key = f"{purchase.key}:{purchase.shopper}"
        answer = await self._platform.place(session.token, key=key, region=region, lines=lines, campaign=campaign)
        if isinstance(answer, Refused) and answer.status == UNAUTHORISED:
            session = await self._session_anew(purchase.shopper)
            answer = await self._platform.place(session.token, key=key, region=region, lines=lines, campaign=campaign)
        return answer

    async def _answer_popup(self, shopper: str, session: Session) -> None:
        if not session.templates:
            return
        ratio = self._scenario.shoppers.accepts_notices_ratio
        answer = "accept" if share(self._seed, "accepts", shopper) < ratio else "reject"
        await self._sandbox.answer_popup(shopper, dict.fromkeys(session.templates[:TEMPLATES_PER_POPUP], answer))
        self._tally.add(Count.POPUPS)

    async def _session(self, shopper: str) -> Session:
        known = self._sessions.get(shopper)
        return known if known is not None else await self._session_anew(shopper)

    async def _session_anew(self, shopper: str) -> Session:
        code = await self._sandbox.login_code(shopper)
        session = await self._platform.sign_in(code, region=province(shopper))
        self._tally.add(Count.SHOPPERS, 0 if shopper in self._sessions else 1)
        self._sessions[shopper] = session
        self._tally.add(Count.LOGINS)
        return session
