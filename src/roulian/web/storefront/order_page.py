"""The order page: one truth per order, read where it is kept, and the buyer's choice of where the goods go."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import msgspec

from roulian import decide, deliver, people, sell, stock
from roulian.flows import pickup
from roulian.store import Tx
from roulian.web.hot import Route
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.storefront.orders import own_order, summary
from roulian.web.wire import Call, Reply
from roulian.words import MemberId, OrderId

_Id = Annotated[str, msgspec.Meta(max_length=64)]


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """Where the goods go: to one of my addresses (`express`), or I collect them at `place` (`pick_up`)."""

    way: deliver.Way
    address: _Id = ""
    place: _Id = ""


async def show(deps: StoreDeps, call: Call) -> Reply:
    """The order as it stands: the same promise the message and the article speak of, and every parcel of it."""
    ident = OrderId(call.path["order"])

    def work(tx: Tx) -> dict[str, object]:
        return _page(tx, own_order(tx, ident, caller(tx, call.token())), lang=call.lang())

    return Reply.json(await deps.store.ask(work))


async def choose(deps: StoreDeps, call: Call) -> Reply:
    """Say where the goods go, until they are packed; a code to collect is drawn anew each time.

    `asks` are the messages a buyer who collects is asked to allow.
    """
    ident, choice = OrderId(call.path["order"]), msgspec.json.decode(call.body, type=Choice)
    number = deps.chance(deliver.CODE_BITS)
    asks = deps.pick_up_templates if choice.way is deliver.Way.PICK_UP else ()

    def work(tx: Tx) -> dict[str, object]:
        member = caller(tx, call.token())
        order = own_order(tx, ident, member)
        pickup.choose(tx, _destination(deps, tx, order, member=member, choice=choice), number=number)
        return {**_page(tx, order, lang=call.lang()), "asks": asks}

    return Reply.json(await deps.store.run(work, cause="web.delivery"))


async def places(deps: StoreDeps, call: Call) -> Reply:
    """The shops where orders can be collected."""

    def read(tx: Tx) -> list[dict[str, object]]:
        names = _names(tx, lang=call.lang())
        return [
            {
                "place": site.place,
                "name": names.get(site.place, site.place),
                "address": site.address(),
                "hours": site.hours,
                "hold_days": site.hold_days,
            }
            for site in deliver.sites(tx).values()
            if site.takes_pick_up()
        ]

    return Reply.json({"places": await deps.store.ask(read)})


def _destination(
    deps: StoreDeps, tx: Tx, order: sell.Order, *, member: MemberId, choice: Choice
) -> deliver.Destination:
    if choice.way is deliver.Way.PICK_UP:
        return deliver.Destination(order.id, choice.way, place=choice.place)
    mine = people.addresses(tx, deps.ring, reading=people.Reading.own(member))[member]
    if choice.address not in {kept.id for kept in mine if kept.dropped_at is None}:
        raise people.UnknownAddress(choice.address)
    return deliver.Destination(order.id, choice.way, address=choice.address)


def _page(tx: Tx, order: sell.Order, *, lang: str) -> dict[str, object]:
    history = decide.promise_history(tx, order.id)
    names = _names(tx, lang=lang)
    return {
        **summary(order),
        "promises": _promises(history, lang=lang),
        "changes": _changes(history, lang=lang),
        "filed_until_ms": max((at.ms for at in deliver.filed_until(tx, [order.id]).values()), default=None),
        "delivery": _delivery(tx, order, names),
        "goods": _goods(tx, order.id, names),
        "shipments": [_parcel(one, names) for one in deliver.shipments(tx, [order.id]).get(order.id, ())],
    }


def _promises(history: Sequence[decide.Promised], *, lang: str) -> list[dict[str, object]]:
    newest = max((entry.version for entry in history), default=0)
    return [
        {
            "sku": entry.promise.sku,
            "qty": entry.promise.qty,
            "day": entry.promise.day.iso(),
            "source": entry.promise.source,
            "reason": entry.promise.reason.text(lang),
            "kept": entry.kept,
        }
        for entry in history
        if entry.version == newest
    ]


def _changes(history: Sequence[decide.Promised], *, lang: str) -> list[dict[str, object]]:
    """What the order was promised, oldest first: by when all of it leaves, why, and since when it was said."""
    versions: dict[int, list[decide.Promised]] = {}
    for entry in history:
        versions.setdefault(entry.version, []).append(entry)
    return [
        {
            "day": decide.last_day(entry.promise for entry in told).iso(),
            "reason": decide.deciding(entry.promise for entry in told).buyer_text(lang),
            "said_ms": told[0].made_at.ms,
        }
        for told in versions.values()
    ]


def _delivery(tx: Tx, order: sell.Order, names: Mapping[str, str]) -> dict[str, object] | None:
    chosen = deliver.destinations(tx, [order.id]).get(order.id)
    if chosen is None:
        return None
    code = deliver.pick_ups(tx, [order.id]).get(order.id)
    site = deliver.sites(tx).get(chosen.place)
    return {
        "way": chosen.way,
        "address": chosen.address or None,
        "place": chosen.place or None,
        "place_name": names.get(chosen.place) or None,
        "place_address": site.address() if site else None,
        "hours": site.hours if site else None,
        "code": code.code if code and code.keep_until else None,
        "keep_until_ms": code.keep_until.ms if code and code.keep_until else None,
    }


def _goods(tx: Tx, order: OrderId, names: Mapping[str, str]) -> list[dict[str, object]]:
    """What has not been packed yet: held at a place, or waited for there."""
    live = (stock.ClaimStatus.HELD, stock.ClaimStatus.WAITING)
    return [
        {
            "sku": claim.sku,
            "qty": claim.qty,
            "held": claim.held,
            "status": claim.status,
            "place_name": names.get(claim.location, claim.location),
        }
        for claim in stock.claims(tx, [order]).get(order, ())
        if claim.status in live
    ]


def _parcel(parcel: deliver.Shipment, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": parcel.id,
        "way": parcel.way,
        "status": parcel.status,
        "is_replacement": not parcel.is_own(),
        "is_in_trouble": parcel.is_in_trouble(),
        "place_name": names.get(parcel.place, parcel.place),
        "carrier": parcel.carrier,
        "waybill": parcel.waybill,
        "waybill_token": parcel.token or None,
        "items": [{"sku": item.sku, "qty": item.qty} for item in parcel.items],
        "shipped_ms": parcel.shipped_at.ms if parcel.shipped_at else None,
        "signed_ms": parcel.signed_at.ms if parcel.signed_at else None,
        "path": [{"code": int(step.action), "at_ms": step.at.ms} for step in parcel.path],
    }


def _names(tx: Tx, *, lang: str) -> Mapping[str, str]:
    is_english = lang.startswith("en")
    return {place.id: place.name_en if is_english else place.name_zh for place in stock.locations(tx)}


def doors(bound: Callable[..., Route]) -> tuple[Route, ...]:
    """Every door of this file; `bound` puts a handler behind a path of the storefront."""
    return (
        bound("GET", "/orders/{order}", show, summary="One order, one truth"),
        bound("POST", "/orders/{order}/delivery", choose, request=Choice, summary="Where the goods go"),
        bound("GET", "/pick-up-places", places, summary="Shops where orders can be collected"),
    )
