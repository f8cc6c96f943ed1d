"""How fast anyone may come: a bucket that holds a minute's worth of requests and refills evenly.

The bucket is kept as one number, the instant at which it would be full again (the generic cell rate algorithm, ITU-T
I.371): a request moves it on by one gap, and is refused where it would lie more than a minute ahead. In this process's
memory and bounded: it is there to keep one caller from taking everybody's place, not to count to the last request.
"""

from dataclasses import dataclass

MINUTE_MS = 60_000
MOST_KEYS = 100_000
_FORGOTTEN_RATIO = 0.1
"""Of the keys, how many go at once when none is idle, so that not every stranger costs a look at all of them."""


@dataclass(frozen=True, slots=True)
class Paces:
    """Requests a minute: of one address, of one session or API key, logging in from one address. 0 is no limit."""

    address: int
    session: int
    login: int


class Pace:
    """One kind of limit: `per_minute` requests of each key, all of them at once if it likes."""

    __slots__ = ("_full_at", "_gap", "_most_keys")

    def __init__(self, per_minute: int, *, most_keys: int = MOST_KEYS) -> None:
        """No key has come yet; 0 lets everybody pass."""
        self._gap = MINUTE_MS / per_minute if per_minute else 0.0
        self._most_keys = most_keys
        self._full_at: dict[int | str, float] = {}

    def wait_ms(self, key: int | str, now_ms: int) -> float:
        """0 where a request of `key` may pass now, and then it has; else how long until the next may."""
        if not self._gap:
            return 0.0
        full_at = self._full_at.get(key)
        if full_at is None and len(self._full_at) >= self._most_keys:
            self._forget(now_ms)
        after = (full_at if full_at is not None and full_at > now_ms else now_ms) + self._gap
        if after > now_ms + MINUTE_MS + 1e-6:
            return after - now_ms - MINUTE_MS
        self._full_at[key] = after
        return 0.0

    def keys(self) -> int:
        """How many keys are remembered."""
        return len(self._full_at)

    def _forget(self, now_ms: int) -> None:
        """Keys whose bucket is full are as good as new; where that is not enough, those known longest go."""
        self._full_at = {key: at for key, at in self._full_at.items() if at > now_ms}
        if len(self._full_at) >= self._most_keys:
            for key in list(self._full_at)[: int(self._most_keys * _FORGOTTEN_RATIO) + 1]:
                del self._full_at[key]
