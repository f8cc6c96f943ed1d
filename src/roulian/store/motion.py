"""What moves by itself: the ring of events, deadlines that fall due, errands to the outside.

Pure declarations, made by the composition root out of `flows`; `pump` turns them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from roulian.words import Bug, Event, Instant, Rejected

if TYPE_CHECKING:
    from roulian.store.tx import Tx

Handler = Callable[["Tx", Any], None]
Ring = Mapping[type[Event], Sequence[Handler]]


class Status(StrEnum):
    """Where a delivery, deadline or job stands."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    REJECTED = "rejected"
    LOST = "lost"
    OFF = "off"
    STUCK = "stuck"


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
    record: Callable[["Tx", Job, str], None]
    rejected: Callable[["Tx", Job, Rejected], None]
    lost: Callable[["Tx", Job], None] | None = None


@dataclass(frozen=True, slots=True)
class Motion:
    """Everything that moves by itself, by name."""

    ring: Ring = field(default_factory=dict)
    deadlines: Mapping[str, Callable[["Tx", str], None]] = field(default_factory=dict)
    errands: Mapping[str, Errand] = field(default_factory=dict)


def handler_name(handler: Handler) -> str:
    """`shortage.replenish` for `roulian.flows.shortage.replenish`; a partial is named after its function."""
    function: Any = handler
    while isinstance(function, partial):
        function = function.func
    return f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"


@dataclass(frozen=True, slots=True)
class Routes:
    """The ring by stored names: which handlers an event has, and which class and function a row means."""

    handlers: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, type[Event]]
    functions: Mapping[tuple[str, str], Handler]

    @classmethod
    def of(cls, ring: Ring) -> "Routes":
        """The routes of `ring`; two events or two handlers of one event under the same name are a `Bug`."""
        handlers: dict[str, tuple[str, ...]] = {}
        classes: dict[str, type[Event]] = {}
        functions: dict[tuple[str, str], Handler] = {}
        for event, listeners in ring.items():
            kind = event.kind()
            names = tuple(handler_name(listener) for listener in listeners)
            if kind in classes or len(set(names)) != len(names):
                raise Bug(f"the ring names {kind} or one of its handlers twice: {names}")
            classes[kind], handlers[kind] = event, names
            functions.update({(kind, name): listener for name, listener in zip(names, listeners, strict=True)})
        return cls(handlers, classes, functions)
