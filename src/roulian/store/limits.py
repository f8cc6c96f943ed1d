"""Rate limits as rows: never more than the limit in any window, exact to one slot.

A plain token bucket lets nearly twice its limit through in an unlucky window (a full bucket, then its refill),
and WeChat punishes that. Here the window is cut into slots and whole slots are counted, so a taken place comes
back between one window and one window plus one slot later.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

if TYPE_CHECKING:
    from roulian.store.tx import Tx

SLOTS = 32
_LOCK = sa.text(
    "INSERT INTO store_limits (key, slots) VALUES (:key, '[]')"
    " ON CONFLICT (key) DO UPDATE SET slots = store_limits.slots RETURNING slots"
)
_SAVE = sa.text("UPDATE store_limits SET slots = :slots WHERE key = :key")


def take(tx: "Tx", key: str, *, limit: int, per: timedelta) -> bool:
    """Whether one more of `key` fits; the row stays locked until commit, so two processes agree."""
    slot_ms = max(1, -(-int(per.total_seconds() * 1000) // SLOTS))
    slot = tx.now.ms // slot_ms
    row = tx.one(_LOCK, key=key)
    assert row is not None
    taken = [pair for pair in msgspec.json.decode(row[0], type=list[tuple[int, int]]) if pair[0] >= slot - SLOTS]
    if sum(count for _, count in taken) >= limit:
        return False
    counts = dict(taken)
    counts[slot] = counts.get(slot, 0) + 1
    tx.run(_SAVE, key=key, slots=msgspec.json.encode(sorted(counts.items())).decode())
    return True
