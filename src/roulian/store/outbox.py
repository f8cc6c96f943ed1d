"""Deliveries and deadlines: effect and receipt in one commit, repeated with growing pauses, then stuck and visible."""

from collections.abc import Callable, Sequence
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
class Delivery:
    """An event on its way to one handler."""

    event: str
    handler: str
    tries: int
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """Turns the ring: hands events to their handlers and deadlines to theirs."""

    motion: Motion
    routes: Routes
    backoff: Backoff
    locking: str

    def deliver(self, tx: Tx) -> int:
        """Run up to `BATCH` due deliveries, effects and receipts in this one commit; how many were touched.

        They run together first; if one fails they are all undone and run again, each in its own savepoint, so that
        the one that fails fails alone. Savepoints for all from the start would cost PostgreSQL a round trip each.
        """
        due = [Delivery(*row) for row in tx.rows(DUE_DELIVERIES[self.locking], now=tx.now.ms, most=BATCH)]
        if tx.apart(partial(self._hand_over, due), cause="") is not None:
            delivered = [each for each in due if self._hand_over_apart(tx, each)]
        else:
            delivered = due
        tx.many(_DELIVERED, [{"event": each.event, "handler": each.handler, "now": tx.now.ms} for each in delivered])
        return len(due)

    def _hand_over_apart(self, tx: Tx, delivery: Delivery) -> bool:
        error = tx.apart(partial(self._hand_over, (delivery,)), cause="")
        if error is not None:
            later = self.backoff.after(delivery.tries, tx.now, error)
            tx.run(_DELIVERY_FAILED, event=delivery.event, handler=delivery.handler, **later)
        return error is None

    def _hand_over(self, deliveries: Sequence[Delivery], tx: Tx) -> None:
        for each in deliveries:
            function = self.routes.functions.get((each.kind, each.handler))
            if function is None:
                raise Bug(f"the ring has no handler {each.handler} for {each.kind}")
            function(tx.because(each.event), read(self.routes.classes[each.kind], each.body))

    def fall_due(self, tx: Tx) -> int:
        """Run up to `BATCH` due deadlines, each in its own savepoint with its receipt; how many were touched."""
        due = tx.rows(DUE_DEADLINES[self.locking], now=tx.now.ms, most=BATCH)
        for kind, key, tries in due:
            error = tx.apart(partial(self._meet, kind, key), cause=f"at:{kind}/{key}")
            if error is not None:
                tx.run(_DEADLINE_FAILED, kind=kind, key=key, **self.backoff.after(tries, tx.now, error))
        return len(due)

    def _meet(self, kind: str, key: str, tx: Tx) -> None:
        function: Callable[[Tx, str], Any] | None = self.motion.deadlines.get(kind)
        if function is None:
            raise Bug(f"nobody knows the deadline {kind}")
        tx.run(_FELL_DUE, kind=kind, key=key, now=tx.now.ms)
        function(tx, key)
