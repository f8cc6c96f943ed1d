"""What a person may ask of us (PIPL art. 44-48): see what we hold, have it corrected, be forgotten. And what time asks.

Each stage that holds something of a person is asked through its face; `HELD` and `FORGET` are the lists of them.
Orders and payments are kept for three years (E-commerce Law art. 31): they stay, under an id that leads to nobody.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from roulian import decide, deliver, people, returns, sell, sense, tailor, tell
from roulian.flows.outgoing import Outside
from roulian.store import Errand, Job, KeyRing, Tx
from roulian.words import MemberId, OrderId, Rejected

EVERYTHING = 1_000_000
RETAIN_HOUR = 3
_OVER = frozenset(
    {sell.OrderStatus.CANCELLED, sell.OrderStatus.DELIVERED, sell.OrderStatus.REFUNDED, sell.OrderStatus.FORFEITED}
)
_DECIDED = frozenset({returns.CaseStatus.REFUSED, returns.CaseStatus.WITHDRAWN, returns.CaseStatus.SETTLED})

Held = Callable[[Tx, Sequence[MemberId]], Sequence[people.Holding]]


def _orders(tx: Tx, family: Sequence[MemberId]) -> Sequence[people.Holding]:
    orders = [order for one in family for order in sell.orders_page(tx, member=one, limit=EVERYTHING)]
    return [
        people.Holding(
            "order_line",
            {
                "order": order.id,
                "status": order.status,
                "region": order.region,
                "placed_ms": order.placed_at.ms,
                "promised_day": order.promised_day.iso(),
                "order_total_fen": order.total_fen,
                "sku": line.sku,
                "qty": line.qty,
                "price_fen": line.price_fen,
                "discount_fen": line.discount_fen,
            },
        )
        for order in orders
        for line in order.lines
    ]


def _parcels(tx: Tx, family: Sequence[MemberId]) -> Sequence[people.Holding]:
    orders = [order.id for one in family for order in sell.orders_page(tx, member=one, limit=EVERYTHING)]
    promises = decide.promises(tx, orders)
    return [
        *(
            people.Holding(
                "promise", {"order": order, "sku": promise.sku, "qty": promise.qty, "day": promise.day.iso()}
            )
            for order, made in promises.items()
            for promise in made
        ),
        *(
            people.Holding("parcel", {"order": order, "waybill": parcel.waybill, "status": parcel.status})
            for order, parcels in deliver.shipments(tx, orders).items()
            for parcel in parcels
        ),
    ]


def _cases(tx: Tx, family: Sequence[MemberId]) -> Sequence[people.Holding]:
    return [
        people.Holding(
            "after_sales",
            {
                "order": case.order,
                "kind": case.kind,
                "reason": case.reason,
                "status": case.status,
                "asked_ms": case.asked_at.ms,
            },
        )
        for one in family
        for order in sell.orders_page(tx, member=one, limit=EVERYTHING)
        for case in returns.cases_of(tx, order.id)
    ]


def _signals(tx: Tx, family: Sequence[MemberId]) -> Sequence[people.Holding]:
    return [
        people.Holding(
            "signal",
            {"kind": one.kind, "sku": one.sku, "article": one.article, "region": one.region, "at_ms": one.at.ms},
        )
        for one in sense.signals_of(tx, family)
    ]


def _messages(tx: Tx, family: Sequence[MemberId]) -> Sequence[people.Holding]:
    notices = [notice for one in family for notice in tell.notices_page(tx, member=one, limit=EVERYTHING)]
    allowed = tell.consents(tx, family)
    return [
        *(
            people.Holding(
                "notice", {"about": one.about, "text": one.text(), "status": one.status, "at_ms": one.made_at.ms}
            )
            for one in notices
        ),
        *(
            people.Holding("messages_allowed", {"template": template, "left": left})
            for templates in allowed.values()
            for template, left in templates.items()
        ),
        *(
            people.Holding("account", {"appid": appid, "follow": follow})
            for one in family
            for appid, follow in tell.follows(tx, one).items()
        ),
        *(
            people.Holding(
                "window", {"appid": window.account, "opener": window.opener, "closes_ms": window.closes_at.ms}
            )
            for one in family
            for window in tell.windows(tx, one)
        ),
    ]


def _pieces(tx: Tx, family: Sequence[MemberId]) -> Sequence[people.Holding]:
    return [
        people.Holding(
            "made_to_measure",
            {
                "request": one.id,
                "product": one.piece.product,
                "standing": one.standing,
                "choices": one.piece.said_zh,
                "texts": one.words(),
                "measures": one.measures(),
                "price_fen": one.piece.price_fen,
                "asked_ms": one.made_at.ms,
            },
        )
        for one in tailor.requests_of(tx, family)
    ]


HELD: Mapping[str, Held] = {
    "sell": _orders,
    "deliver": _parcels,
    "returns": _cases,
    "tailor": _pieces,
    "sense": _signals,
    "tell": _messages,
}
"""How each stage is asked what it holds of the person with these ids; people itself answers first."""

FORGET: Mapping[str, Callable[[Tx, Sequence[MemberId]], object]] = {
    "sense": sense.forget,
    "tell": tell.forget,
    "tailor": tailor.forget,
}
"""Who forgets the person besides people; the others hold nothing but what the law keeps."""


def export(tx: Tx, ring: KeyRing, *, member: MemberId, by: str) -> tuple[people.Holding, ...]:
    """Everything held of the person; the reading is recorded under `by`. Raises `UnknownMember`, `CannotOpen`."""
    family = _family(tx, member)
    reading = people.note_reading(
        tx, [member], reader=by, fields=tuple(people.Personal), purpose=people.Duty.OWN_REQUEST
    )
    others = [holding for asked in HELD.values() for holding in asked(tx, family)]
    return (*people.holdings(tx, ring, reading=reading), *others)


def erase(tx: Tx, member: MemberId) -> tuple[MemberId, ...]:
    """The person is forgotten by every stage; the ids they had lead to nobody. Raises `UnknownMember`, `OrdersUnderWay`.

    The next night what was removed is gone from the disk too.
    """
    open_now = [order for one in _family(tx, member) for order in _under_way(tx, one)]
    family = people.erase(tx, member, orders=open_now)
    for forget in FORGET.values():
        forget(tx, family)
    tx.at_first(tx.now.day().plus(1).at(RETAIN_HOUR), "rights.compact", "compact")
    return family


def _under_way(tx: Tx, member: MemberId) -> list[OrderId]:
    orders = sell.orders_page(tx, member=member, limit=EVERYTHING)
    return [order.id for order in orders if order.status not in _OVER or _is_asked_back(tx, order.id)]


def _is_asked_back(tx: Tx, order: OrderId) -> bool:
    return any(case.status not in _DECIDED for case in returns.cases_of(tx, order))


def _family(tx: Tx, member: MemberId) -> Sequence[MemberId]:
    family = people.families(tx, [member]).get(member)
    if family is None:
        raise people.UnknownMember(member)
    return family


def begin(tx: Tx) -> None:
    """The first night on which what is past its time is removed; each night sets the next."""
    tx.at_first(tx.now.day().at(RETAIN_HOUR), "rights.retain", "retain")


def retain(tx: Tx, key: str) -> None:
    """What is past its time is removed, and tomorrow night looked again."""
    people.forget_expired(tx)
    sense.forget_old(tx, before=people.kept_since(people.Kept.SIGNAL_LINK, now=tx.now))
    tx.at(tx.now.day().plus(1).at(RETAIN_HOUR), "rights.retain", key)


def call_compact(tx: Tx, _key: str) -> None:
    """Somebody was forgotten since the disk was last cleared: ask for it tonight."""
    tx.job("rights.compact", tx.now.day().iso())


def compacting(outside: Outside) -> Errand:
    """Clear what was removed off the disk, with no transaction open; nobody writes meanwhile (`Store.compact`)."""

    async def call(_: Job) -> str:
        await asyncio.to_thread(outside.memory().compact)
        return ""

    return Errand(call=call, record=_cleared, rejected=_never_rejected, lost=_again)


def _cleared(_tx: Tx, _job: Job, _answer: str) -> None:
    """The call itself did it; done twice changes nothing."""


def _never_rejected(_tx: Tx, _job: Job, _error: Rejected) -> None:
    """Nobody outside is asked."""


def _again(tx: Tx, job: Job) -> None:
    tx.job(job.kind, job.key, job.body)
