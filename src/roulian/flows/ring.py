"""The whole business on one screen: which fact sets what in motion.

A handler is `(tx, event)`, runs once per event with its receipt in the same commit, and re-reads the
truth. A deadline is `(tx, key)`. An errand calls the outside with no transaction open, then records.
"""

from roulian import deliver, make, people, predict, returns, sell, stock
from roulian.flows import (
    aftersales,
    announce,
    asking,
    balance,
    checkout,
    filing,
    fulfil,
    hearing,
    inform,
    missed,
    nightly,
    observe,
    outgoing,
    pickup,
    presale,
    reconcile,
    refunds,
    rights,
    shelf,
    shortage,
    tailoring,
    waybills,
)
from roulian.flows.outgoing import Outside
from roulian.store import Motion, Ring

RING: Ring = {
    sell.OrderPaid: [observe.sale, fulfil.start, filing.long_promise, inform.thank_buyer],
    sell.DepositPaid: [filing.long_promise, balance.set_day, inform.thank_for_deposit],
    sell.BalanceDue: [balance.open_window],
    sell.DepositForfeited: [fulfil.give_back, inform.tell_forfeited],
    sell.OrderCancelled: [fulfil.give_back],
    sell.PaidAfterCancel: [refunds.late_payment],
    sell.CampaignOpened: [presale.set_deadline, presale.show_date],
    sell.CampaignReached: [presale.start_making],
    sell.CampaignExtended: [presale.go_on],
    sell.CampaignMissed: [missed.make_good],
    sell.SubstituteOffered: [missed.offer],
    sell.LinesDropped: [missed.let_go],
    sell.PromiseMoved: [inform.explain_delay, filing.later_promise],
    sell.RefundDue: [refunds.request, fulfil.give_back],
    sell.OrderRefunded: [inform.confirm_refund],
    stock.LotReceived: [shelf.set_expiry],
    sell.PartRefundDue: [refunds.request_part],
    sell.PartRefunded: [aftersales.close, inform.confirm_part],
    returns.GoodsBack: [aftersales.put_back],
    returns.RefundAgreed: [aftersales.pay_back],
    stock.FellBelowSafety: [shortage.replenish],
    stock.ClaimsFilled: [fulfil.schedule],
    make.SupplierDelayed: [shortage.move_promises, shortage.move_work],
    make.WorkMoved: [shortage.move_promises_of_work],
    make.PurchaseReceived: [shortage.put_away],
    make.WorkDone: [shortage.put_away_work, shortage.use_materials],
    predict.AnomalyFound: [nightly.propose],
    deliver.Shipped: [filing.shipping, inform.tell_shipped],
    deliver.ReadyToCollect: [filing.ready, inform.tell_ready],
    deliver.NotCollected: [pickup.give_up],
    deliver.Delivered: [fulfil.close],
    people.MembersMerged: [hearing.one_person],
    people.MembersParted: [hearing.two_persons],
}

DEADLINES = {
    "checkout.expire": checkout.expire,
    "refunds.ask": refunds.ask,
    "presale.open": presale.open_planned,
    "presale.close": presale.close,
    "balance.ask": balance.ask,
    "balance.remind": balance.remind,
    "missed.unanswered": missed.unanswered,
    "filing.shipping": filing.enter_shipping,
    "filing.special": filing.special,
    "fulfil.ship": fulfil.ship,
    "fulfil.ship_ready": fulfil.ship_ready,
    "fulfil.replace": fulfil.send_replacement,
    "pickup.lapse": pickup.lapse,
    "waybills.listen": waybills.listen,
    "tailor.check": tailoring.ask_again,
    "reconcile.night": reconcile.night,
    "nightly.forecast": nightly.call_forecast,
    "nightly.backtest": nightly.call_backtest,
    "nightly.articles": nightly.call_articles,
    "shelf.audit": shelf.call_audit,
    "shelf.expire_lot": shelf.expire_lot,
    "rights.retain": rights.retain,
    "announce.post": announce.post,
}


def motion(outside: Outside) -> Motion:
    """The ring, its deadlines and its errands, bound to the outside they call."""
    return Motion(
        ring=RING,
        deadlines=DEADLINES,
        errands={
            "tailor.check": tailoring.checking(outside),
            "tell.send": outgoing.sending(outside),
            "announce.post": announce.posting(outside),
            "pay.refund": outgoing.refunding(outside),
            "pay.close": outgoing.closing(outside),
            "pay.give_up": asking.giving_up(outside),
            "books.compare": reconcile.comparing(outside),
            "wechat.shipping": filing.entering(outside),
            "wechat.special_order": filing.filing_late(outside),
            "wechat.waybill": waybills.making(outside),
            "wechat.waybill_cancel": waybills.cancelling(outside),
            "wechat.path": waybills.listening(outside),
            "wechat.trace": waybills.showing(outside),
            "stock.audit": shelf.auditing(outside),
            "sense.articles": nightly.articles(outside),
            "predict.forecast": nightly.forecasting(outside),
            "predict.backtest": nightly.backtesting(outside),
        },
        audience=announce.AUDIENCE,
    )
