"""The queue of everything WeChat pushes to others: when it is due, how often it was tried, what was answered.

Messages to an account's URL are tried three times, five seconds apart; a shop's ten times within 3.6 hours. Pay
notices follow Pay's own table for 24 h 4 min until the receiver answers 200 or 204. `delivery` sends; here nothing
leaves the house.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from wechat_sandbox import faults
from wechat_sandbox.faults import FaultKind
from wechat_sandbox.state import State


class PushDoor(StrEnum):
    """What kind of push: a message to an account, a shop, a platform or a bare URL; of Pay; a URL check."""

    MESSAGE = "message"
    SHOP = "shop"
    PLATFORM = "platform"
    PLAIN = "plain"
    PAY = "pay"
    PROBE = "probe"
    VERIFY = "verify"


class PushStatus(StrEnum):
    """Where a push stands."""

    DUE = "due"
    SENDING = "sending"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"


MESSAGE_RETRIES_S = (5, 5)
SHOP_RETRIES_S = (0, 0, 10, 60, 300, 1800, 3600, 3600, 3600)
PAY_RETRIES_S = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
RETRIES_S: Mapping[PushDoor, tuple[int, ...]] = {
    PushDoor.MESSAGE: MESSAGE_RETRIES_S,
    PushDoor.SHOP: SHOP_RETRIES_S,
    PushDoor.PLATFORM: MESSAGE_RETRIES_S,
    PushDoor.PLAIN: MESSAGE_RETRIES_S,
    PushDoor.PAY: PAY_RETRIES_S,
    PushDoor.PROBE: (),
    PushDoor.VERIFY: (),
}
DUPLICATE_AFTER_MS = 500
REORDER_STEP_MS = 1_000


def push(state: State, door: PushDoor, *, owner: str, subject: str, url: str, content: Mapping[str, Any]) -> None:
    """One push of `content` to `url` is due now, unless a waiting fault holds, doubles or delays it."""
    if not url:
        return
    row = (owner, subject, url, msgspec.json.encode(content).decode(), state.now_ms)
    due_ms = state.now_ms
    if not state.has_faults:
        _insert(state, door, row, due_ms=due_ms, status=PushStatus.DUE)
        return
    held = faults.strike(state, FaultKind.HOLD, owner=owner)
    status = PushStatus.HELD if held is not None else PushStatus.DUE
    reorder = faults.strike(state, FaultKind.REORDER, owner=owner)
    if reorder is not None:
        due_ms += reorder["remaining"] * REORDER_STEP_MS
    if door is PushDoor.PAY and faults.strike(state, FaultKind.SIGNTEST, owner=owner):
        _insert(state, PushDoor.PROBE, row, due_ms=due_ms, status=status)
    if faults.strike(state, FaultKind.DUPLICATE, owner=owner):
        _insert(state, door, row, due_ms=due_ms + DUPLICATE_AFTER_MS, status=status)
    _insert(state, door, row, due_ms=due_ms, status=status)


def _insert(
    state: State, door: PushDoor, row: tuple[str, str, str, str, int], *, due_ms: int, status: PushStatus
) -> None:
    state.run(
        "INSERT INTO callbacks (owner, subject, url, content, created_ms, door, due_ms, status)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *row,
        door,
        due_ms,
        status,
    )


def release(state: State) -> int:
    """How many held pushes are now due."""
    return state.run("UPDATE callbacks SET status = 'due', due_ms = ? WHERE status = 'held'", state.now_ms).rowcount


def retry(state: State, callback: int) -> bool:
    """Whether the push is now due at once, whatever its table says: there is one and it waits, is held or was given up."""
    changed = state.run(
        "UPDATE callbacks SET status = 'due', due_ms = ? WHERE id = ? AND status IN ('due', 'held', 'failed')",
        state.now_ms,
        callback,
    )
    return changed.rowcount > 0


def resume(state: State) -> None:
    """Pushes that were on their way when the sandbox stopped are due again, as WeChat would retry them."""
    state.run("UPDATE callbacks SET status = 'due' WHERE status = 'sending'")


def next_due_ms(state: State) -> int | None:
    """When the next push is due, or None."""
    due_ms: int | None = state.value("SELECT MIN(due_ms) FROM callbacks WHERE status = 'due'")
    return due_ms
