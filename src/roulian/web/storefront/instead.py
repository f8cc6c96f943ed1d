"""The moment of shortage: what a buyer can have instead, from the shelf now or from a presale with its date."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import msgspec

from roulian import decide, sell, stock
from roulian.store import Tx
from roulian.web.errors import refusal_reply
from roulian.web.storefront import catalogue
from roulian.web.storefront.deps import StoreDeps
from roulian.web.wire import Call, Reply
from roulian.words import SkuId

Door = Callable[[StoreDeps, Call], Awaitable[Reply]]


Short = stock.SoldOut | decide.NothingToPromise


class _Line(msgspec.Struct):
    """As much of a cart's line as says what was put into the cart."""

    sku: str = ""
    qty: int = 0


class _Asked(msgspec.Struct):
    """As much of a cart as says what is wanted and where it goes."""

    region: str = ""
    lines: list[_Line] = []


def or_instead(door: Door) -> Door:
    """The door; where it refuses a cart because goods are short, its answer carries what there is `instead`.

    Where a component of a bundle is short, it is the bundle in the cart that is named.
    """

    async def answered(deps: StoreDeps, call: Call) -> Reply:
        try:
            return await door(deps, call)
        except (stock.SoldOut, decide.NothingToPromise) as short:
            asked = msgspec.json.decode(call.body, type=_Asked)
            told, instead = await deps.store.ask(partial(_told, short=short, account=deps.appid, asked=asked))
            return _with(refusal_reply(told, call.lang()), instead)

    return answered


def _told(tx: Tx, *, short: Short, account: str, asked: _Asked) -> tuple[Short, dict[str, object] | None]:
    named = _as_asked(tx, short, asked.lines)
    return named, _instead(tx, short=named, account=account, region=asked.region)


def _as_asked(tx: Tx, short: Short, lines: list[_Line]) -> Short:
    """The refusal of what the shopper put into the cart: of the bundle, where only its component is short."""
    wanted = {SkuId(line.sku): line.qty for line in lines}
    if short.sku in wanted:
        return short
    for ident, bundle in sell.skus(tx, list(wanted)).items():
        if short.sku not in {part.sku for part in sell.explode(bundle)}:
            continue
        if isinstance(short, decide.NothingToPromise):
            return replace(short, sku=ident, qty=wanted[ident])
        free = catalogue.free_of(tx, [bundle])[ident]
        return stock.SoldOut(ident, wanted[ident], free) if free < wanted[ident] else short
    return short


def _instead(tx: Tx, *, short: Short, account: str, region: str) -> dict[str, object] | None:
    sku = sell.skus(tx, [short.sku]).get(SkuId(short.sku))
    if sku is None:
        return None
    qty = short.wanted if isinstance(short, stock.SoldOut) else short.qty
    return catalogue.instead_of(tx, sku, qty=qty, account=account, region=region)


def _with(reply: Reply, instead: dict[str, object] | None) -> Reply:
    body = msgspec.json.decode(reply.body, type=dict[str, dict[str, object]])
    return Reply.json({"error": {**body["error"], "instead": instead}}, status=reply.status)
