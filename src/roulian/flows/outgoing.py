"""Calls to the outside, each with its record: claim, call with no transaction open, record the answer.

Where the outside knows our key (a refund's number, an order's number) a lost answer is asked again;
where it does not (a message), it stays uncertain and is not sent twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from roulian import people, sell, tell
from roulian.gateways.pay import Pay
from roulian.gateways.webhooks import Webhooks
from roulian.gateways.wechat import MiniPage, WeChat
from roulian.store import Errand, Job, KeyRing, Store, Tx
from roulian.words import Clock, NoticeId, OrderId, Rejected


@dataclass(slots=True)
class Outside:
    """What errands are given. `store` is set once, by the composition root, after the store was opened with them.

    `templates` are each account's template ids, by appid; `limits` is what WeChat lets every kind of account send;
    `ring` opens the secrets that `webhooks` sign with.
    """

    wechat: WeChat
    pay: Pay
    clock: Clock
    appid: str
    public_url: str
    order_page: str
    templates: Mapping[str, Mapping[tell.Scenario, str]]
    limits: tell.Limits
    webhooks: Webhooks
    ring: KeyRing
    store: Store | None = None

    def memory(self) -> Store:
        """The store; asked for before it was set it is a programming error."""
        assert self.store is not None
        return self.store


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message ready to be sent: the attempt, the reader's openid, and what a service card is checked against."""

    attempt: tell.Attempt
    openid: str
    order: sell.Order | None


def sending(outside: Outside) -> Errand:
    """Send a notice through its next door."""
    return Errand(
        call=partial(_send, outside),
        record=_sent,
        rejected=partial(_refused, outside),
        lost=partial(_lost, outside),
    )


def _attempt(outside: Outside, tx: Tx, job: Job) -> tell.Attempt | None:
    senders = tell.senders(tx, templates=outside.templates)
    return tell.next_attempt(tx, NoticeId(job.body), senders=senders, limits=outside.limits)


def _write(outside: Outside, job: Job, tx: Tx) -> _Letter | None:
    attempt = _attempt(outside, tx, job)
    if attempt is None:
        return None
    openid = people.openids(tx, [attempt.member], appid=attempt.account)[attempt.member]
    about = OrderId(attempt.about)
    return _Letter(attempt, openid, sell.orders(tx, [about]).get(about))


async def _send(outside: Outside, job: Job) -> str:
    letter = await outside.memory().run(partial(_write, outside, job), cause=job.id)
    if letter is None:
        return ""
    message = await _DOORS[letter.attempt.door](outside, letter)
    return f"{letter.attempt.door} {message}"


def _sent(tx: Tx, job: Job, answer: str) -> None:
    if answer:
        door, _, message = answer.partition(" ")
        tell.sent(tx, NoticeId(job.body), door=tell.Door(door), message=message)


def _refused(outside: Outside, tx: Tx, job: Job, error: Rejected) -> None:
    attempt = _attempt(outside, tx, job)
    if attempt is not None:
        senders = tell.senders(tx, templates=outside.templates)
        tell.refused(tx, attempt.notice, door=attempt.door, code=error.code, senders=senders, limits=outside.limits)


def _lost(outside: Outside, tx: Tx, job: Job) -> None:
    attempt = _attempt(outside, tx, job)
    if attempt is not None:
        tell.lost(tx, attempt.notice, door=attempt.door)


async def _subscribe(outside: Outside, letter: _Letter) -> str:
    return await outside.wechat.messages.send_subscribe(
        letter.attempt.account,
        openid=letter.openid,
        template=letter.attempt.template,
        page=_page(outside, letter),
        values=letter.attempt.values,
    )


async def _card(outside: Outside, letter: _Letter) -> str:
    order = letter.order
    if order is None or order.paid_at is None or order.transaction_id is None:
        raise Rejected("no_paid_order")
    await outside.wechat.messages.set_user_notify(
        letter.attempt.account,
        openid=letter.openid,
        pay_no=order.transaction_id,
        status=letter.attempt.card_status,
        content=letter.attempt.values,
        pay_fen=order.last_trade_fen(),
        paid_at=order.paid_at,
    )
    return ""


async def _answer(outside: Outside, letter: _Letter) -> str:
    attempt = letter.attempt
    await outside.wechat.messages.send_text(attempt.account, openid=letter.openid, text=attempt.text)
    return ""


async def _template(outside: Outside, letter: _Letter) -> str:
    attempt = letter.attempt
    return await outside.wechat.messages.send_template(
        attempt.account,
        openid=letter.openid,
        template=attempt.template,
        opens=MiniPage(outside.appid, _page(outside, letter)),
        values=attempt.values,
        key=attempt.notice,
    )


def _page(outside: Outside, letter: _Letter) -> str:
    return f"{outside.order_page}?id={letter.attempt.about}"


_DOORS: Mapping[tell.Door, Callable[[Outside, _Letter], Awaitable[str]]] = {
    tell.Door.SUBSCRIBE: _subscribe,
    tell.Door.USER_NOTIFY: _card,
    tell.Door.CUSTOMER_SERVICE: _answer,
    tell.Door.TEMPLATE: _template,
}


def _order_errand(outside: Outside, act: Callable[[Outside, sell.Order, str], Awaitable[str]]) -> Errand:
    """An errand about one order whose outside call knows our key: a lost answer is asked again, a no is recorded."""

    def look(tx: Tx, job: Job) -> tuple[sell.Order, str]:
        order = sell.order(tx, OrderId(job.key))
        return order, people.openids(tx, [order.member], appid=outside.appid)[order.member]

    async def call(job: Job) -> str:
        order, openid = await outside.memory().ask(lambda tx: look(tx, job))
        return await act(outside, order, openid)

    def rejected(tx: Tx, job: Job, error: Rejected) -> None:
        sell.filing_refused(tx, OrderId(job.key), what=job.kind, code=error.code)

    def lost(tx: Tx, job: Job) -> None:
        tx.job(job.kind, job.key, job.body)

    return Errand(call=call, record=_answer_kept, rejected=rejected, lost=lost)


def _answer_kept(_tx: Tx, _job: Job, _answer: str) -> None:
    """The answer stands on the job's row; what it leads to comes as WeChat's own callback."""


def refunding(outside: Outside) -> Errand:
    """Give money back out of one trade; asking twice under one number pays once.

    The job's key is the refund's number, its body the order.
    """

    async def call(job: Job) -> str:
        refund, order = await outside.memory().ask(lambda tx: _refund(tx, job.key))
        return await outside.pay.refund(
            out_trade_no=sell.out_trade_no(order.id, refund.part),
            out_refund_no=refund.number,
            refund_fen=refund.amount_fen,
            total_fen=order.trade_fen(refund.part),
            reason=sell.refund_reason(refund),
            notify_url=f"{outside.public_url}/wechat/pay/notify",
        )

    def rejected(tx: Tx, job: Job, error: Rejected) -> None:
        sell.filing_refused(tx, OrderId(job.body or job.key), what=job.kind, code=error.code)

    def lost(tx: Tx, job: Job) -> None:
        tx.job(job.kind, job.key, job.body)

    return Errand(call=call, record=_answer_kept, rejected=rejected, lost=lost)


def _refund(tx: Tx, number: str) -> tuple[sell.Refund, sell.Order]:
    refund = sell.refunds(tx, [number])[number]
    return refund, sell.order(tx, refund.order)


def closing(outside: Outside) -> Errand:
    """Close WeChat's order of an order the buyer gave up."""

    async def act(outside: Outside, order: sell.Order, _: str) -> str:
        await outside.pay.close(order.id)
        return "closed"

    return _order_errand(outside, act)
