"""Telling people: one message per member and fact, in words a person would use, through the door that is open."""

from collections.abc import Collection, Mapping

from roulian import decide, deliver, offers, returns, sell, stock, tell
from roulian.store import Tx
from roulian.words import OrderId, SkuId

CRISIS_FROM_MEMBERS = 20


def thank_buyer(tx: Tx, event: sell.OrderPaid) -> None:
    """The buyer reads the date and why it is that date."""
    order = sell.order(tx, event.order)
    _tell(tx, [order], tell.Scenario.ORDER_PAID, key="paid", facts=_promise_facts(tx, order))


def explain_delay(tx: Tx, event: sell.PromiseMoved) -> None:
    """A moved date is told once per new date, with the old date and the reason; dates only ever move later."""
    order = sell.order(tx, event.order)
    facts = {**_promise_facts(tx, order), "was_day": event.was_day.iso()}
    _tell(tx, [order], tell.Scenario.DELAY, key=event.now_day.iso(), facts=facts)


def explain_to_all(tx: Tx, key: str, *, sku: SkuId, reason: decide.Reason, orders: Collection[sell.Order]) -> None:
    """When many are hit, a draft article waits for an editor; it speaks of the same dates as every message."""
    first = next(iter(orders), None)
    if first is None:
        return
    tell.draft_article(
        tx,
        key,
        account=tell.crisis_account(tx),
        skus=[sku],
        facts={
            "item": sell.item_names(tx, [first])[first.id],
            "reason": reason.buyer_text(),
            "promised_day": sell.latest_promise(orders).iso(),
        },
        members_hit=sell.count_members(orders),
        from_members=CRISIS_FROM_MEMBERS,
    )


def tell_shipped(tx: Tx, event: deliver.Shipped) -> None:
    """The parcel's number, as soon as there is one; of every parcel, a replacement's as news of its case."""
    order, parcel = sell.order(tx, OrderId(event.order)), deliver.shipment(tx, event.shipment)
    if event.case:
        _tell_case(tx, event.case, returns.News.REPLACEMENT_SENT, parcel=f"{parcel.carrier} {parcel.waybill}")
        return
    facts = {"carrier": parcel.carrier, "waybill": parcel.waybill}
    _tell(tx, [order], tell.Scenario.SHIPPED, key=parcel.id, facts=facts)


def tell_ready(tx: Tx, event: deliver.ReadyToCollect) -> None:
    """Where the goods wait, and until when; the code stands on the order page alone."""
    order, pick_up = sell.order(tx, OrderId(event.order)), deliver.pick_ups(tx, [OrderId(event.order)])
    waiting = pick_up[order.id]
    shops = {place.id: place.name_zh for place in stock.locations(tx)}
    facts = {"shop": shops.get(stock.LocationId(waiting.place), waiting.place), "keep_day": waiting.last_day().iso()}
    _tell(tx, [order], tell.Scenario.PICK_UP_READY, key=event.shipment, facts=facts)


def case_agreed(tx: Tx, event: returns.CaseApproved) -> None:
    """Staff agreed: what the buyer does next, or gets."""
    _tell_case(tx, event.case, returns.News.AGREED)


def case_refused(tx: Tx, event: returns.CaseRefused) -> None:
    """Staff said no, and why."""
    _tell_case(tx, event.case, returns.News.REFUSED)


def goods_received(tx: Tx, event: returns.GoodsBack) -> None:
    """What the buyer sent back has come."""
    _tell_case(tx, event.case, returns.News.GOODS_BACK)


def _tell_case(tx: Tx, ident: str, news: returns.News, *, parcel: str = "") -> None:
    case = returns.case(tx, returns.CaseId(ident))
    progress, reason = returns.told(case, news, parcel=parcel)
    order = sell.order(tx, case.order)
    facts = {"progress": progress, "reason": reason}
    _tell(tx, [order], tell.Scenario.AFTER_SALES, key=f"{case.id}:{news.value}", facts=facts)


def group_complete(tx: Tx, orders: Collection[sell.Order]) -> None:
    """Every member of the group hears that it is complete, and by when the goods ship."""
    for order in orders:
        _tell(tx, [order], tell.Scenario.GROUP_COMPLETE, key="group", facts=_promise_facts(tx, order))


def group_failed(tx: Tx, group: offers.Group, orders: Collection[sell.Order]) -> None:
    """Every member who paid hears that the group missed its members, and that the money is on its way back."""
    for order in orders:
        facts: Mapping[str, str | int] = {"reason": group.failed_text(), "amount_fen": order.total_fen}
        _tell(tx, [order], tell.Scenario.GROUP_FAILED, key="group", facts=facts)


