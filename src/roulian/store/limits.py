"""Rate limits: never more than the limit in any window, exact to one slot.

A plain token bucket lets nearly twice its limit through in an unlucky window (a full bucket, then its refill), and
WeChat punishes that. Here the window is cut into slots and whole slots are counted, so a taken place comes back
between one window and one window plus one slot later. Neighbour: `tx.take` keeps what is computed here in a row.
"""

from datetime import timedelta

import msgspec

from roulian.words import Instant

SLOTS = 32


def take_place(slots: str, *, now: Instant, limit: int, per: timedelta) -> str | None:
    """The slots with one more place taken at `now`, or None if the window of `per` already holds `limit`.

    `slots` is JSON `[[slot, taken], …]`, slot being the instant in units of `per / SLOTS`.
    """
    slot_ms = max(1, -(-int(per.total_seconds() * 1000) // SLOTS))
    slot = now.ms // slot_ms
    all_taken = msgspec.json.decode(slots, type=list[tuple[int, int]])
    taken = {each: count for each, count in all_taken if each >= slot - SLOTS}
    if sum(taken.values()) >= limit:
        return None
    taken[slot] = taken.get(slot, 0) + 1
    return msgspec.json.encode(sorted(taken.items())).decode()
