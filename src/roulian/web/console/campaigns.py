"""Presales: cards filling up toward the economic lot."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from roulian import make, sell
from roulian.flows import presale
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import IsoDay, View, Words, iso
from roulian.words import Day, Instant, SkuId

MOST = 100_000_000
MOST_MS = 4_102_444_800_000
MOST_CAMPAIGNS = 60
"""How many presales the page shows: the newest."""


class CampaignView(View):
    """One presale. `paid_qty` units are paid, `opened_qty` are in the `lots_opened` lots already in production.

    The next lot opens when `missing_qty` more are paid; 0 when no further lot will. `orders` have a line in it.
    `deposit_fen` a unit is asked first, 0 for all; the balance opens at `balance_from_ms` and may be paid for
    `balance_days`. Buyers of one that misses its lot may have `substitute`, and choose within `answer_days`.
    """

    id: str
    sku: str
    name: Words
    option: Words
    emoji: str
    colour: str
    price_fen: int
    status: str
    deadline_ms: int
    lot_qty: int
    lot_multiple: int
    paid_qty: int
    opened_qty: int
    missing_qty: int
    lots_opened: int
    orders: int
    promised_day: IsoDay | None
    member_limit: int | None
    cap_qty: int | None
    extend_days: int
    deposit_fen: int
    balance_days: int
    balance_from_ms: int | None
    unpaid: sell.UnpaidRule
    substitute: str | None
    answer_days: int
    works: tuple[str, ...]


class CampaignList(View):
    """Presales, open ones first."""

    rows: tuple[CampaignView, ...]


class NewCampaign(View):
    """A presale to open; quantities are units, null is no limit. One that misses its lot goes on once for `extend_days`.

    A `deposit_fen` a unit asks for it first and for the balance later, for `balance_days`; `unpaid` says what becomes of
    it otherwise. `promised_day` is the day the shop names, null for the earliest; `is_filed` has a date more than 15 days
    after payment filed with WeChat, and without it such a presale is refused.
    """

    sku: str
    price_fen: Annotated[int, Field(ge=1, le=MOST)]
    deadline_ms: Annotated[int, Field(ge=0, le=MOST_MS)]
    lot_qty: Annotated[int, Field(ge=1, le=MOST)]
    lot_multiple: Annotated[int, Field(ge=1, le=MOST)] = 1
    opens_next_lot: bool = True
    member_limit: Annotated[int, Field(ge=1, le=MOST)] | None = None
    cap_qty: Annotated[int, Field(ge=1, le=MOST)] | None = None
    extend_days: Annotated[int, Field(ge=0, le=90)] = 0
    deposit_fen: Annotated[int, Field(ge=0, le=MOST)] = 0
    balance_days: Annotated[int, Field(ge=0, le=30)] = 0
    unpaid: Annotated[sell.UnpaidRule, Field(strict=False)] = sell.UnpaidRule.REFUND
    substitute: str | None = None
    answer_days: Annotated[int, Field(ge=0, le=30)] = 0
    promised_day: IsoDay | None = None
    is_filed: bool = True


class Published(View):
    """The presale that is open now."""

    id: str


def campaigns_router(deps: ConsoleDeps) -> APIRouter:
    """GET and POST /campaigns."""
    router = APIRouter()

    @router.post("/campaigns")
    async def publish(wanted: NewCampaign) -> Published:
        """Open a presale. Refused with the reason when no lot can be made, or not within WeChat's 48 h, 15 and 330 days."""
        opening = opening_of(wanted)
        campaign = await deps.store.run(lambda tx: presale.publish(tx, opening), cause="console.campaign")
        return Published(id=campaign.id)

    @router.get("/campaigns")
    async def campaigns() -> CampaignList:
        """The newest presales; those that take payments first."""
        return await deps.store.ask(_campaigns)

    return router


def opening_of(wanted: NewCampaign) -> presale.Opening:
    """The presale as its form describes it."""
    return presale.Opening(
        sku=SkuId(wanted.sku),
        price_fen=wanted.price_fen,
        deadline_at=Instant(wanted.deadline_ms),
        lot_qty=wanted.lot_qty,
        lot_multiple=wanted.lot_multiple,
        rule=sell.LotRule.OPEN_NEXT if wanted.opens_next_lot else sell.LotRule.CLOSE,
        terms=sell.CampaignTerms(
            member_limit=wanted.member_limit,
            cap_qty=wanted.cap_qty,
            extend_days=wanted.extend_days,
            deposit_fen=wanted.deposit_fen,
            balance_days=wanted.balance_days,
            unpaid=wanted.unpaid,
            substitute=SkuId(wanted.substitute) if wanted.substitute else None,
            answer_days=wanted.answer_days,
            ship_day=Day.parse(wanted.promised_day) if wanted.promised_day else None,
        ),
        is_filed=wanted.is_filed,
    )


def _campaigns(tx: Tx) -> CampaignList:
    found = sorted(sell.campaigns_page(tx, limit=MOST_CAMPAIGNS), key=lambda one: not one.counts())
    skus = sell.skus(tx, {one.sku for one in found})
    products = sell.products(tx, {sku.product for sku in skus.values()})
    works = _works(tx)
    return CampaignList(
        rows=tuple(
            _campaign(tx, one, sku=skus[one.sku], product=products[skus[one.sku].product], works=works.get(one.id, ()))
            for one in found
        )
    )


def _works(tx: Tx) -> Mapping[str, tuple[str, ...]]:
    """Work orders by the campaign whose lot they make: a lot's work order is opened for `campaign:lot`."""
    found: dict[str, tuple[str, ...]] = {}
    for work in make.work_page(tx, limit=500):
        campaign, _, lot = work.cause.partition(":")
        if lot:
            found[campaign] = (*found.get(campaign, ()), work.id)
    return found


def _campaign(
    tx: Tx, one: sell.Campaign, *, sku: sell.Sku, product: sell.Product, works: tuple[str, ...]
) -> CampaignView:
    return CampaignView(
        id=one.id,
        sku=one.sku,
        name=Words(zh=product.name_zh, en=product.name_en),
        option=Words(zh=sku.option_zh, en=sku.option_en),
        emoji=product.emoji,
        colour=product.colour,
        price_fen=one.price_fen,
        status=one.status,
        deadline_ms=one.deadline_at.ms,
        lot_qty=one.lot_qty,
        lot_multiple=one.lot_multiple,
        paid_qty=one.paid_qty,
        opened_qty=one.opened_qty,
        missing_qty=one.missing_qty(),
        lots_opened=one.lots_opened,
        orders=len(sell.orders_of_campaign(tx, one.id)),
        promised_day=iso(one.promise_day),
        member_limit=one.member_limit,
        cap_qty=one.cap_qty,
        extend_days=one.extend_days,
        deposit_fen=one.deposit_fen,
        balance_days=one.balance_days,
        balance_from_ms=_balance_from_ms(one),
        unpaid=one.unpaid,
        substitute=one.substitute,
        answer_days=one.answer_days,
        works=works,
    )


def _balance_from_ms(one: sell.Campaign) -> int | None:
    """When the balance opens, as the page says it now; null where none is asked or no date is known."""
    if not one.deposit_fen or one.promise_day is None:
        return None
    return one.balance_at(one.promise_day).ms
