"""What happens is told to the brand's other systems that asked for it: the feed's facts, pushed as webhooks.

A fact is an event of ids, units and days, never of people: who may know more asks the API with their own key.
Neighbours: the store hands over events that somebody listens to, `connect` keeps who does and what became of each
telling, `gateways/webhooks` signs and posts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from roulian import connect, decide, deliver, make, offers, people, predict, returns, sell, stock
from roulian.flows.outgoing import Outside
from roulian.gateways.webhooks import Post, Posted
from roulian.store import Audience, Errand, Job, Tx, trail
from roulian.words import Event, Instant, Rejected

FACTS: tuple[type[Event], ...] = (
    sell.OrderPlaced,
    sell.OrderPaid,
    sell.DepositPaid,
    sell.BalanceDue,
    sell.DepositForfeited,
    sell.OrderCancelled,
    sell.PaidAfterCancel,
    sell.PaymentRefused,
    sell.PromiseMoved,
    sell.OrderShipped,
    sell.OrderDelivered,
    sell.RefundDue,
    sell.OrderRefunded,
    sell.PartRefundDue,
    sell.PartRefunded,
    sell.CampaignOpened,
    sell.CampaignReached,
    sell.CampaignExtended,
    sell.CampaignMissed,
    sell.SubstituteOffered,
    sell.LineSwapped,
    sell.LinesDropped,
    stock.StockReceived,
    stock.LotReceived,
    stock.LotExpired,
    stock.FellBelowSafety,
    stock.ClaimsFilled,
    stock.ReservationExpired,
    make.PurchasePlaced,
    make.PurchaseConfirmed,
    make.PurchaseReceived,
    make.SupplierDelayed,
    make.WorkOpened,
    make.WorkDone,
    make.WorkMoved,
    deliver.Shipped,
    deliver.ReadyToCollect,
    deliver.NotCollected,
    deliver.Delivered,
    offers.GroupCompleted,
    offers.GroupFailed,
    returns.CaseAsked,
    returns.CaseApproved,
    returns.CaseRefused,
    returns.ReplacementSent,
    returns.CaseSettled,
    decide.ProposalMade,
    decide.ProposalApplied,
    predict.AnomalyFound,
    people.MemberErased,
)
"""The events that other systems may hear of. A new one is public only once it stands here."""

KINDS = tuple(sorted(fact.kind() for fact in FACTS))


def listened(tx: Tx) -> frozenset[str]:
    """The kinds that somebody outside wants to hear of now."""
    return connect.kinds_listened(tx, among=KINDS)


def to_subscribers(tx: Tx, event: Event) -> None:
    """One delivery for each subscription that wants the event, each tried at once and then by itself until it is taken."""
    for delivery in connect.queue(tx, event=tx.cause, kind=event.kind()):
        tx.at(tx.now, "announce.post", delivery)


AUDIENCE = Audience(events=FACTS, listened=listened, handler=to_subscribers)


def post(tx: Tx, delivery: str) -> None:
    """One more try of a delivery that is still to be made; each try is a job of its own."""
    due = connect.begin(tx, delivery)
    if due is not None:
        tx.job("announce.post", f"{delivery}:{due.tries}", delivery)


def replay(tx: Tx, delivery: str, *, subscription: str) -> None:
    """The delivery is made again from now on. Raises `DeliveryNotFound`."""
    connect.replay(tx, delivery, subscription=subscription)
    tx.at(tx.now, "announce.post", delivery)


def replay_since(tx: Tx, subscription: str, *, since: Instant) -> tuple[str, ...]:
    """The ids of the dead deliveries since then; each is made again from now on."""
    again = connect.replay_since(tx, subscription, since=since)
    for delivery in again:
        tx.at(tx.now, "announce.post", delivery)
    return again


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one try, as the job's row keeps it."""

    tries: int
    status: int | None
    error: str


def posting(outside: Outside) -> Errand:
    """Post one delivery. A try whose outcome nobody knows counts as failed: receivers know a repeated message by its id."""
    return Errand(call=partial(_call, outside), record=_record, rejected=_rejected, lost=_lost)


async def _call(outside: Outside, job: Job) -> str:
    found = await outside.memory().ask(lambda tx: _letter(outside, tx, job))
    if found is None:
        return ""
    delivery, letter = found
    posted = await outside.webhooks.post(letter)
    return msgspec.json.encode(_Answer(delivery.tries, posted.status, posted.error)).decode()


def _letter(outside: Outside, tx: Tx, job: Job) -> tuple[connect.Delivery, Post] | None:
    """The message, read anew; None when the subscription is gone meanwhile."""
    delivery = connect.deliveries(tx, [job.body]).get(job.body)
    if delivery is None:
        return None
    to = connect.subscriptions(tx, [delivery.subscription])[delivery.subscription]
    said = trail.events(tx, [delivery.event])[delivery.event]
    secrets = connect.secrets(tx, outside.ring, subscription=to.id)
    return delivery, Post(to.url, said.id, msgspec.json.encode(fact(said)), secrets)


def fact(said: trail.Said) -> Mapping[str, object]:
    """An event as the feed and the webhooks tell it: id, type, timestamp (ISO 8601, UTC) and its own fields as `data`."""
    return {"id": said.id, "type": said.kind, "timestamp": said.at.iso(), "data": msgspec.Raw(said.body.encode())}


def _record(tx: Tx, job: Job, answer: str) -> None:
    if answer:
        came = msgspec.json.decode(answer, type=_Answer)
        _tried(tx, job.body, tries=came.tries, posted=Posted(came.status, came.error))


def _tried(tx: Tx, delivery: str, *, tries: int, posted: Posted) -> None:
    again = connect.tried(tx, delivery, tries=tries, answer=posted.status, error=posted.error)
    if again is not None:
        tx.at(again, "announce.post", delivery)


def _rejected(_tx: Tx, _job: Job, _error: Rejected) -> None:
    """A receiver's no is an answer like any other; nothing is left to record."""


def _lost(tx: Tx, job: Job) -> None:
    delivery = connect.deliveries(tx, [job.body]).get(job.body)
    if delivery is not None:
        _tried(tx, job.body, tries=delivery.tries, posted=Posted(None, "interrupted"))
