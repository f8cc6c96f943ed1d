"""Shelves: what stands where, in which lots and until when, what is on the road, and where the books disagree."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from roulian import stock
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.names import sku_words
from roulian.web.console.shapes import IsoDay, View, Words, iso
from roulian.words import SkuId

MOST_LOTS = 200
MOST_TRANSFERS = 50


class PlaceView(View):
    """A place, and the units on all its shelves together."""

    id: str
    kind: str
    region: str
    sells_online: bool
    on_hand: int
    reserved: int
    skus: int


class ShelfView(View):
    """One SKU at one place, in units."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    free: int
    waiting: int
    safety: int


class LotView(View):
    """A lot on a shelf; `days_left` counts today as 0 and is negative once it is over, null for goods that keep."""

    sku: str
    location: str
    lot: str
    expires_day: IsoDay | None
    days_left: int | None
    on_hand: int
    reserved: int


class TransferLine(View):
    """Units of one SKU in a transfer, and their lot if they have one."""

    sku: str
    qty: int
    lot: str | None


class TransferView(View):
    """Goods that left one place for another."""

    id: str
    origin: str
    destination: str
    status: str
    sent_ms: int
    expected_day: IsoDay | None
    lines: tuple[TransferLine, ...]


class FindingView(View):
    """Counters that the ledger does not confirm: `kept` and `told` as on hand/reserved/waiting."""

    id: str
    sku: str
    location: str
    lot: str | None
    kept: str
    told: str
    found_ms: int


class ShelvesView(View):
    """Every place; the lots that expire first; what is in transit; what the self-audit found and still stands."""

    places: tuple[PlaceView, ...]
    lots: tuple[LotView, ...]
    transfers: tuple[TransferView, ...]
    findings: tuple[FindingView, ...]
    names: Mapping[str, Words]


class SkuShelves(View):
    """One SKU at every place where it stands or is waited for, and its lots there."""

    shelves: tuple[ShelfView, ...]
    lots: tuple[LotView, ...]
    names: Mapping[str, Words]


def shelves_router(deps: ConsoleDeps) -> APIRouter:
    """GET /shelves and /shelves/{sku}."""
    router = APIRouter()

    @router.get("/shelves")
    async def shelves() -> ShelvesView:
        """Stock by place, with lots, transfers and findings."""
        return await deps.store.ask(_overview)

    @router.get("/shelves/{sku}")
    async def shelf(sku: str) -> SkuShelves:
        """One SKU at every place; nothing for one never stocked."""
        return await deps.store.ask(lambda tx: _of_sku(tx, SkuId(sku)))

    return router


def _overview(tx: Tx) -> ShelvesView:
    places, levels = stock.locations(tx), stock.all_levels(tx)
    lots = tuple(_lot(tx, lot) for lot in stock.lots_page(tx, limit=MOST_LOTS))
    transfers = tuple(
        map(_transfer, stock.transfers_page(tx, statuses=[stock.TransferStatus.SENT], limit=MOST_TRANSFERS))
    )
    findings = tuple(map(_finding, stock.findings(tx)))
    skus = {
        *(lot.sku for lot in lots),
        *(line.sku for one in transfers for line in one.lines),
        *(one.sku for one in findings),
    }
    return ShelvesView(
        places=tuple(_place(place, [level for level in levels if level.location == place.id]) for place in places),
        lots=lots,
        transfers=transfers,
        findings=findings,
        names={**sku_words(tx, map(SkuId, sorted(skus))), **_place_words(places)},
    )


def _of_sku(tx: Tx, sku: SkuId) -> SkuShelves:
    return SkuShelves(
        shelves=tuple(
            ShelfView(
                sku=level.sku,
                location=level.location,
                on_hand=level.on_hand,
                reserved=level.reserved,
                free=level.free,
                waiting=level.waiting,
                safety=level.safety,
            )
            for level in stock.all_levels(tx)
            if level.sku == sku
        ),
        lots=tuple(_lot(tx, lot) for lot in stock.lots(tx, [sku])),
        names={**sku_words(tx, [sku]), **_place_words(stock.locations(tx))},
    )


def _place(place: stock.Location, levels: Sequence[stock.Level]) -> PlaceView:
    return PlaceView(
        id=place.id,
        kind=place.kind,
        region=place.region,
        sells_online=place.sells_online,
        on_hand=sum(level.on_hand for level in levels),
        reserved=sum(level.reserved for level in levels),
        skus=sum(1 for level in levels if level.on_hand),
    )


def _place_words(places: Sequence[stock.Location]) -> Mapping[str, Words]:
    return {place.id: Words(zh=place.name_zh, en=place.name_en) for place in places}


def _lot(tx: Tx, lot: stock.LotLevel) -> LotView:
    return LotView(
        sku=lot.sku,
        location=lot.location,
        lot=lot.lot,
        expires_day=iso(lot.expires_day),
        days_left=lot.expires_day.since(tx.now.day()) if lot.expires_day else None,
        on_hand=lot.on_hand,
        reserved=lot.reserved,
    )


def _transfer(one: stock.Transfer) -> TransferView:
    return TransferView(
        id=one.id,
        origin=one.origin,
        destination=one.destination,
        status=one.status,
        sent_ms=one.sent_at.ms,
        expected_day=iso(one.expected_day),
        lines=tuple(TransferLine(sku=line.sku, qty=line.qty, lot=line.lot) for line in one.lines),
    )


def _finding(one: stock.Finding) -> FindingView:
    return FindingView(
        id=one.id,
        sku=one.sku,
        location=one.location,
        lot=one.lot,
        kept=one.kept,
        told=one.told,
        found_ms=one.found_at.ms,
    )
