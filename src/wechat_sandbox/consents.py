"""How many messages of a template a person has agreed to receive.

Consents accumulate and never expire; there is no API that tells how many are left, which is why senders keep
their own ledger. A long-term template needs one consent only.
"""

from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError


def spend(state: State, *, appid: str, openid: str, template_id: str, is_long: bool) -> None:
    """One consent fewer (a long-term one stays); raises `ApiError` 43101 when none is left."""
    spent = state.run(
        "UPDATE consents SET remaining = remaining - ? WHERE appid = ? AND openid = ? AND template_id = ?"
        " AND remaining > 0",
        0 if is_long else 1,
        appid,
        openid,
        template_id,
    )
    if spent.rowcount == 0:
        raise ApiError(43101)


def grant(state: State, *, appid: str, openid: str, template_id: str) -> int:
    """How many consents the person has left for the template after one more tap on 允许."""
    remaining: int = state.value(
        "INSERT INTO consents VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET remaining = remaining + 1"
        " RETURNING remaining",
        appid,
        openid,
        template_id,
    )
    return remaining


def withdraw(state: State, *, appid: str, openid: str, template_id: str) -> None:
    """The person has refused the template in the mini-program's settings: no consent is left."""
    state.run(
        "UPDATE consents SET remaining = 0 WHERE appid = ? AND openid = ? AND template_id = ?",
        appid,
        openid,
        template_id,
    )
