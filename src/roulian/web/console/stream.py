"""Server-sent events: the ring about once a second while anything moves, and what happened since the last look.

Each open page has its own look; one costs a dozen plural reads of a snapshot, a few milliseconds.
"""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from roulian.store import Tx, trail
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.events import EventView, event_views, page
from roulian.web.console.ring import ring_view

TICK_S = 1.0
MOST_EVENTS = 30
_EVENTS = TypeAdapter(tuple[EventView, ...])


def stream_router(deps: ConsoleDeps) -> APIRouter:
    """GET /stream."""
    router = APIRouter()

    @router.get("/stream", response_class=StreamingResponse)
    async def stream(request: Request) -> StreamingResponse:
        """`ring` carries a RingView, `events` a list of EventView, newest first; both as JSON."""
        return StreamingResponse(
            _ticks(deps, request), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    return router


async def _ticks(deps: ConsoleDeps, request: Request) -> AsyncIterator[str]:
    last = await deps.store.ask(_newest)
    told = ""
    while not await request.is_disconnected():
        ring = (await ring_view(deps)).model_dump_json()
        yield _message("ring", ring) if ring != told else ": still\n\n"
        told = ring
        since = last
        views, last = await deps.store.ask(lambda tx: _since(tx, since))  # noqa: B023 - asked before `since` changes
        if views:
            yield _message("events", _EVENTS.dump_json(views).decode())
        await asyncio.sleep(TICK_S)


def _newest(tx: Tx) -> str:
    found = trail.events_page(tx, limit=1)
    return found[0].id if found else ""


def _since(tx: Tx, last: str) -> tuple[tuple[EventView, ...], str]:
    """What happened after the event `last`: the news of it first, then as many everyday events as fit."""
    newest = _newest(tx)
    if newest == last:
        return (), last
    news = [said for said in page(tx, news=True, before=None, limit=MOST_EVENTS) if said.id > last]
    rest = [said for said in page(tx, news=False, before=None, limit=MOST_EVENTS) if said.id > last]
    chosen = {said.id: said for said in [*news, *rest][:MOST_EVENTS]}
    return event_views(tx, [chosen[ident] for ident in sorted(chosen, reverse=True)]), newest


def _message(name: str, body: str) -> str:
    return f"event: {name}\ndata: {body}\n\n"
