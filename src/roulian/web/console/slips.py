"""What people do to shelves by hand: send, set apart, count, receive; each on a slip that is entered once.

The form draws the slip's `key` and sends it again after a lost answer; what it says is done once. Who did it is read off
the session, never off the form. A count is blind: the form is not told what the books say, the answer is.
"""

from collections.abc import Callable, Collection
from datetime import date

from fastapi import APIRouter, Request

from roulian import make, people, sell, stock
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.guard import ANYONE, caller_of
from roulian.web.console.names import sku_words
from roulian.web.console.shapes import Limit, Words
from roulian.web.console.slip_shapes import (
    AdjustForm,
    ArriveForm,
    CountedSheet,
    CountedView,
    CountForm,
    FoundForm,
    Key,
    LineForm,
    PlaceForm,
    PlaceId,
    ReceiveForm,
    RuleForm,
    SendForm,
    SetApartForm,
    SlipLineView,
    SlipList,
    SlipView,
    StockedList,
)
from roulian.words import Day, SkuId


def slips_router(deps: ConsoleDeps) -> APIRouter:
    """The doors under /stock."""
    router = APIRouter(prefix="/stock")
    _reading(router, deps)
    _carrying(router, deps)
    _correcting(router, deps)
    return router


def _reading(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/slips")
    async def slips(limit: Limit = 50) -> SlipList:
        """What was done by hand, the newest first."""
        return await deps.store.ask(lambda tx: _slips(tx, limit=limit))

    @router.get("/skus")
    async def skus() -> StockedList:
        """What may be named on a slip; no quantities, so that a count stays blind."""
        return await deps.store.ask(_stocked)

    @router.get("/rule")
    async def rule() -> RuleForm:
        """The rule by which orders are held over places."""
        return RuleForm(rule=await deps.store.ask(stock.rule_of))

    @router.put("/rule")
    async def set_rule(form: RuleForm) -> RuleForm:
        """Orders are held over places by this rule from now on."""
        await deps.store.run(lambda tx: stock.set_rule(tx, form.rule), cause="console.stock")
        return form

    @router.put("/places/{place}")
    async def open_place(place: PlaceId, form: PlaceForm) -> PlaceForm:
        """The place is as told. Refused: bad_location."""
        told = stock.Location(
            stock.LocationId(place),
            form.kind,
            form.name_zh,
            form.name_en,
            form.region,
            form.priority,
            sells_online=form.sells_online,
        )
        await deps.store.run(lambda tx: stock.open_location(tx, told), cause="console.stock")
        return form


def _carrying(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/transfers")
    async def send(form: SendForm, request: Request) -> SlipView:
        """Goods leave for another place. Refused: stock_held, bad_transfer, unknown_location."""
        slip = stock.Slip(
            id=stock.SlipId(form.key),
            kind=stock.SlipKind.SEND,
            lines=_lines(form.lines),
            by=caller_of(request).id,
            reason=form.reason,
            origin=stock.LocationId(form.origin),
            destination=stock.LocationId(form.destination),
        )
        day = _day(form.expected_day)

        def work(tx: Tx, origin: stock.LocationId, destination: stock.LocationId) -> None:
            stock.send(
                tx,
                slip.lines,
                transfer=stock.TransferId(slip.id),
                origin=origin,
                destination=destination,
                expected_day=day,
            )

        return await _done(deps, slip, lambda tx: work(tx, *_both(slip)))

    @router.post("/transfers/{transfer}/arrive")
    async def arrive(transfer: Key, request: Request, form: ArriveForm | None = None) -> SlipView:
        """A transfer is there: what came stands at the destination, what is missing is written off on a slip of its own.

        Without a body everything came. Refused: bad_transfer, more_than_sent, slip_differs.
        """
        by, told = caller_of(request).id, form or ArriveForm()
        return await deps.store.run(
            lambda tx: _arrived(tx, stock.TransferId(transfer), told, by=by), cause="console.stock"
        )

    @router.post("/quarantine")
    async def quarantine(form: SetApartForm, request: Request) -> SlipView:
        """Free units leave the shelf, for nobody to buy. Refused: stock_held, no_reason."""
        slip = _set_apart(form, stock.SlipKind.QUARANTINE, by=caller_of(request).id)
        place = stock.LocationId(form.place)
        return await _done(
            deps,
            slip,
            lambda tx: stock.quarantine(tx, slip.lines, source=slip.id, reason=slip.reason, location=place),
        )

    @router.post("/clear")
    async def clear(form: SetApartForm, request: Request) -> SlipView:
        """Units come out of quarantine, fit to be sold. Refused: stock_held, no_reason."""
        slip = _set_apart(form, stock.SlipKind.CLEAR, by=caller_of(request).id)
        place = stock.LocationId(form.place)
        return await _done(
            deps, slip, lambda tx: stock.clear(tx, slip.lines, source=slip.id, reason=slip.reason, location=place)
        )


def _correcting(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/counts")
    async def count(form: CountForm, request: Request) -> CountedSheet:
        """What was found is what the books say from now on. Refused: stock_held, no_reason, on_the_road."""
        slip = _at(form, stock.SlipKind.COUNT, lines=_lines(form.lines), by=caller_of(request).id)
        return await deps.store.run(lambda tx: _counted(tx, slip), cause="console.stock")

    @router.post("/adjustments")
    async def adjust(form: AdjustForm, request: Request) -> SlipView:
        """So many units more or less than the books said. Refused: stock_held, bad_quantity, no_reason."""
        line = stock.Sent(SkuId(form.sku), form.qty, _lot(form.lot))
        slip = _at(form, stock.SlipKind.ADJUST, lines=(line,), by=caller_of(request).id)

        def work(tx: Tx) -> None:
            stock.adjust(
                tx,
                sku=line.sku,
                qty=line.qty,
                source=slip.id,
                location=_shelf(tx, slip),
                lot=line.lot,
                reason=slip.reason,
            )

        return await _done(deps, slip, work)

    @router.post("/receipts")
    async def receive(form: ReceiveForm, request: Request) -> SlipView:
        """Units that came without a purchase are on the shelf. Refused: lot_differs, lot_past_day, no_reason."""
        return await _came(deps, form, stock.SlipKind.RECEIVE, stock.receive, by=caller_of(request).id)

    @router.post("/returns")
    async def take_back(form: ReceiveForm, request: Request) -> SlipView:
        """Units a buyer sent back are on the shelf again. Refused: lot_differs, lot_past_day, no_reason."""
        return await _came(deps, form, stock.SlipKind.TAKE_BACK, stock.take_back, by=caller_of(request).id)


async def _came(
    deps: ConsoleDeps, form: ReceiveForm, kind: stock.SlipKind, verb: Callable[..., bool], *, by: str
) -> SlipView:
    lot, day = _lot(form.lot), _day(form.expires_day)
    line = stock.Sent(SkuId(form.sku), form.qty, lot)
    slip = _at(form, kind, lines=(line,), by=by)

    def work(tx: Tx) -> None:
        verb(
            tx,
            sku=line.sku,
            qty=line.qty,
            source=slip.id,
            location=_shelf(tx, slip),
            lot=stock.Lot(lot, day) if lot else None,
        )

    return await _done(deps, slip, work)


async def _done(deps: ConsoleDeps, slip: stock.Slip, work: Callable[[Tx], object]) -> SlipView:
    """The slip is entered and what it says is done, in one commit; told again nothing is."""

    def both(tx: Tx) -> SlipView:
        _check_stocked(tx, {line.sku for line in slip.lines})
        if stock.enter_slip(tx, slip):
            work(tx)
        return _view(slip)

    return await deps.store.run(both, cause="console.stock")


def _arrived(tx: Tx, transfer: stock.TransferId, form: ArriveForm, *, by: str) -> SlipView:
    found = stock.transfers(tx, [transfer]).get(transfer)
    if found is None:
        raise stock.BadTransfer(transfer)
    missing = () if form.lines is None else found.missing(_lines(form.lines))
    reason = (form.reason.strip() or stock.SHORT) if missing else form.reason
    slip = stock.Slip(
        id=stock.SlipId(f"{transfer}/arrived"),
        kind=stock.SlipKind.ARRIVE,
        lines=found.without(missing),
        by=by,
        reason=reason,
        origin=found.origin,
        destination=found.destination,
    )
    if stock.enter_slip(tx, slip):
        stock.arrive(tx, transfer, came=slip.lines, reason=reason)
        if missing:
            stock.enter_slip(tx, _short(transfer, missing, by=by, reason=reason))
    return _view(slip)


def _short(transfer: stock.TransferId, missing: Collection[stock.Sent], *, by: str, reason: str) -> stock.Slip:
    return stock.Slip(
        id=stock.SlipId(f"{transfer}/short"),
        kind=stock.SlipKind.ADJUST,
        lines=tuple(stock.Sent(line.sku, -line.qty, line.lot) for line in missing),
        by=by,
        reason=reason,
        destination=stock.TRANSIT,
    )


def _counted(tx: Tx, slip: stock.Slip) -> CountedSheet:
    _check_stocked(tx, {line.sku for line in slip.lines})
    place = _shelf(tx, slip)
    stock.enter_slip(tx, slip)
    found = tuple(stock.Found(line.sku, line.qty, line.lot) for line in slip.lines)
    lines = stock.count(tx, found, sheet=slip.id, reason=slip.reason, location=place)
    return CountedSheet(
        slip=_view(slip),
        lines=tuple(
            CountedView(sku=line.sku, lot=line.lot, booked=line.booked, found=line.found, difference=line.difference)
            for line in lines
        ),
    )


def _at(
    form: CountForm | AdjustForm | ReceiveForm, kind: stock.SlipKind, *, lines: tuple[stock.Sent, ...], by: str
) -> stock.Slip:
    return stock.Slip(
        id=stock.SlipId(form.key),
        kind=kind,
        lines=lines,
        by=by,
        reason=form.reason,
        destination=stock.LocationId(form.place),
    )


def _set_apart(form: SetApartForm, kind: stock.SlipKind, *, by: str) -> stock.Slip:
    place = stock.LocationId(form.place)
    is_out = kind is stock.SlipKind.QUARANTINE
    return stock.Slip(
        id=stock.SlipId(form.key),
        kind=kind,
        lines=_lines(form.lines),
        by=by,
        reason=form.reason,
        origin=place if is_out else stock.QUARANTINE,
        destination=stock.QUARANTINE if is_out else place,
    )


def _both(slip: stock.Slip) -> tuple[stock.LocationId, stock.LocationId]:
    assert slip.origin is not None
    assert slip.destination is not None
    return slip.origin, slip.destination


def _shelf(tx: Tx, slip: stock.Slip) -> stock.LocationId:
    assert slip.destination is not None
    return stock.standing_place(tx, slip.destination).id


def _check_stocked(tx: Tx, skus: Collection[SkuId]) -> None:
    """Raises `UnknownSku` for what is nobody's goods or material, and for a bundle, whose parts are what is stocked."""
    plain = {ident for ident, sku in sell.skus(tx, skus).items() if not sku.is_bundle()}
    known = plain | make.sourcing(tx, skus).keys() | {level.sku for level in stock.all_levels(tx) if level.sku in skus}
    for sku in sorted(set(skus) - known):
        raise sell.UnknownSku(sku)


def _lines(told: Collection[LineForm] | Collection[FoundForm]) -> tuple[stock.Sent, ...]:
    """One line per SKU and lot, in key order: two boxes of the same are their sum."""
    sums: dict[tuple[str, str], int] = {}
    for line in told:
        key = (line.sku, line.lot or "")
        sums[key] = sums.get(key, 0) + line.qty
    return tuple(stock.Sent(SkuId(sku), sums[sku, lot], _lot(lot)) for sku, lot in sorted(sums))


def _lot(told: str | None) -> stock.LotId | None:
    return stock.LotId(told) if told else None


def _day(told: date | None) -> Day | None:
    return Day.parse(told.isoformat()) if told else None


def _slips(tx: Tx, *, limit: int) -> SlipList:
    found = stock.slips_page(tx, limit=limit)
    staff = {one.id: Words(zh=one.name, en=one.name) for one in people.staff(tx)}
    open_to_all = {ANYONE.id: Words(zh=ANYONE.name, en="This machine")}
    return SlipList(
        rows=tuple(map(_view, found)),
        names={
            **sku_words(tx, (line.sku for slip in found for line in slip.lines)),
            **{place.id: Words(zh=place.name_zh, en=place.name_en) for place in stock.locations(tx)},
            **open_to_all,
            **staff,
        },
    )


def _stocked(tx: Tx) -> StockedList:
    goods = {ident for ident, sku in sell.skus(tx).items() if not sku.is_bundle() and sku.owner is None}
    skus = tuple(sorted(goods | {level.sku for level in stock.all_levels(tx)}))
    return StockedList(skus=skus, names=sku_words(tx, skus))


def _view(slip: stock.Slip) -> SlipView:
    return SlipView(
        id=slip.id,
        kind=slip.kind,
        by=slip.by,
        reason=slip.reason,
        origin=slip.origin,
        destination=slip.destination,
        lines=tuple(SlipLineView(sku=line.sku, qty=line.qty, lot=line.lot) for line in slip.lines),
        entered_ms=slip.entered_at.ms if slip.entered_at else None,
    )
