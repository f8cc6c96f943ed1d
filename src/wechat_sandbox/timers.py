"""What happens by itself later: a publication finishes, a refund arrives, a receipt confirms itself.

A timer is a row; whoever sets it names its kind, and the module that owns the kind says what happens then.
It happens at its due time, even when the sandbox is pumped later.
"""

from enum import StrEnum

from wechat_sandbox.state import State


class TimerKind(StrEnum):
    """What happens when the time has come."""

    PUBLISHED = "published"
    REFUNDED = "refunded"
    REFUND_REDIRECTED = "refund_redirected"
    SHARE_LET_GO = "share_let_go"
    RECEIPT_CONFIRMED = "receipt_confirmed"
    SHIPPING_REMINDED = "shipping_reminded"
    SHIPPING_ACCESS_REMINDED = "shipping_access_reminded"
    TEST_ORDER_RETURNED = "test_order_returned"
    MEDIA_CHECKED = "media_checked"
    TICKET_PUSHED = "ticket_pushed"
    PARCEL_MOVED = "parcel_moved"
    SHOP_UNPAID = "shop_unpaid"
    SHOP_CONFIRMED = "shop_confirmed"
    SHOP_SETTLED = "shop_settled"
    LIVE_OPENED = "live_opened"
    LIVE_ENDED = "live_ended"
    MASS_SENT = "mass_sent"
    MASS_UNCONFIRMED = "mass_unconfirmed"


def set_timer(state: State, kind: TimerKind, ref: str, *, at_ms: int) -> None:
    """`kind` will happen to `ref` at `at_ms`."""
    state.run("INSERT INTO timers (due_ms, kind, ref) VALUES (?, ?, ?)", at_ms, kind, ref)


def cancel_timer(state: State, kind: TimerKind, ref: str) -> None:
    """`kind` will not happen to `ref`."""
    state.run("DELETE FROM timers WHERE kind = ? AND ref = ?", kind, ref)


def next_due_ms(state: State) -> int | None:
    """When the next timer is due, or None."""
    due_ms: int | None = state.value("SELECT MIN(due_ms) FROM timers")
    return due_ms
