"""Stock: what stands where, the moves that explain it, and corrections of what was counted."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from roulian import sell, stock
from roulian.store import Tx
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.guard import caller_of
from roulian.web.v1.once import Made, once
from roulian.web.v1.shapes import Cursor, Id, IdempotencyKey, Limit, Page, View, key_behind, page
from roulian.words import SkuId

LEVELS, MOVES = "stock", "moves"
MOST_QTY = 1_000_000


class LevelRow(View):
    """One SKU at one place, in units: `free` may be sold now, `waiting` is owed to orders that wait."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    free: int
    waiting: int
    safety: int


class MoveRow(View):
    """One change of on-hand stock: `qty` is positive in, negative out; `source` says what for."""

    id: str
    sku: str
    location: str
    kind: str
    qty: int
    source: str
    lot: str
    reason: str
    moved_ms: int


class AdjustmentForm(View):
    """A count that differs: `qty` units more, or negative fewer, than the books say at `location`."""

    sku: Annotated[str, Field(min_length=1, max_length=200)]
    qty: Annotated[int, Field(ge=-MOST_QTY, le=MOST_QTY)]
    location: Annotated[str, Field(min_length=1, max_length=64)] = stock.MAIN
    reason: Annotated[str, Field(max_length=200)] = ""


def stock_router(deps: V1Deps) -> APIRouter:
    """/v1/stock."""
    router = APIRouter(tags=["stock"])

    @router.get("/v1/stock")
    async def levels(sku: Id = None, location: Id = None, cursor: Cursor = None, limit: Limit = 50) -> Page[LevelRow]:
        """Levels by SKU and place."""
        after = key_behind(cursor, LEVELS, parts=2)
        return await deps.store.ask(lambda tx: _levels(tx, sku, location, after=after, limit=limit))

    @router.get("/v1/stock/moves")
    async def moves(
        sku: Id = None, kind: stock.MoveKind | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[MoveRow]:
        """Moves, newest first."""
        after = key_behind(cursor, MOVES)

        def read(tx: Tx) -> Page[MoveRow]:
            before = after[0] if after else None
            asked = SkuId(sku) if sku else None
            rows = [_move(m) for m in stock.moves_page(tx, sku=asked, kind=kind, before=before, limit=limit + 1)]
            return page(MOVES, rows, keys=[(row.id,) for row in rows], limit=limit)

        return await deps.store.ask(read)

    @router.post("/v1/stock/adjustments", status_code=HTTPStatus.CREATED, response_model=LevelRow)
    async def adjust(request: Request, form: AdjustmentForm, key: IdempotencyKey) -> Response:
        """The shelf after the correction. Refused: unknown_sku, unknown_location, stock_held, bad_quantity."""
        source = f"v1:{caller_of(request).id}:{key}"
        return await once(deps, request, key, lambda tx: Made(_adjusted(tx, form, source), HTTPStatus.CREATED))

    return router


def _adjusted(tx: Tx, form: AdjustmentForm, source: str) -> LevelRow:
    sku, location = SkuId(form.sku), stock.LocationId(form.location)
    if sku not in sell.skus(tx, [sku]):
        raise sell.UnknownSku(sku)
    if location not in {place.id for place in stock.locations(tx)}:
        raise stock.UnknownLocation(location)
    stock.adjust(tx, sku=sku, qty=form.qty, source=source, location=location, reason=form.reason)
    return _level(stock.levels(tx, [sku], location=location)[sku])


def _levels(
    tx: Tx, sku: str | None, location: str | None, *, after: tuple[str, ...] | None, limit: int
) -> Page[LevelRow]:
    rows = [
        _level(level)
        for level in stock.all_levels(tx)
        if (sku is None or level.sku == sku)
        and (location is None or level.location == location)
        and (after is None or (level.sku, level.location) > after)
    ]
    rows.sort(key=lambda row: (row.sku, row.location))
    return page(LEVELS, rows, keys=[(row.sku, row.location) for row in rows], limit=limit)


def _level(level: stock.Level) -> LevelRow:
    return LevelRow(
        sku=level.sku,
        location=level.location,
        on_hand=level.on_hand,
        reserved=level.reserved,
        free=level.free,
        waiting=level.waiting,
        safety=level.safety,
    )


def _move(move: stock.Move) -> MoveRow:
    return MoveRow(
        id=move.id,
        sku=move.sku,
        location=move.location,
        kind=move.kind,
        qty=move.qty,
        source=move.source,
        lot=move.lot,
        reason=move.reason,
        moved_ms=move.moved_at.ms,
    )
