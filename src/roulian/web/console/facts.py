"""The facts an event's sentence needs, and the names behind its ids.

An event carries ids; a sentence needs who and how much. Each kind of id is looked up once for a whole page.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec

from roulian import decide, make, sell, tell
from roulian.store import Tx, trail
from roulian.web.console.names import sku_words, supplier_words
from roulian.web.console.shapes import Scalar, Words
from roulian.words import CampaignId, Day, NoticeId, OrderId, PurchaseId, WorkOrderId

Facts = Mapping[str, Scalar]
_DAYS = frozenset({"day", "was_day", "now_day", "made_day"})


@dataclass(frozen=True, slots=True)
class Told:
    """Facts by event id; names by the ids the facts mention."""

    facts: Mapping[str, Facts]
    names: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ids of a page mean."""

    orders: Mapping[OrderId, sell.Order]
    campaigns: Mapping[CampaignId, sell.Campaign]
    purchases: Mapping[PurchaseId, make.Purchase]
    works: Mapping[WorkOrderId, make.WorkOrder]
    proposals: Mapping[str, decide.Proposal]
    notices: Mapping[NoticeId, tell.Notice]


def enriched(tx: Tx, events: Collection[trail.Said]) -> Told:
    """Every event's facts, widened by what its ids mean."""
    plain = {event.id: _plain(event) for event in events}
    known = _look_up(tx, plain.values())
    facts = {ident: _widened(said, known) for ident, said in plain.items()}
    skus = {str(said["sku"]) for said in facts.values() if said.get("sku")}
    return Told(facts, {**sku_words(tx, skus), **supplier_words(tx)})


def _plain(event: trail.Said) -> dict[str, Scalar]:
    body = msgspec.json.decode(event.body, type=dict[str, object])
    return {name: _scalar(name, value) for name, value in body.items()}


def _scalar(name: str, value: object) -> Scalar:
    if isinstance(value, dict):
        number = value.get("number")
        return Day(number).iso() if isinstance(number, int) else None
    if name in _DAYS and isinstance(value, int):
        return Day(value).iso()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _ids(facts: Collection[Mapping[str, Scalar]], name: str) -> list[str]:
    return sorted({str(one[name]) for one in facts if one.get(name)})


def _look_up(tx: Tx, facts: Collection[Mapping[str, Scalar]]) -> _Known:
    return _Known(
        orders=sell.orders(tx, [OrderId(ident) for ident in _ids(facts, "order")]),
        campaigns=sell.campaigns(tx, [CampaignId(ident) for ident in _ids(facts, "campaign")]),
        purchases=make.purchases(tx, [PurchaseId(ident) for ident in _ids(facts, "purchase")]),
        works=make.work_orders(tx, [WorkOrderId(ident) for ident in _ids(facts, "work")]),
        proposals=decide.proposals(tx, _ids(facts, "proposal")),
        notices=tell.notices(tx, [NoticeId(ident) for ident in _ids(facts, "notice")]),
    )


def _widened(facts: dict[str, Scalar], known: _Known) -> Facts:
    return {**_of_order(facts, known), **_of_supply(facts, known), **_of_rest(facts, known), **facts}


def _of_order(facts: Mapping[str, Scalar], known: _Known) -> Facts:
    order = known.orders.get(OrderId(str(facts.get("order"))))
    if order is None:
        return {}
    return {"member": order.member, "total_fen": order.total_fen, "sku": order.lines[0].sku, "units": order.units()}


def _of_supply(facts: Mapping[str, Scalar], known: _Known) -> Facts:
    purchase = known.purchases.get(PurchaseId(str(facts.get("purchase"))))
    if purchase is not None:
        return {
            "supplier": purchase.supplier,
            "sku": purchase.sku,
            "qty": purchase.qty,
            "expected_day": purchase.expected_day.iso(),
        }
    work = known.works.get(WorkOrderId(str(facts.get("work"))))
    return {} if work is None else {"sku": work.sku, "qty": work.qty, "due_day": work.due_day.iso()}


def _of_rest(facts: Mapping[str, Scalar], known: _Known) -> Facts:
    campaign = known.campaigns.get(CampaignId(str(facts.get("campaign"))))
    if campaign is not None:
        return {"sku": campaign.sku, "lot_qty": campaign.lot_qty}
    proposal = known.proposals.get(str(facts.get("proposal")))
    if proposal is not None:
        return {"sku": proposal.sku, "qty": proposal.qty, "proposal_kind": proposal.kind}
    notice = known.notices.get(NoticeId(str(facts.get("notice"))))
    return {} if notice is None else {"member": notice.member, "scenario": notice.scenario}
