"""Reading the trail: what waits, what happened, why, and what it caused."""

import sqlalchemy as sa

from roulian.store.tables import PULSES
from roulian.store.tx import Tx
from roulian.words import Instant

_NEXT = sa.text(
    "SELECT min(due_at) FROM ("
    "SELECT min(due_at) AS due_at FROM store_deliveries WHERE status IN ('due', 'running')"
    " UNION ALL SELECT min(due_at) FROM store_deadlines WHERE status IN ('due', 'running')"
    " UNION ALL SELECT min(due_at) FROM store_jobs WHERE status IN ('due', 'running')) AS waiting"
)
_LAST = sa.select(sa.func.max(PULSES.c.last_at))


def next_due(tx: Tx) -> Instant | None:
    """When the next thing falls due, or a running job's lease ends."""
    row = tx.one(_NEXT)
    return Instant(row[0]) if row and row[0] is not None else None


def last_instant(tx: Tx) -> Instant | None:
    """The latest instant any writer committed at, to the second."""
    row = tx.one(_LAST)
    return Instant(row[0]) if row and row[0] is not None else None
