"""Deliveries and deadlines: effect and receipt in one commit, repeated with growing pauses, then stuck and visible."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from roulian.store.backoff import Backoff
from roulian.store.motion import Motion
from roulian.store.routes import Routes
from roulian.store.tx import Tx
from roulian.words import Bug
from roulian.words.event import read

BATCH = 32
_DUE_DELIVERIES = (
    "SELECT d.event, d.handler, d.tries, e.kind, e.body FROM store_deliveries d JOIN store_events e ON e.id = d.event"
    " WHERE d.status = 'due' AND d.due_at <= :now ORDER BY d.due_at, d.event, d.place LIMIT :most"
)
_DUE_DEADLINES = (
    "SELECT kind, key, tries FROM store_deadlines"
    " WHERE status = 'due' AND due_at <= :now ORDER BY due_at, kind, key LIMIT :most"
)
DUE_DELIVERIES = {"": sa.text(_DUE_DELIVERIES), "skip": sa.text(_DUE_DELIVERIES + " FOR UPDATE OF d SKIP LOCKED")}
DUE_DEADLINES = {"": sa.text(_DUE_DEADLINES), "skip": sa.text(_DUE_DEADLINES + " FOR UPDATE SKIP LOCKED")}
_DELIVERED = sa.text(
    "UPDATE store_deliveries SET status = 'done', done_at = :now, tries = tries + 1, error = ''"
    " WHERE event = :event AND handler = :handler"
)
_DELIVERY_FAILED = sa.text(
    "UPDATE store_deliveries SET status = :status, due_at = :due_at, tries = tries + 1, error = :error"
    " WHERE event = :event AND handler = :handler"
)
_FELL_DUE = sa.text(
    "UPDATE store_deadlines SET status = 'done', done_at = :now, tries = tries + 1, error = ''"
    " WHERE kind = :kind AND key = :key"
)
_DEADLINE_FAILED = sa.text(
    "UPDATE store_deadlines SET status = :status, due_at = :due_at, tries = tries + 1, error = :error"
    " WHERE kind = :kind AND key = :key"
)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Turns the ring: hands events to their handlers and deadlines to theirs."""

    motion: Motion
    routes: Routes
    backoff: Backoff
    locking: str

    def deliver(self, tx: Tx) -> int:
        """Run up to `BATCH` due deliveries, each in its own savepoint with its receipt; how many were touched."""
        due = tx.rows(DUE_DELIVERIES[self.locking], now=tx.now.ms, most=BATCH)
        for event, handler, tries, kind, body in due:
            error = tx.apart(partial(self._hand_over, event, handler, kind, body), cause=event)
            if error is not None:
                tx.run(_DELIVERY_FAILED, event=event, handler=handler, **self.backoff.after(tries, tx.now, error))
        return len(due)

    def fall_due(self, tx: Tx) -> int:
        """Run up to `BATCH` due deadlines the same way."""
        due = tx.rows(DUE_DEADLINES[self.locking], now=tx.now.ms, most=BATCH)
        for kind, key, tries in due:
            error = tx.apart(partial(self._meet, kind, key), cause=f"at:{kind}/{key}")
            if error is not None:
                tx.run(_DEADLINE_FAILED, kind=kind, key=key, **self.backoff.after(tries, tx.now, error))
        return len(due)

    def _hand_over(self, event: str, handler: str, kind: str, body: str, tx: Tx) -> None:
        function = self.routes.functions.get((kind, handler))
        if function is None:
            raise Bug(f"the ring has no handler {handler} for {kind}")
        tx.run(_DELIVERED, event=event, handler=handler, now=tx.now.ms)
        function(tx, read(self.routes.classes[kind], body))

    def _meet(self, kind: str, key: str, tx: Tx) -> None:
        function: Callable[[Tx, str], Any] | None = self.motion.deadlines.get(kind)
        if function is None:
            raise Bug(f"nobody knows the deadline {kind}")
        tx.run(_FELL_DUE, kind=kind, key=key, now=tx.now.ms)
        function(tx, key)
