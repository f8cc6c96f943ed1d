"""Reading the trail: what waits, what happened, why it happened, and what it caused.

Every event, deadline and job row keeps its `cause`: the id of an event (`evt_…`), of a job (`job_…`), of a deadline
(`at:kind/key`), or the label of a request from outside (`web.checkout`). So both questions are a walk over rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from roulian.store.errors import NothingStuck
from roulian.store.statement import any_of
from roulian.store.tables import DEADLINES, DELIVERIES, EVENTS, JOBS, PULSES, Status
from roulian.store.tx import Tx
from roulian.words import Instant

_LONGEST_CHAIN = 100


class Mark(StrEnum):
    """What kind of row a step on the trail is."""

    EVENT = "event"
    DELIVERY = "delivery"
    DEADLINE = "deadline"
    JOB = "job"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Step:
    """One row on the trail.

    `name` is the event's kind (`sell.OrderPaid`), the delivery's handler, the deadline's or job's kind and key, or
    the request's label. `at` is when it was said, done, or falls due; None for a request. `error` is why it last
    failed. `id` is what `retry` takes.
    """

    id: str
    mark: Mark
    name: str
    status: Status
    tries: int
    error: str
    at: Instant | None
    cause: str


@dataclass(frozen=True, slots=True)
class Said:
    """One event as it was said; `body` is JSON text."""

    id: str
    stage: str
    kind: str
    body: str
    cause: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Story:
    """An event, why it happened (nearest cause first, up to the request or deadline that began it), what it caused."""

    event: Said
    why: tuple[Step, ...]
    effects: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many events of a kind were said."""

    stage: str
    kind: str
    events: int


_NEXT = sa.text(
    "SELECT min(due_at) FROM ("
    "SELECT min(due_at) AS due_at FROM store_deliveries WHERE status = 'due'"
    " UNION ALL SELECT min(due_at) FROM store_deadlines WHERE status = 'due'"
    " UNION ALL SELECT min(due_at) FROM store_jobs WHERE status IN ('due', 'running')) AS waiting"
)
_LAST = sa.select(sa.func.max(PULSES.c.last_at))

_SAID = sa.select(EVENTS.c.id, EVENTS.c.stage, EVENTS.c.kind, EVENTS.c.body, EVENTS.c.cause, EVENTS.c.said_at)
_PAGE = _SAID.where(EVENTS.c.id < sa.bindparam("before")).order_by(EVENTS.c.id.desc()).limit(sa.bindparam("most"))
_STAGE_PAGE = _PAGE.where(EVENTS.c.stage == sa.bindparam("stage"))
_KINDS_PAGE = _PAGE.where(any_of(EVENTS.c.kind, "kinds"))
_FEED = (
    _SAID.where(
        EVENTS.c.id > sa.bindparam("after"),
        EVENTS.c.said_at <= sa.bindparam("until"),
        any_of(EVENTS.c.kind, "kinds"),
    )
    .order_by(EVENTS.c.id)
    .limit(sa.bindparam("most"))
)
_NEWEST = "~"  # sorts after every id
_EVENT = _SAID.where(EVENTS.c.id == sa.bindparam("id"))
_TALLY = sa.select(EVENTS.c.stage, EVENTS.c.kind, sa.func.count()).group_by(EVENTS.c.stage, EVENTS.c.kind)
_TALLIES = _TALLY.order_by(EVENTS.c.stage, EVENTS.c.kind)

_EVENT_STEP = sa.select(EVENTS.c.id, EVENTS.c.kind, EVENTS.c.said_at, EVENTS.c.cause)
_EVENT_BY_ID = _EVENT_STEP.where(EVENTS.c.id == sa.bindparam("id"))
_EVENTS_OF = _EVENT_STEP.where(EVENTS.c.cause == sa.bindparam("cause")).order_by(EVENTS.c.id)
_EVENTS_OF_ANY = _EVENT_STEP.where(any_of(EVENTS.c.cause, "causes")).order_by(EVENTS.c.id)
_SAID_BY_IDS = _SAID.where(any_of(EVENTS.c.id, "ids")).order_by(EVENTS.c.id)

_D = DELIVERIES.c
_DELIVERY_STEP = sa.select(
    _D.event, _D.handler, _D.status, _D.tries, _D.error, sa.func.coalesce(_D.done_at, _D.due_at)
).order_by(_D.event, _D.place)
_DELIVERIES_OF = _DELIVERY_STEP.where(_D.event == sa.bindparam("event_id"))
_STUCK_DELIVERIES = _DELIVERY_STEP.where(_D.status == Status.STUCK)

