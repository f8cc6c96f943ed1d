"""The moment of shortage: what a buyer can have instead, from the shelf now or from a presale with its date."""

from collections.abc import Awaitable, Callable
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


class _Where(msgspec.Struct):
    """As much of a cart as says where it goes."""

    region: str = ""


def or_instead(door: Door) -> Door:
    """The door; where it refuses a cart because goods are short, its answer carries what there is `instead`."""

    async def answered(deps: StoreDeps, call: Call) -> Reply:
        try:
            return await door(deps, call)
        except (stock.SoldOut, decide.NothingToPromise) as short:
            region = msgspec.json.decode(call.body, type=_Where).region
            asked = partial(_instead, short=short, account=deps.appid, region=region)
            instead = await deps.store.ask(asked)
            return _with(refusal_reply(short, call.lang()), instead)

    return answered


def _instead(
    tx: Tx, *, short: stock.SoldOut | decide.NothingToPromise, account: str, region: str
) -> dict[str, object] | None:
    sku = sell.skus(tx, [short.sku]).get(SkuId(short.sku))
    if sku is None:
        return None
    qty = short.wanted if isinstance(short, stock.SoldOut) else short.qty
    return catalogue.instead_of(tx, sku, qty=qty, account=account, region=region)


def _with(reply: Reply, instead: dict[str, object] | None) -> Reply:
    body = msgspec.json.decode(reply.body, type=dict[str, dict[str, object]])
    return Reply.json({"error": {**body["error"], "instead": instead}}, status=reply.status)
