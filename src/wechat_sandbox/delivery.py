"""Sending what is due: timers first, then callbacks, each in order of its due time.

A callback is claimed, sent with no transaction open (the receiver may call back into the sandbox), and its answer
recorded. A message counts as taken on 200; a Pay notice on 200 or 204.
"""

import sqlite3
from collections.abc import Callable, Mapping
from http import HTTPStatus

import msgspec

from wechat_sandbox import callbacks, faults, pushes, timers
from wechat_sandbox.callbacks import RETRIES_S, PushDoor, PushStatus
from wechat_sandbox.component import tickets
from wechat_sandbox.content import articles
from wechat_sandbox.express import parcels
from wechat_sandbox.faults import FaultKind
from wechat_sandbox.live import rooms
from wechat_sandbox.mini_program import safety
from wechat_sandbox.official import mass_jobs, replies
from wechat_sandbox.pay import notices, refunds, sharing
from wechat_sandbox.sending import Answer, Callback, Send
from wechat_sandbox.shipping import deadlines
from wechat_sandbox.shipping import orders as shipping
from wechat_sandbox.shop import orders as shop_orders
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind


def _refunded(state: State, refund_id: str) -> None:
    payment = refunds.finish_refund(state, refund_id)
    if payment is not None:
        shipping.note_refunded(state, payment)


def _redirected(state: State, refund_id: str) -> None:
    payment = refunds.finish_redirected(state, refund_id)
    if payment is not None:
        shipping.note_refunded(state, payment)


HAPPENINGS: Mapping[TimerKind, Callable[[State, str], None]] = {
    TimerKind.PUBLISHED: articles.finish_publication,
    TimerKind.MEDIA_CHECKED: safety.finish_media_check,
    TimerKind.REFUNDED: _refunded,
    TimerKind.REFUND_REDIRECTED: _redirected,
    TimerKind.SHARE_LET_GO: sharing.let_go,
    TimerKind.RECEIPT_CONFIRMED: shipping.confirm_by_itself,
    TimerKind.SHIPPING_REMINDED: deadlines.pass_deadline,
    TimerKind.SHIPPING_ACCESS_REMINDED: deadlines.remind_access,
    TimerKind.TEST_ORDER_RETURNED: deadlines.return_test_order,
    TimerKind.MASS_SENT: mass_jobs.finish_job,
    TimerKind.MASS_UNCONFIRMED: mass_jobs.fail_job,
    TimerKind.TICKET_PUSHED: tickets.push_ticket,
    TimerKind.PARCEL_MOVED: parcels.move_by_itself,
    TimerKind.SHOP_UNPAID: shop_orders.lapse,
    TimerKind.SHOP_CONFIRMED: shop_orders.confirm_by_itself,
    TimerKind.SHOP_SETTLED: shop_orders.settle,
    TimerKind.LIVE_OPENED: rooms.open_room,
    TimerKind.LIVE_ENDED: rooms.end_room,
}


async def pump(state: State, send: Send) -> int:
    """How many callbacks were sent: every timer and callback due at the sandbox's time, in order."""
    sent = 0
    while True:
        if _let_happen(state):
            continue
        claimed = _claim(state)
        if claimed is None:
            return sent
        row, callback = claimed
        try:
            answer = await send(callback)
        except BaseException:
            _record(state, row, Answer(0))
            raise
        _record(state, row, _judged(callback, answer))
        sent += 1


def _judged(callback: Callback, answer: int | Answer) -> Answer:
    if isinstance(answer, int):
        return Answer(answer, callback.expects)
    return answer if not callback.expects or answer.body == callback.expects else Answer(406, answer.body)


def next_due_ms(state: State) -> int | None:
    """When the next timer or callback is due, or None when nothing waits."""
    return min(
        (due for due in (timers.next_due_ms(state), callbacks.next_due_ms(state)) if due is not None), default=None
    )


def _let_happen(state: State) -> bool:
    row = state.one("SELECT * FROM timers WHERE due_ms <= ? ORDER BY due_ms, id LIMIT 1", state.now_ms)
    if row is None:
        return False
    with state.transaction(at_ms=row["due_ms"]):
        state.run("DELETE FROM timers WHERE id = ?", row["id"])
        HAPPENINGS[TimerKind(row["kind"])](state, row["ref"])
    return True


def _claim(state: State) -> tuple[sqlite3.Row, Callback] | None:
    row = state.one(
        "SELECT * FROM callbacks WHERE status = 'due' AND due_ms <= ? ORDER BY due_ms, id LIMIT 1", state.now_ms
    )
    if row is None:
        return None
    with state.transaction():
        state.run("UPDATE callbacks SET status = 'sending', tries = tries + 1 WHERE id = ?", row["id"])
        return row, _sealed(state, row)


def _sealed(state: State, row: sqlite3.Row) -> Callback:
    skew = faults.strike(state, FaultKind.SKEW, owner=row["owner"])
    timestamp = (state.now_ms + (skew["shift_ms"] if skew is not None else 0)) // 1000
    content = msgspec.json.decode(row["content"])
    match PushDoor(row["door"]):
        case PushDoor.MESSAGE | PushDoor.SHOP:
            return pushes.sealed(state, row["owner"], row["url"], content, timestamp=timestamp)
        case PushDoor.PLATFORM:
            return pushes.sealed_for_platform(state, row["owner"], row["url"], content, timestamp=timestamp)
        case PushDoor.PLAIN:
            return pushes.unsealed(row["url"], content)
        case PushDoor.VERIFY:
            return pushes.url_check(state, row["owner"], row["url"], timestamp=timestamp)
        case PushDoor.PAY:
            return notices.sealed(state, row["owner"], row["url"], content, timestamp=timestamp)
        case PushDoor.PROBE:
            return notices.probe(state, row["owner"], row["url"], content, timestamp=timestamp)


def _record(state: State, row: sqlite3.Row, answer: Answer) -> None:
    door = PushDoor(row["door"])
    with state.transaction():
        slow = faults.strike(state, FaultKind.SLOW, owner=row["owner"]) is not None
        taken = not slow and (
            answer.status == HTTPStatus.OK or (door is PushDoor.PAY and answer.status == HTTPStatus.NO_CONTENT)
        )
        tries = row["tries"] + 1
        state.run(
            "INSERT INTO callback_tries VALUES (?, ?, ?, ?, ?)", row["id"], tries, state.now_ms, answer.status, not slow
        )
        if door is PushDoor.VERIFY:
            state.run("UPDATE accounts SET callback_verified = ? WHERE appid = ?", taken, row["owner"])
        waits_s = RETRIES_S[door]
        if taken or tries > len(waits_s):
            _settle(state, row["id"], PushStatus.DONE if taken else PushStatus.FAILED)
            if door is PushDoor.MESSAGE:
                _answer_person(state, row, answer if taken else None)
        else:
            state.run(
                "UPDATE callbacks SET status = 'due', due_ms = ? WHERE id = ?",
                state.now_ms + waits_s[tries - 1] * 1000,
                row["id"],
            )


def _answer_person(state: State, row: sqlite3.Row, answer: Answer | None) -> None:
    """What the account answered is on the phone; without an answer, WeChat's apology is."""
    content = msgspec.json.decode(row["content"])
    if answer is None:
        replies.apologize(state, row["owner"], content)
    else:
        replies.take(state, row["owner"], content, answer.body)


def _settle(state: State, callback: int, status: PushStatus) -> None:
    state.run("UPDATE callbacks SET status = ? WHERE id = ?", status, callback)
