"""The ring by stored names: what a row says and what runs for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from roulian.words import Bug, Event


def handler_name(handler: Callable[..., None]) -> str:
    """`shortage.replenish` for `roulian.flows.shortage.replenish`; a partial is named after its function."""
    function: Any = handler
    while isinstance(function, partial):
        function = function.func
    return f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"


def _nobody(_: Any) -> frozenset[str]:
    return frozenset()


class Listening(Protocol):
    """Who outside hears events; see `motion.Audience`."""

    @property
    def events(self) -> Sequence[type[Event]]:
        """What there is to hear."""
        ...

    @property
    def listened(self) -> Callable[[Any], frozenset[str]]:
        """Which kinds somebody wants now."""
        ...

    @property
    def handler(self) -> Callable[..., None]:
        """What is done with an event that is heard."""
        ...


@dataclass(frozen=True, slots=True)
class Routes:
    """Which handlers an event has, and which class and function a row means.

    The kinds in `audible` go to `outside` besides, where `listened` says that somebody wants them.
    """

    handlers: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, type[Event]]
    functions: Mapping[tuple[str, str], Callable[..., None]]
    audible: frozenset[str] = frozenset()
    listened: Callable[[Any], frozenset[str]] = _nobody
    outside: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, ring: Mapping[type[Event], Sequence[Callable[..., None]]], audience: Listening | None = None
    ) -> "Routes":
        """The routes of `ring` and of who listens outside.

        Two events, or two handlers of one event, under the same name are a `Bug`.
        """
        handlers: dict[str, tuple[str, ...]] = {}
        classes: dict[str, type[Event]] = {}
        functions: dict[tuple[str, str], Callable[..., None]] = {}
        for event, listeners in ring.items():
            kind = event.kind()
            names = tuple(handler_name(listener) for listener in listeners)
            if kind in classes or len(set(names)) != len(names):
                raise Bug(f"the ring names {kind} or one of its handlers twice: {names}")
            classes[kind], handlers[kind] = event, names
            functions.update({(kind, name): listener for name, listener in zip(names, listeners, strict=True)})
        if audience is None:
            return cls(handlers, classes, functions)
        name = handler_name(audience.handler)
        audible = {event.kind(): event for event in audience.events}
        functions.update({(kind, name): audience.handler for kind in audible})
        return cls(handlers, {**audible, **classes}, functions, frozenset(audible), audience.listened, (name,))