_L = DEADLINES.c
_DEADLINE_STEP = sa.select(
    _L.kind, _L.key, _L.status, _L.tries, _L.error, sa.func.coalesce(_L.done_at, _L.due_at), _L.cause
).order_by(_L.due_at, _L.kind, _L.key)
_DEADLINE_BY_ID = _DEADLINE_STEP.where(_L.kind == sa.bindparam("of_kind"), _L.key == sa.bindparam("of_key"))
_DEADLINES_OF = _DEADLINE_STEP.where(_L.cause == sa.bindparam("of_cause"))
_DEADLINES_OF_ANY = _DEADLINE_STEP.where(any_of(_L.cause, "causes"))
_STUCK_DEADLINES = _DEADLINE_STEP.where(_L.status == Status.STUCK)

_J = JOBS.c
_JOB_STEP = sa.select(
    _J.id, _J.kind, _J.key, _J.status, _J.tries, _J.error, sa.func.coalesce(_J.done_at, _J.due_at), _J.cause
).order_by(_J.id)
_JOB_BY_ID = _JOB_STEP.where(_J.id == sa.bindparam("job_id"))
_JOBS_OF = _JOB_STEP.where(_J.cause == sa.bindparam("of_cause"))
_JOBS_OF_ANY = _JOB_STEP.where(any_of(_J.cause, "causes"))
_STUCK_JOBS = _JOB_STEP.where(_J.status == Status.STUCK)

_RETRY = {"status": Status.DUE, "tries": 0, "due_at": sa.bindparam("now"), "done_at": None}
_RETRY_DELIVERY = (
    DELIVERIES.update()
    .where(_D.event == sa.bindparam("of_event"), _D.handler == sa.bindparam("of_handler"), _D.status == Status.STUCK)
    .values(_RETRY)
)
_RETRY_DEADLINE = (
    DEADLINES.update()
    .where(_L.kind == sa.bindparam("of_kind"), _L.key == sa.bindparam("of_key"), _L.status == Status.STUCK)
    .values(_RETRY)
)
_RETRY_JOB = JOBS.update().where(_J.id == sa.bindparam("of_id"), _J.status == Status.STUCK).values(_RETRY)


def next_due(tx: Tx) -> Instant | None:
    """When the next delivery, deadline or job falls due, or a running job's lease ends; None if nothing waits."""
    row = tx.one(_NEXT)
    return Instant(row[0]) if row and row[0] is not None else None


def last_instant(tx: Tx) -> Instant | None:
    """The latest instant any writer committed at, to the second; None in a fresh store."""
    row = tx.one(_LAST)
    return Instant(row[0]) if row and row[0] is not None else None


def events_page(tx: Tx, *, stage: str | None = None, before: str | None = None, limit: int = 50) -> tuple[Said, ...]:
    """Up to `limit` events, newest first; those before the event `before`, those of one `stage`."""
    if stage is None:
        rows = tx.rows(_PAGE, before=before or _NEWEST, most=limit)
    else:
        rows = tx.rows(_STAGE_PAGE, before=before or _NEWEST, most=limit, stage=stage)
    return tuple(_said(row) for row in rows)


def events_of_kinds(tx: Tx, kinds: Collection[str], *, before: str | None = None, limit: int = 50) -> tuple[Said, ...]:
    """Up to `limit` events of these kinds, newest first; those before the event `before`."""
    rows = tx.rows(_KINDS_PAGE, kinds=list(kinds), before=before or _NEWEST, most=limit)
    return tuple(_said(row) for row in rows)


def feed(tx: Tx, kinds: Collection[str], *, after: str, until: Instant, limit: int) -> tuple[Said, ...]:
    """Up to `limit` events of these kinds said up to `until`, oldest first, after the event `after` (empty: all).

    Ids sort by the instant their transaction began at, and another process may still commit one that is a moment
    older: who reads on from the last one misses none as long as `until` lies further back than a transaction lasts.
    """
    rows = tx.rows(_FEED, kinds=list(kinds), after=after, until=until.ms, most=limit)
    return tuple(_said(row) for row in rows)


def events(tx: Tx, ids: Collection[str]) -> Mapping[str, Said]:
    """The events of these ids, oldest first; unknown ids are absent."""
    return {row[0]: _said(row) for row in tx.rows(_SAID_BY_IDS, ids=list(ids))}


def tallies(tx: Tx) -> tuple[Tally, ...]:
    """How many events of each kind were said, by stage and kind."""
    return tuple(Tally(*row) for row in tx.rows(_TALLIES))


def story(tx: Tx, event: str) -> Story | None:
    """The event with its chain of causes and its effects, one level down; None if there is no such event."""
    row = tx.one(_EVENT, id=event)
    if row is None:
        return None
    said = _said(row)
    deliveries = _delivery_steps(tx.rows(_DELIVERIES_OF, event_id=event))
    return Story(said, why(tx, said.cause), (*deliveries, *effects(tx, event)))


