"""What the console is given by the composition root: the store to read, the clock to steer."""

from dataclasses import dataclass
from typing import Protocol

from roulian.store import Store


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where time stands: `now_ms` since the epoch; `speed` in simulated seconds per real second."""

    now_ms: int
    paused: bool
    speed: float
    simulated: bool


class ClockControl(Protocol):
    """Time, as far as the console may steer it; a real clock answers `simulated=False` and ignores the rest."""

    def state(self) -> ClockState:
        """Where time stands now."""
        ...

    def set(self, *, paused: bool | None = None, speed: float | None = None) -> None:
        """Pause, go on, or change speed; what is None stays."""
        ...

    async def step(self, ms: int) -> None:
        """Move simulated time forward by `ms` and return when everything due on the way has run."""
        ...


@dataclass(frozen=True, slots=True)
class ConsoleDeps:
    """Everything the console needs."""

    store: Store
    clock: ClockControl
