"""Many batches, one commit: what arrives while a commit is on its way shares the next one.

Signals come in small batches from thousands of phones. Each alone would cost a transaction; gathered they cost what
their rows cost, and every sender is still answered only after the commit that holds its signals. The room is
bounded: when the store falls behind, phones are told to come back rather than kept waiting.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from roulian import people, sense
from roulian.store import Store
from roulian.web.storefront.deps import NotSignedIn
from roulian.words import Clock, Instant, Refusal

LARGEST_BATCH = 200
MOST_AT_ONCE = 10_000
MOST_WAITING = 200_000
MOST_UNDER_WAY = 2
"""Groups: while the engine writes one, the next is read and put in order."""

MOST_A_MINUTE = 1_200
"""Signals of one session in one minute that a pair of thumbs can make, with room; whoever is faster is a program."""

PROGRAMS = ("bot", "spider", "crawl", "slurp", "headless", "curl/", "wget/", "python-requests", "scrapy", "go-http")
"""Fragments of user agents that say themselves that nobody is looking."""


class Seen(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One thing a shopper did; `id` makes a repeated batch harmless, `at_ms` is the phone's clock, from 1970 on."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    kind: sense.SignalKind
    at_ms: Annotated[int, msgspec.Meta(ge=0)]
    sku: str | None = None
    article: str | None = None


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Up to 200 signals; `sent_at_ms` is the phone's clock at sending, which tells how far it is off."""

    events: Annotated[list[Seen], msgspec.Meta(max_length=LARGEST_BATCH)]
    sent_at_ms: Annotated[int, msgspec.Meta(ge=0)] | None = None


class CollectorBusy(Refusal):
    """More signals wait than the store can keep in a few seconds."""

    code = "collector_busy"
    zh = "现在人太多,行为数据稍后会自动重发。"
    en = "Too many signals wait. Send the batch again in a few seconds."


@dataclass(frozen=True, slots=True)
class Given:
    """One batch as it came: whose session, what was seen, and what program says it is (`agent`, a user agent)."""

    token: str
    batch: Batch
    agent: str = ""


@dataclass(slots=True)
class _Waiting:
    given: Given
    received: Instant
    answer: "asyncio.Future[int]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    """Takes batches and answers each once it is durable. One per event loop."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Keep in `store`, date by `clock`."""
        self._store = store
        self._clock = clock
        self._pace = _Pace()
        self._waiting: list[_Waiting] = []
        self._count = 0
        self._serving: set[asyncio.Task[None]] = set()
        self._under_way = 0

    async def take(self, given: Given) -> int:
        """How many of the batch's signals were new. Raises `NotSignedIn`, `CollectorBusy`."""
        if self._count + len(given.batch.events) > MOST_WAITING:
            raise CollectorBusy
        mine = _Waiting(given, self._clock.now())
        if self._under_way == MOST_UNDER_WAY:
            self._waiting.append(mine)
            self._count += len(given.batch.events)
        else:
            self._under_way += 1
            await self._serve([mine])
        return await mine.answer

    async def _serve(self, group: Sequence[_Waiting]) -> None:
        """Answer `group`; whoever came meanwhile is answered by a task of its own, so that nobody serves others."""
        try:
            await self._keep(group)
        finally:
            if self._waiting:
                serving = asyncio.create_task(self._serve(self._next()))
                self._serving.add(serving)
                serving.add_done_callback(self._serving.discard)
            else:
                self._under_way -= 1

    def _next(self) -> list[_Waiting]:
        group, size = [], 0
        while self._waiting and size < MOST_AT_ONCE:
            group.append(self._waiting.pop(0))
            size += len(group[-1].given.batch.events)
        self._count -= size
        return group

    async def _keep(self, group: Sequence[_Waiting]) -> None:
        tokens = {waiting.given.token for waiting in group}
        try:
            known = await self._store.ask(lambda tx: people.members_of_sessions(tx, tokens))
            signed_in = [waiting for waiting in group if waiting.given.token in known]
            batches = [self.batch(each.given, known[each.given.token], each.received) for each in signed_in]
            added = await self._store.run(lambda tx: sense.record(tx, batches), cause="web.signals")
        except asyncio.CancelledError:
            for waiting in group:
                waiting.answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - each sender's own request answers for it
            for waiting in group:
                _fail(waiting, error)
            return
        for waiting, count in zip(signed_in, added, strict=True):
            _answer(waiting, count)
        for waiting in group:
            if waiting.given.token not in known:
                _fail(waiting, NotSignedIn())

    def batch(self, given: Given, member: people.Member, received: Instant) -> sense.Batch:
        """What `member` did by our clock, marked if a program did it."""
        events = given.batch.events
        return sense.Batch(
            member=member.id,
            region=member.region,
            keys=sense.keys_of(member.id, (seen.id for seen in events)),
            kinds=[str(seen.kind) for seen in events],
            skus=[seen.sku or None for seen in events],
            articles=[seen.article or None for seen in events],
            seen_ms=sense.corrected_ms(
                [seen.at_ms for seen in events], sent_ms=given.batch.sent_at_ms, received_ms=received.ms
            ),
            is_bot=is_program(given.agent) or self._pace.is_too_fast(given.token, len(events), received),
        )


def is_program(agent: str) -> bool:
    """Whether the user agent says that it is a crawler, a headless browser or a script."""
    lowered = agent.lower()
    return any(fragment in lowered for fragment in PROGRAMS)


class _Pace:
    """Signals per session in the minute that runs; forgotten when the next one begins."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: dict[str, int] = {}

    def is_too_fast(self, token: str, count: int, now: Instant) -> bool:
        minute = now.ms // 60_000
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        self._counts[token] = self._counts.get(token, 0) + count
        return self._counts[token] > MOST_A_MINUTE


def _answer(waiting: _Waiting, count: int) -> None:
    if not waiting.answer.done():
        waiting.answer.set_result(count)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
