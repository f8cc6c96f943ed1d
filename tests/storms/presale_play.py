"""One life of the presale storm: a process that runs three presales beside the sandbox until its plug is pulled.

One presale fills its lot and is made, one goes on once and misses, one misses at its first deadline. Its people do the
same each time they are woken: what is done is not done again, and what can no longer be done is left.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from simulation_play import Death, one_life, settings_of

from house import BAG, MINI, MOVING, OUT_FOR_DELIVERY, PICKED_UP, SIGNED, Bought, House, Person, entered
from roulian import sell
from roulian.app.play import Stage
from roulian.app.sandboxed import MCHID
from roulian.words import CampaignId, Day, Instant, SkuId

FIRST_DAY = Day.parse("2026-06-03")
APPLE = "23206"
LONGER_FEN = 1500
ENDS = FIRST_DAY.plus(9).at(8)


class Presale(StrEnum):
    """How each of them ends."""

    FULL = "full"
    LONGER = "longer"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders how much of which presale; `pays` is False for one who lets the time pass."""

    name: str
    presale: Presale
    qty: int
    pays: bool = True


EARLY = (
    Buyer("lin", Presale.FULL, 10),
    Buyer("chen", Presale.FULL, 10),
    Buyer("wu", Presale.FULL, 12),
    Buyer("zhao", Presale.FULL, 1, pays=False),
    Buyer("sun", Presale.LONGER, 3),
    Buyer("qian", Presale.LONGER, 2),
    Buyer("li", Presale.LONGER, 1, pays=False),
)
SECOND_DAY = (
    Buyer("zhou", Presale.FULL, 11),
    Buyer("zheng", Presale.MISSED, 5),
    Buyer("wang", Presale.MISSED, 2),
    Buyer("feng", Presale.LONGER, 1),
)
LAST_MINUTE = (Buyer("han", Presale.FULL, 7), Buyer("shen", Presale.FULL, 4))


async def publish(house: House) -> None:
    """A second presale of the bag, which goes on for a day when it misses."""
    if Presale.LONGER in _open(house):
        return
    deadline = FIRST_DAY.plus(1).at(20)
    body = {"sku": BAG, "price_fen": LONGER_FEN, "deadline_ms": deadline.ms, "lot_qty": 400, "extend_days": 1}
    await house.ask("POST", "/api/console/campaigns", json=body)


async def order_early(house: House) -> None:
    """Seven order, five of them pay; Pay says it twice and not in the order of paying."""
    await house.fault("duplicate", times=3, owner=MCHID)
    await house.fault("reorder", times=2, owner=MCHID)
    await _all_buy(house, EARLY)


async def order_later(house: House) -> None:
    """Four more, the last of them to a presale that has gone on."""
    await _all_buy(house, SECOND_DAY)


async def order_at_the_last_minute(house: House) -> None:
    """Pay's notices of these are held until the presale is over."""
    await house.fault("hold", times=2, owner=MCHID)
    await _all_buy(house, LAST_MINUTE)


async def release(house: House) -> None:
    """The notices held come, and no more are held: a life that repeated the last minute had asked for more."""
    await house.control("faults/clear")
    await house.control("callbacks/release")
    await house.settle()


async def bring_cloth(house: House) -> None:
    """Whatever the supplier still owes is there."""
    for purchase in (await house.partner("GET", "/purchases"))["purchases"]:
        await house.bring(purchase)


async def sew(house: House) -> None:
    """Every open work order is done."""
    for work in (await house.partner("GET", "/work"))["work"]:
        await house.partner("POST", f"/work/{work['id']}/report", json={"done_qty": work["qty"]})
    await house.settle()


async def carry(house: House) -> None:
    """The carrier brings every parcel that is on its way."""
    for parcel in (await house.partner("GET", "/shipments"))["shipments"]:
        for step in (PICKED_UP, MOVING, OUT_FOR_DELIVERY, SIGNED):
            about = {"delivery_id": parcel["carrier"], "waybill_id": parcel["waybill"], "action_type": step}
            await house.control("express_path", appid=MINI, person="lin", **about)
    await house.settle()


Step = Callable[[House], Awaitable[None]]
STORY: tuple[tuple[Instant, Step], ...] = (
    (FIRST_DAY.at(8), publish),
    (FIRST_DAY.at(9), order_early),
    (FIRST_DAY.plus(2).at(9), order_later),
    (FIRST_DAY.plus(3).at(21, 55), order_at_the_last_minute),
    (FIRST_DAY.plus(3).at(22, 10), release),
    (FIRST_DAY.plus(6).at(10), bring_cloth),
    (FIRST_DAY.plus(7).at(10), sew),
    (FIRST_DAY.plus(8).at(12), carry),
)


async def play(house: House) -> None:
    """To the end of the story, from the step that an earlier life may have left half done."""
    ends = [at for at, _ in STORY[1:]] + [ENDS]
    for (at, step), end in zip(STORY, ends, strict=True):
        if house.clock.now() < end:
            await _until(house, at)
            await step(house)
    await _until(house, ENDS)


async def _until(house: House, at: Instant) -> None:
    if house.clock.now() < at:
        await house.until(at)


async def _all_buy(house: House, buyers: tuple[Buyer, ...]) -> None:
    campaigns = _open(house)
    for buyer in buyers:
        if buyer.presale in campaigns:
            await _buy(house, buyer, campaigns[buyer.presale])
    await house.settle()


async def _buy(house: House, buyer: Buyer, campaign: CampaignId) -> None:
    person = await house.person(buyer.name)
    order = await _ordered(house, person, buyer, campaign)
    if order is not None and buyer.pays:
        await _paid(house, person, order)


async def _ordered(house: House, person: Person, buyer: Buyer, campaign: CampaignId) -> str | None:
    """The buyer's order, the same however often they send it; None if it is refused."""
    sku = APPLE if buyer.presale is Presale.MISSED else BAG
    lines = [{"sku": sku, "qty": buyer.qty, "campaign": campaign}]
    body = {"key": f"{buyer.name}-{buyer.presale}", "region": "浙江", "lines": lines}
    reply = await house.ask("POST", "/api/store/orders", who=person, json=body)
    assert reply.status_code in (201, 404, 409), reply.text
    return str(reply.json()["order"]) if reply.is_success else None


async def _paid(house: House, person: Person, order: str) -> None:
    """The order is paid, unless it is already or can no longer be."""
    reply = await house.ask("POST", f"/api/store/orders/{order}/pay", who=person)
    assert reply.status_code in (200, 409), reply.text
    if reply.is_success and reply.json()["pay"] is not None:
        await house.pay(person, Bought(order, reply.json()))


def _open(house: House) -> dict[Presale, CampaignId]:
    """The presales that take orders now."""
    found = house.app.store.read(lambda tx: sell.open_campaigns(tx, [SkuId(BAG), SkuId(APPLE)]))
    return {_which(campaign): campaign.id for campaign in found.values()}


def _which(campaign: sell.Campaign) -> Presale:
    if campaign.sku == APPLE:
        return Presale.MISSED
    return Presale.LONGER if campaign.price_fen == LONGER_FEN else Presale.FULL


async def _in_house(stage: Stage, home: Path, url: str) -> None:
    await play(entered(stage.app, settings_of(home, url)))


def live(home: Path, url: str, death: Death, told: Path) -> None:
    """One process: open and play to the end, or die. A life that ends tells how many statements each took."""
    one_life(home, url, death, told, play=lambda stage: _in_house(stage, home, url))
