"""Ask before believing: an order is given up only once WeChat Pay has said that it can no longer be paid.

Neighbours: `checkout` decides what an answer does to the order, `ring` binds the errand. Pay's close is the question:
it shuts the payment for good, or answers that the buyer has paid.
"""

from datetime import timedelta

import msgspec

from roulian import sell
from roulian.flows import checkout, presale
from roulian.flows.outgoing import Outside
from roulian.gateways.pay import PaymentState
from roulian.store import Errand, Job, Tx
from roulian.words import Rejected, Unreachable

ASK_AGAIN_AFTER = timedelta(minutes=1)
"""How long a silent WeChat Pay is left alone; the order and its goods wait for the answer."""

_SILENT = "silent"


def giving_up(outside: Outside) -> Errand:
    """Close a trade whose time is over: closed gives the order or its balance up, paid makes it count, silence waits."""

    async def call(job: Job) -> str:
        try:
            return msgspec.json.encode(await outside.pay.shut(job.body)).decode()
        except Unreachable:
            return _SILENT

    return Errand(call=call, record=_answered, rejected=_refused, lost=_again)


def _answered(tx: Tx, job: Job, answer: str) -> None:
    match answer:
        case "silent":
            tx.at(tx.now.plus(ASK_AGAIN_AFTER), "checkout.expire", job.body)
        case _:
            checkout.asked(tx, msgspec.json.decode(answer, type=PaymentState))
            _give_up(tx, job)


def _give_up(tx: Tx, job: Job) -> None:
    """The order, or its balance, lapses unless the payment counted; a campaign that is over and waited for it can close."""
    sell.expire(tx, job.body)
    presale.close_behind(tx, sell.order(tx, sell.order_of_trade(job.body)))


def _refused(tx: Tx, job: Job, error: Rejected) -> None:
    """Pay will not say: the order is given up, the no is kept for a person, and money that still comes is late money."""
    sell.filing_refused(tx, sell.order_of_trade(job.body), what=job.kind, code=error.code)
    _give_up(tx, job)


def _again(tx: Tx, job: Job) -> None:
    """Closing twice closes once."""
    tx.job(job.kind, job.key, job.body)
