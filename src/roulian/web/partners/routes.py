"""What partners are asked, and how they answer."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import msgspec

from roulian import deliver, make
from roulian.flows import receiving
from roulian.store import Store
from roulian.web.hot import Handler, Route
from roulian.web.wire import Call, Reply
from roulian.words import Day, PurchaseId, Refusal, WorkOrderId

PAGE = 500
MOST_UNITS = 100_000_000
NO_CONTROL = r"^[^\x00-\x1f]*$"


@dataclass(frozen=True, slots=True)
class PartnerDeps:
    """The store, and the SHA-256 hex digests of the keys partners may use."""

    store: Store
    key_digests: Sequence[str]


class BadPartnerKey(Refusal):
    """No key, or one we did not give out."""

    code = "bad_partner_key"
    zh = "合作方密钥无效,请联系品牌方重新获取。"
    en = "The partner key is not valid. Ask the brand for a new one."


class ReplyDay(msgspec.Struct, forbid_unknown_fields=True):
    """The day the supplier promises, `YYYY-MM-DD`."""

    day: str


class Arrived(msgspec.Struct, forbid_unknown_fields=True):
    """A delivery: `qty` good units of one lot; `key` is its delivery note, so that a repeated report is harmless.

    Units of another lot are another delivery. What was rejected is still owed; `expires_day` is the lot's last good
    day, `YYYY-MM-DD`.
    """

    qty: Annotated[int, msgspec.Meta(ge=0, le=MOST_UNITS)]
    key: Annotated[str, msgspec.Meta(max_length=64, pattern=NO_CONTROL)] = ""
    rejected_qty: Annotated[int, msgspec.Meta(ge=0, le=MOST_UNITS)] = 0
    lot: Annotated[str, msgspec.Meta(max_length=64, pattern=NO_CONTROL)] = ""
    expires_day: str | None = None


class Report(msgspec.Struct, forbid_unknown_fields=True):
    """Units finished so far in total, so that a repeated report is harmless."""

    done_qty: Annotated[int, msgspec.Meta(ge=0)]


def partner_routes(deps: PartnerDeps) -> Sequence[Route]:
    """The partner routes, each behind the key check."""

    def door(
        method: str,
        path: str,
        handler: Callable[[PartnerDeps, Call], Awaitable[Reply]],
        summary: str,
        request: type | None = None,
    ) -> Route:
        return Route(method, f"/api/partners{path}", _keyed(deps, handler), request=request, summary=summary)

    return (
        door("GET", "/purchases", purchases, "Open purchases"),
        door("POST", "/purchases/{purchase}/reply", reply, "The supplier's promised day", ReplyDay),
        door("POST", "/purchases/{purchase}/arrived", arrived, "Goods came in", Arrived),
        door("GET", "/work", work_orders, "Open work orders"),
        door("POST", "/work/{work}/report", report, "Units finished", Report),
        door("GET", "/shipments", shipments, "Waybills to move"),
    )


def _keyed(deps: PartnerDeps, handler: Callable[[PartnerDeps, Call], Awaitable[Reply]]) -> Handler:
    async def guarded(call: Call) -> Reply:
        digest = hashlib.sha256(call.headers.get("x-partner-key", "").encode()).hexdigest()
        if not any(hmac.compare_digest(digest, known) for known in deps.key_digests):
            raise BadPartnerKey
        return await handler(deps, call)

    return partial(guarded)


async def purchases(deps: PartnerDeps, _: Call) -> Reply:
    """Purchases not yet fully received, oldest first."""
    found = await deps.store.ask(lambda tx: make.open_purchases(tx, limit=PAGE))
    return Reply.json({"purchases": [_purchase(p) for p in found]})


def _purchase(purchase: make.Purchase) -> dict[str, object]:
    return {
        "id": purchase.id,
        "supplier": purchase.supplier,
        "sku": purchase.sku,
        "qty": purchase.qty,
        "received_qty": purchase.received_qty,
        "placed_day": purchase.placed_day.iso(),
        "expected_day": purchase.expected_day.iso(),
        "promised_day": purchase.promised_day.iso(),
        "status": purchase.status,
    }


async def reply(deps: PartnerDeps, call: Call) -> Reply:
    """Keep the supplier's day; a later one than before sets the promises moving."""
    purchase, wanted = PurchaseId(call.path["purchase"]), msgspec.json.decode(call.body, type=ReplyDay)
    day = _day(wanted.day)
    await deps.store.run(lambda tx: make.reply(tx, purchase, day=day), cause="partner.reply")
    return Reply.json({"purchase": purchase, "day": day.iso()})


async def arrived(deps: PartnerDeps, call: Call) -> Reply:
    """Book the goods in, at the main warehouse."""
    wanted = msgspec.json.decode(call.body, type=Arrived)
    delivery = make.Delivery(
        purchase=PurchaseId(call.path["purchase"]),
        source=wanted.key,
        qty=wanted.qty,
        rejected_qty=wanted.rejected_qty,
        lot=wanted.lot,
        expires_day=None if wanted.expires_day is None else _day(wanted.expires_day),
    )
    now = await deps.store.run(lambda tx: receiving.take_in(tx, delivery), cause="partner.arrived")
    return Reply.json({"purchase": now.id, "qty": wanted.qty, "received_qty": now.received_qty, "status": now.status})


def _day(text: str) -> Day:
    try:
        return Day.parse(text)
    except ValueError as error:
        raise msgspec.ValidationError(str(error)) from error


async def work_orders(deps: PartnerDeps, _: Call) -> Reply:
    """Work orders not yet done, oldest first."""
    found = await deps.store.ask(lambda tx: make.open_work_orders(tx, limit=PAGE))
    return Reply.json(
        {
            "work": [
                {
                    "id": w.id,
                    "sku": w.sku,
                    "qty": w.qty,
                    "done_qty": w.done_qty,
                    "line": w.line,
                    "start_day": w.start_day.iso(),
                    "due_day": w.due_day.iso(),
                    "status": w.status,
                }
                for w in found
            ]
        }
    )


async def report(deps: PartnerDeps, call: Call) -> Reply:
    """Keep how many units are finished."""
    work, wanted = WorkOrderId(call.path["work"]), msgspec.json.decode(call.body, type=Report)
    await deps.store.run(lambda tx: make.report(tx, work, done_qty=wanted.done_qty), cause="partner.report")
    return Reply.json({"work": work, "done_qty": wanted.done_qty})


async def shipments(deps: PartnerDeps, _: Call) -> Reply:
    """Waybills a carrier has still to move, newest first: with it, or packed and labelled for it."""
    statuses = (deliver.ShipmentStatus.PACKED, *deliver.ON_THE_WAY)
    found = await deps.store.ask(lambda tx: deliver.shipments_page(tx, statuses=statuses, limit=PAGE))
    return Reply.json(
        {
            "shipments": [
                {"id": s.id, "order": s.order, "waybill": s.waybill, "carrier": s.carrier, "status": s.status}
                for s in found
                if s.waybill
            ]
        }
    )
