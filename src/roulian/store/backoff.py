"""How long to wait before trying again, and when to stop and call for a person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from roulian.store.tables import Status
from roulian.words import Instant

_JITTER_BITS = 20
_ERROR_CHARS = 500


def no_jitter(bits: int) -> int:  # noqa: ARG001 - the signature of every source of chance
    """Chance that always draws 0: the full pause."""
    return 0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses double from `first_ms` up to `longest_ms`, shortened by up to a half by `chance(bits)`.

    After `most_tries` failures it is stuck. Jitter keeps many that failed together from returning together.
    """

    chance: Callable[[int], int] = no_jitter
    first_ms: int = 1_000
    longest_ms: int = 600_000
    most_tries: int = 8

    def pause_ms(self, tries: int) -> int:
        """Milliseconds to wait after the failure that followed `tries` earlier ones."""
        whole = min(self.first_ms << min(tries, 30), self.longest_ms)
        return whole - (whole * self.chance(_JITTER_BITS) >> (_JITTER_BITS + 1))

    def after(self, tries: int, now: Instant, error: BaseException) -> dict[str, Any]:
        """The columns of a row that failed once more: its status, when it is due again, and why."""
        said = str(error).partition("\n")[0]  # further lines of a driver's message quote the row
        stuck = tries + 1 >= self.most_tries
        return {
            "status": Status.STUCK if stuck else Status.DUE,
            "due_at": now.ms + self.pause_ms(tries),
            "error": f"{type(error).__name__}: {said}"[:_ERROR_CHARS],
        }