def celebrate(tx: Tx, campaign: sell.Campaign, orders: Collection[sell.Order]) -> None:
    """Every buyer of a lot hears that it goes into production, and by when it ships."""
    for order in orders:
        _tell(tx, [order], tell.Scenario.CAMPAIGN_REACHED, key=campaign.id, facts=_promise_facts(tx, order))


def regret(tx: Tx, campaign: sell.Campaign, order: sell.Order, *, fen: int) -> None:
    """A buyer of a presale that missed its lot hears it, and that so much money is on its way back."""
    reason = decide.missed_reason(paid_qty=campaign.paid_qty, lot_qty=campaign.lot_qty)
    facts: Mapping[str, str | int] = {"reason": reason.buyer_text(), "amount_fen": fen}
    _tell(tx, [order], tell.Scenario.CAMPAIGN_MISSED, key=campaign.id, facts=facts)


def offer_substitute(tx: Tx, campaign: sell.Campaign, order: sell.Order, substitute: sell.Substitute) -> None:
    """A buyer of a presale that missed its lot may have something else, and reads until when to choose."""
    sku = sell.skus(tx, [substitute.sku])[substitute.sku]
    facts: Mapping[str, str | int] = {
        "substitute": sell.products(tx, [sku.product])[sku.product].name_zh,
        "price_fen": substitute.price_fen,
        "by_day": substitute.by.day().iso(),
    }
    _tell(tx, [order], tell.Scenario.SUBSTITUTE_OFFERED, key=f"{campaign.id}:substitute", facts=facts)


def thank_for_deposit(tx: Tx, event: sell.DepositPaid) -> None:
    """The buyer reads what was paid and what is left to pay, and by when the goods ship."""
    order = sell.order(tx, event.order)
    facts = {
        **_promise_facts(tx, order),
        "amount_fen": order.paid_fen,
        "balance_fen": order.trade_fen(sell.Part.BALANCE),
    }
    _tell(tx, [order], tell.Scenario.DEPOSIT_PAID, key="deposit", facts=facts)


def ask_balance(tx: Tx, order: sell.Order, due: sell.Due, *, key: str) -> None:
    """The buyer reads what is to be paid, and until when."""
    facts: Mapping[str, str | int] = {"amount_fen": due.fen, "by_day": due.by.day().iso(), "reason": "付清后按承诺发货"}
    _tell(tx, [order], tell.Scenario.BALANCE_DUE, key=key, facts=facts)


def tell_forfeited(tx: Tx, event: sell.DepositForfeited) -> None:
    """The buyer reads that the order is over, and that the deposit is kept, as was said with the presale."""
    order = sell.order(tx, event.order)
    facts: Mapping[str, str | int] = {"amount_fen": order.paid_fen, "reason": "尾款逾期未付,定金不退"}
    _tell(tx, [order], tell.Scenario.DEPOSIT_FORFEITED, key="forfeited", facts=facts)


def confirm_refund(tx: Tx, event: sell.OrderRefunded) -> None:
    """The money is back."""
    _money_back(tx, event.order, number=event.order, key="refunded")


def confirm_part(tx: Tx, event: sell.PartRefunded) -> None:
    """A part of the money is back."""
    _money_back(tx, event.order, number=event.number, key=event.number)


def _money_back(tx: Tx, ident: OrderId, *, number: str, key: str) -> None:
    order, refund = sell.order(tx, ident), sell.as_one(sell.refunds_of(tx, [number])[number])
    facts: Mapping[str, str | int] = {"reason": sell.refund_reason(refund), "amount_fen": refund.amount_fen}
    _tell(tx, [order], tell.Scenario.REFUNDED, key=key, facts=facts)


def _promise_facts(tx: Tx, order: sell.Order) -> Mapping[str, str | int]:
    reason = decide.deciding(decide.promises(tx, [order.id])[order.id])
    return {"promised_day": order.promised_day.iso(), "reason": reason.buyer_text(), "amount_fen": order.total_fen}


def _tell(
    tx: Tx,
    orders: Collection[sell.Order],
    scenario: tell.Scenario,
    *,
    key: str,
    facts: Mapping[str, str | int],
) -> None:
    items = sell.item_names(tx, orders)
    tell.queue(
        tx,
        [
            tell.NewNotice(
                key=f"{order.id}:{key}",
                member=order.member,
                scenario=scenario,
                about=order.id,
                facts={"item": items[order.id], **facts},
            )
            for order in orders
        ],
    )