def why(tx: Tx, cause: str) -> tuple[Step, ...]:
    """The chain from `cause` up to what began it, nearest first."""
    chain: list[Step] = []
    seen: set[str] = set()
    while cause and cause not in seen and len(chain) < _LONGEST_CHAIN:
        seen.add(cause)
        chain.append(_step(tx, cause))
        cause = chain[-1].cause
    return tuple(chain)


def effects(tx: Tx, cause: str) -> tuple[Step, ...]:
    """The events said, deadlines set and jobs promised because of `cause`."""
    return (
        *_event_steps(tx.rows(_EVENTS_OF, cause=cause)),
        *_deadline_steps(tx.rows(_DEADLINES_OF, of_cause=cause)),
        *_job_steps(tx.rows(_JOBS_OF, of_cause=cause)),
    )


def effects_of(tx: Tx, causes: Collection[str]) -> Mapping[str, tuple[Step, ...]]:
    """The same for many causes in three questions; causes without effects are absent."""
    asked = list(causes)
    steps = (
        *_event_steps(tx.rows(_EVENTS_OF_ANY, causes=asked)),
        *_deadline_steps(tx.rows(_DEADLINES_OF_ANY, causes=asked)),
        *_job_steps(tx.rows(_JOBS_OF_ANY, causes=asked)),
    )
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.cause, []).append(step)
    return {cause: tuple(caused) for cause, caused in found.items()}


def stuck(tx: Tx) -> tuple[Step, ...]:
    """Everything that kept failing and now waits for a person."""
    return (
        *_delivery_steps(tx.rows(_STUCK_DELIVERIES)),
        *_deadline_steps(tx.rows(_STUCK_DEADLINES)),
        *_job_steps(tx.rows(_STUCK_JOBS)),
    )


def retry(tx: Tx, step: str) -> None:
    """The stuck thing of id `step` (as `stuck` gives it) is due again; `NothingStuck` if there is none."""
    first, _, second = step.partition("/")
    if step.startswith("at:"):
        touched = tx.run(_RETRY_DEADLINE, of_kind=first.removeprefix("at:"), of_key=second, now=tx.now.ms)
    elif second:
        touched = tx.run(_RETRY_DELIVERY, of_event=first, of_handler=second, now=tx.now.ms)
    else:
        touched = tx.run(_RETRY_JOB, of_id=step, now=tx.now.ms)
    if not touched:
        raise NothingStuck(step)
    tx.stir()


def _step(tx: Tx, cause: str) -> Step:
    """The row that `cause` names; a label of the outside is a request, and so is a row that is no longer kept."""
    found: Sequence[Step] = ()
    if cause.startswith("evt_"):
        found = _event_steps(tx.rows(_EVENT_BY_ID, id=cause))
    elif cause.startswith("job_"):
        found = _job_steps(tx.rows(_JOB_BY_ID, job_id=cause))
    elif cause.startswith("at:"):
        kind, _, key = cause.removeprefix("at:").partition("/")
        found = _deadline_steps(tx.rows(_DEADLINE_BY_ID, of_kind=kind, of_key=key))
    return found[0] if found else Step(cause, Mark.REQUEST, cause, Status.DONE, 1, "", None, "")


def _said(row: tuple[Any, ...]) -> Said:
    id_, stage, kind, body, cause, said_at = row
    return Said(id_, stage, kind, body, cause, Instant(said_at))


def _event_steps(rows: Sequence[tuple[str, str, int, str]]) -> tuple[Step, ...]:
    return tuple(Step(id_, Mark.EVENT, kind, Status.DONE, 1, "", Instant(at), cause) for id_, kind, at, cause in rows)


def _delivery_steps(rows: Sequence[tuple[str, str, str, int, str, int]]) -> tuple[Step, ...]:
    return tuple(
        Step(f"{event}/{handler}", Mark.DELIVERY, handler, Status(status), tries, error, Instant(at), event)
        for event, handler, status, tries, error, at in rows
    )


def _deadline_steps(rows: Sequence[tuple[str, str, str, int, str, int, str]]) -> tuple[Step, ...]:
    return tuple(
        Step(f"at:{kind}/{key}", Mark.DEADLINE, f"{kind} {key}", Status(status), tries, error, Instant(at), cause)
        for kind, key, status, tries, error, at, cause in rows
    )


def _job_steps(rows: Sequence[tuple[str, str, str, str, int, str, int, str]]) -> tuple[Step, ...]:
    return tuple(
        Step(id_, Mark.JOB, f"{kind} {key}", Status(status), tries, error, Instant(at), cause)
        for id_, kind, key, status, tries, error, at, cause in rows
    )
