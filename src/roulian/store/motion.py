"""What moves by itself: the ring of events, deadlines that fall due, errands to the outside.

Pure declarations, made by the composition root out of `flows`; `pump` turns them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from roulian.store.tx import Tx
from roulian.words import Event, Instant, Rejected

Handler = Callable[[Tx, Any], None]
Ring = Mapping[type[Event], Sequence[Handler]]


@dataclass(frozen=True, slots=True)
class Job:
    """A call to the outside that was promised in a transaction. `id` serves the outside as idempotency key.

    `tries` counts the calls begun before this one; `asked_at` is when the job was made.
    """

    id: str
    kind: str
    key: str
    body: str
    tries: int
    asked_at: Instant


@dataclass(frozen=True, slots=True)
class Errand:
    """How one kind of job is run: `call` with no transaction open, then `record` its answer in one.

    `rejected` records a no of the outside (`words.Rejected`). `lost` reconciles a call whose outcome is
    unknown: it may ask again under a key the outside knows (`tx.job` of the same kind and key re-arms a
    lost job), or make a job that queries. Without `lost` an unknown outcome is stuck, for a person to judge.
    """

    call: Callable[[Job], Awaitable[str]]
    record: Callable[[Tx, Job, str], None]
    rejected: Callable[[Tx, Job, Rejected], None]
    lost: Callable[[Tx, Job], None] | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who outside hears what happens: the `events` there are to hear, and what is done with one that is heard.

    `listened(tx)` names the kinds somebody wants now. It is asked at most once per database transaction, and only
    where one of `events` is said: what nobody listens to costs nothing. A listener hears what is said in
    transactions that begin after it was written down.
    """

    events: Sequence[type[Event]]
    listened: Callable[[Tx], frozenset[str]]
    handler: Handler


@dataclass(frozen=True, slots=True)
class Motion:
    """Everything that moves by itself, by name; `audience` is None where nobody outside can listen."""

    ring: Ring = field(default_factory=dict)
    deadlines: Mapping[str, Callable[[Tx, str], None]] = field(default_factory=dict)
    errands: Mapping[str, Errand] = field(default_factory=dict)
    audience: Audience | None = None
