"""What happened: the feed, and the tree of cause and effect behind each event.

The wording is the page's (`frontend/shared`); here every event gets the facts its sentence needs.
"""

from collections.abc import Collection, Mapping
from typing import Annotated

from fastapi import APIRouter, Query

from roulian.store import Status, Tx, trail
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.effects import Grown, grow, tally
from roulian.web.console.facts import Facts, enriched
from roulian.web.console.shapes import Before, Limit, Listing, Scalar, View, Words
from roulian.web.errors import NotFound

ROUTINE = frozenset(
    {
        "people.MemberJoined",
        "people.MembersMerged",
        "people.MembersParted",
        "people.ConsentGiven",
        "decide.ProposalMade",
        "decide.ProposalApplied",
        "sell.OrderPlaced",
        "sell.OrderPaid",
        "sell.OrderCancelled",
        "sell.PromiseMoved",
        "sell.OrderShipped",
        "sell.OrderDelivered",
        "sell.RefundDue",
        "sell.OrderRefunded",
        "stock.StockReceived",
        "stock.LotReceived",
        "stock.ClaimsFilled",
        "stock.ReservationExpired",
        "deliver.Shipped",
        "deliver.ReadyToCollect",
        "deliver.Delivered",
        "deliver.NotCollected",
        "tell.NoticeSent",
        "tell.NoticeFailed",
    }
)
"""Everyday kinds, hundreds a day: the feed shows them only when asked for everything."""


class EffectsView(View):
    """What an event has caused so far, all the way down; orders and members are counted once each."""

    orders: int
    members: int
    purchases: int
    works: int
    jobs: int
    events: int


class EventView(View):
    """An event with the facts its sentence needs; `names` holds the words behind the ids."""

    id: str
    kind: str
    at_ms: int
    facts: Mapping[str, Scalar]
    names: Mapping[str, Words]
    effects: EffectsView


class NodeView(View):
    """One node of the tree: an event, or a deadline or job it set, or the request that began it.

    `handlers` are what the ring ran for an event; `more` counts children left out.
    """

    id: str
    what: str
    kind: str
    at_ms: int | None
    status: str | None
    tries: int
    error: str
    handlers: tuple[str, ...]
    facts: Mapping[str, Scalar]
    children: tuple["NodeView", ...]
    more: int


class TreeView(View):
    """Why an event happened (`chain`, the first cause first) and what it caused (`root`)."""

    chain: tuple[NodeView, ...]
    root: NodeView
    effects: EffectsView
    names: Mapping[str, Words]


def events_router(deps: ConsoleDeps) -> APIRouter:
    """GET /events and /events/{id}."""
    router = APIRouter()

    @router.get("/events")
    async def events(
        *,
        news: Annotated[bool, Query(description="leave out everyday kinds")] = True,
        before: Before = None,
        limit: Limit = 40,
    ) -> Listing[EventView]:
        """What happened, newest first."""

        def read(tx: Tx) -> Listing[EventView]:
            found = page(tx, news=news, before=before, limit=limit)
            more = found[-1].id if len(found) == limit else None
            return Listing(rows=event_views(tx, found), names={}, next=more)

        return await deps.store.ask(read)

    @router.get("/events/{ident}")
    async def event(ident: str) -> TreeView:
        """Why it happened, and everything it caused."""
        return await deps.store.ask(lambda tx: _tree(tx, ident))

    return router


def page(tx: Tx, *, news: bool, before: str | None, limit: int) -> tuple[trail.Said, ...]:
    """Up to `limit` events, newest first; with `news` only those worth a line of their own."""
    if not news:
        return trail.events_page(tx, before=before, limit=limit)
    kinds = [tally.kind for tally in trail.tallies(tx) if tally.kind not in ROUTINE]
    return trail.events_of_kinds(tx, kinds, before=before, limit=limit)


def event_views(tx: Tx, events: Collection[trail.Said]) -> tuple[EventView, ...]:
    """Events with their facts, names and what they have caused so far, in plural reads for the whole page."""
    told = enriched(tx, events)
    grown = grow(tx, [event.id for event in events if event.kind not in ROUTINE])
    names = told.names
    return tuple(
        EventView(
            id=event.id,
            kind=event.kind,
            at_ms=event.at.ms,
            facts=told.facts[event.id],
            names={str(value): names[str(value)] for value in told.facts[event.id].values() if str(value) in names},
            effects=_effects(tx, grown, event.id),
        )
        for event in events
    )


def _effects(tx: Tx, grown: Grown, root: str) -> EffectsView:
    counted = tally(tx, grown, root)
    return EffectsView(
        orders=len(counted.orders),
        members=len(counted.members),
        purchases=counted.purchases,
        works=counted.works,
        jobs=counted.jobs,
        events=counted.events,
    )


def _tree(tx: Tx, ident: str) -> TreeView:
    story = trail.story(tx, ident)
    if story is None:
        raise NotFound
    grown = grow(tx, [ident])
    shown = {step.id for step in story.why} | set(grown.events()) | {ident}
    told = enriched(tx, trail.events(tx, shown).values())
    root = Step(
        story.event.id, trail.Mark.EVENT, story.event.kind, Status.DONE, 1, "", story.event.at, story.event.cause
    )
    handlers = tuple(step.name for step in story.effects if step.mark is trail.Mark.DELIVERY)
    return TreeView(
        chain=tuple(_node(step, told.facts, {}) for step in reversed(story.why)),
        root=_node(root, told.facts, grown.children, handlers=handlers),
        effects=_effects(tx, grown, ident),
        names=told.names,
    )


Step = trail.Step


def _node(
    step: Step,
    facts: Mapping[str, Facts],
    children: Mapping[str, tuple[Step, ...]],
    *,
    handlers: tuple[str, ...] = (),
) -> NodeView:
    is_event = step.mark is trail.Mark.EVENT
    below = children.get(step.id, ())
    shown = _sampled(below)
    return NodeView(
        id=step.id,
        what=step.mark,
        kind=step.name,
        at_ms=step.at.ms if step.at else None,
        status=None if is_event or step.mark is trail.Mark.REQUEST else step.status,
        tries=step.tries,
        error=step.error,
        handlers=handlers,
        facts=facts.get(step.id, {}),
        children=tuple(_node(child, facts, children) for child in shown),
        more=len(below) - len(shown),
    )


MOST_OF_A_KIND = 8


def _sampled(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """At most `MOST_OF_A_KIND` steps of each kind, in their order: forty equal notices tell no more than eight."""
    seen: dict[str, int] = {}
    shown = []
    for step in steps:
        kind = step.name.split(" ", maxsplit=1)[0]
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= MOST_OF_A_KIND:
            shown.append(step)
    return tuple(shown)
