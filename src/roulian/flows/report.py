"""The facts a report stands on, gathered from the stages; the figures themselves are `learn`'s."""

from roulian import decide, learn, make, predict, sell, sense, tell
from roulian.store import Tx
from roulian.words import Day


def facts(tx: Tx, *, first: Day, last: Day) -> learn.Facts:
    """Everything that was counted from `first` to `last`, both included."""
    sold = learn.sold_totals(sell.daily_totals(tx, first=first, last=last), standing=sell.STANDING)
    promised = decide.ledger_counts(tx, first=first, last=last)
    accuracy = next((found for _, found in predict.accuracies(tx, limit=1)), None)
    campaigns = sell.campaign_counts(tx)
    return learn.Facts(
        orders=sold.orders,
        units=sold.units,
        revenue_fen=sold.revenue_fen,
        promises=promised.by_outcome,
        first_promises=promised.by_first_outcome,
        promise_sources=promised.by_source,
        promises_moved=promised.moved,
        purchases=make.purchase_counts(tx, first=first, last=last),
        work_orders=make.work_counts(tx),
        campaigns=campaigns.by_outcome,
        lots=campaigns.lots,
        notices=dict(tell.notice_counts(tx, since=first.at(0)).items()),
        doors=dict(tell.door_counts(tx, since=first.at(0)).items()),
        signals=learn.counted(sense.signal_days(tx, first=first, last=last)),
        anomalies=predict.anomaly_count(tx, first=first, last=last),
        accuracy=None if accuracy is None else (accuracy.pinball, accuracy.coverage_95),
        days=learn.stock_days(tx, first=first, last=last),
    )
