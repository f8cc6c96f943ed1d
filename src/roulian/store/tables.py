"""Where motion is kept: events, their deliveries, deadlines, jobs, rate limits and the pulse; what was lent and heard.

`METADATA` is the one catalogue of the brand's schema: every stage declares its tables in it.
"""

from enum import StrEnum

import sqlalchemy as sa

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Status(StrEnum):
    """Where a delivery, deadline or job stands."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    REJECTED = "rejected"
    LOST = "lost"
    OFF = "off"
    STUCK = "stuck"


_DUE = "status = 'due'"
_OPEN = "status IN ('due', 'running')"


def _waiting_index(name: str, *columns: str, where: str = _DUE) -> sa.Index:
    """An index over the few rows still waiting, so that the many finished ones cost nothing."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


EVENTS = sa.Table(
    "store_events",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("said_at", sa.BigInteger, nullable=False),
    sa.Index("ix_store_events_stage_id", "stage", "id"),
    sa.Index("ix_store_events_cause", "cause"),
)

DELIVERIES = sa.Table(
    "store_deliveries",
    METADATA,
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("handler", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("done_at", sa.BigInteger),
    sa.PrimaryKeyConstraint("event", "handler"),
    _waiting_index("ix_store_deliveries_due", "due_at", "event", "place"),
)

DEADLINES = sa.Table(
    "store_deadlines",
    METADATA,
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("done_at", sa.BigInteger),
    sa.Column("cause", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("kind", "key"),
    _waiting_index("ix_store_deadlines_due", "due_at", "kind", "key"),
    sa.Index("ix_store_deadlines_cause", "cause"),
)

JOBS = sa.Table(
    "store_jobs",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("done_at", sa.BigInteger),
    sa.Column("cause", sa.Text, nullable=False),
    sa.UniqueConstraint("kind", "key"),
    _waiting_index("ix_store_jobs_open", "due_at", "id", where=_OPEN),
    sa.Index("ix_store_jobs_cause", "cause"),
)

LIMITS = sa.Table(
    "store_limits",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("slots", sa.Text, nullable=False),
)

PULSES = sa.Table(
    "store_pulses",
    METADATA,
    sa.Column("writer", sa.Text, primary_key=True),
    sa.Column("last_at", sa.BigInteger, nullable=False),
)

LOCKER = sa.Table(
    "store_locker",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("held_until", sa.BigInteger, nullable=False),
)

HEARD = sa.Table(
    "store_heard",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("until_at", sa.BigInteger, nullable=False, index=True),
)
