"""What happened, as a feed to be read on from where one stopped: for who would rather ask than be told."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from pydantic import Field

from roulian.connect import UnknownKind
from roulian.flows import announce
from roulian.store import Tx, trail
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.shapes import Cursor, Limit, View, cursor_to, key_behind

LIST = "events"
SETTLED_AFTER = timedelta(seconds=10)
"""How far the feed stays behind: longer than any transaction lasts, so that no event comes in before one already read."""

Kinds = Annotated[list[str] | None, Query(max_length=100, description="only these kinds; repeat the parameter")]


class FactView(View):
    """A fact: `type` is its kind, `data` its own fields: ids, units, days, codes, never personal data."""

    id: str
    type: str
    timestamp: Annotated[str, Field(description="ISO 8601 in UTC")]
    data: dict[str, Any]


class Feed(View):
    """Facts, oldest first. `next` is where to read on, now or later: it is there even when nothing is new."""

    data: tuple[FactView, ...]
    next: str


class KindsView(View):
    """Every kind of fact there is to read and to subscribe to."""

    data: tuple[str, ...]


def events_router(deps: V1Deps) -> APIRouter:
    """/v1/events and /v1/event-kinds."""
    router = APIRouter(tags=["events"])

    @router.get("/v1/events")
    async def events(kind: Kinds = None, cursor: Cursor = None, limit: Limit = 50) -> Feed:
        """Facts after the cursor, up to ten seconds ago. Refused: unknown_event_kind."""
        stranger = next((one for one in kind or () if one not in announce.KINDS), None)
        if stranger is not None:
            raise UnknownKind(stranger)
        after = key_behind(cursor, LIST)
        return await deps.store.ask(lambda tx: _feed(tx, kind or announce.KINDS, after[0] if after else "", limit))

    @router.get("/v1/event-kinds")
    async def event_kinds() -> KindsView:
        """What there is to hear of."""
        return KindsView(data=announce.KINDS)

    return router


def _feed(tx: Tx, kinds: list[str] | tuple[str, ...], after: str, limit: int) -> Feed:
    found = trail.feed(tx, kinds, after=after, until=tx.now.plus(-SETTLED_AFTER), limit=limit)
    return Feed(
        data=tuple(
            FactView(id=one.id, type=one.kind, timestamp=one.at.iso(), data=msgspec.json.decode(one.body))
            for one in found
        ),
        next=cursor_to(LIST, found[-1].id if found else after),
    )
