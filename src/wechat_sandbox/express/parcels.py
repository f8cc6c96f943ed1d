"""Where a parcel is: the steps its carrier reports, whoever made its waybill.

| action | means | tracking status |
|---|---|---|
| 100001 | picked up | 1 |
| 200001 | on its way | 2 |
| 300002 | out for delivery | 3 |
| 300003 | signed for | 4 |
| 100002, 300004, 400001, 400002 | pick-up failed, not signed, cancelled, stuck | 5 |

The account of the logistics assistant hears every step (`add_express_path`, the whole way so far); people who can
see the parcel in WeChat get a notice at the steps that matter to them.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.express.carriers import name_of
from wechat_sandbox.phone import deliver
from wechat_sandbox.pushes import push_event
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer

PICKED_UP, ON_THE_WAY, OUT_FOR_DELIVERY, SIGNED = 100001, 200001, 300002, 300003
STATUS: Mapping[int, int] = MappingProxyType(
    {
        100001: 1,
        100002: 5,
        200001: 2,
        300002: 3,
        300003: 4,
        300004: 5,
        400001: 5,
        400002: 5,
    }
)
TOLD = (PICKED_UP, OUT_FOR_DELIVERY, SIGNED)
USUAL_WAY = (
    (PICKED_UP, "快递员已揽收"),
    (ON_THE_WAY, "快件运输中"),
    (OUT_FOR_DELIVERY, "快件派送中"),
    (SIGNED, "快件已签收"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """What a carrier reports: WeChat's action type, its words, and when (seconds since 1970)."""

    action_type: int
    action_msg: str
    at_s: int


def steps_of(state: State, waybill_id: str) -> list[sqlite3.Row]:
    """The parcel's steps, oldest first."""
    return state.all("SELECT * FROM parcel_steps WHERE waybill_id = ? ORDER BY n", waybill_id)


def waybill_of_assistant(state: State, *, delivery_id: str, waybill_id: str) -> sqlite3.Row | None:
    """The waybill as the logistics assistant made it, or None."""
    return state.one("SELECT * FROM waybills WHERE delivery_id = ? AND waybill_id = ?", delivery_id, waybill_id)


def status_of(state: State, waybill_id: str) -> int:
    """Where the parcel is, as the tracking APIs count: 0 not picked up … 4 signed, 5 something is wrong."""
    latest = state.value(
        "SELECT action_type FROM parcel_steps WHERE waybill_id = ? ORDER BY n DESC LIMIT 1", waybill_id
    )
    return STATUS.get(latest, 0)


def step(state: State, made: Step, *, waybill_id: str, delivery_id: str) -> list[sqlite3.Row]:
    """The parcel's way so far, one step longer; who follows it is told, and an assistant's account hears it."""
    n = len(steps_of(state, waybill_id)) + 1
    state.run(
        "INSERT INTO parcel_steps VALUES (?, ?, ?, ?, ?, ?)",
        waybill_id,
        n,
        delivery_id,
        made.at_s,
        made.action_type,
        made.action_msg,
    )
    if made.action_type in TOLD:
        _tell_followers(state, waybill_id, made)
    return steps_of(state, waybill_id)


def step_of_assistant(state: State, waybill: sqlite3.Row, made: Step) -> None:
    """One step of a waybill made by the logistics assistant: the account hears the whole way, its customer a notice."""
    way = step(state, made, waybill_id=waybill["waybill_id"], delivery_id=waybill["delivery_id"])
    push_path(
        state,
        waybill["appid"],
        waybill["openid"],
        delivery_id=waybill["delivery_id"],
        waybill_id=waybill["waybill_id"],
        order_id=waybill["order_id"],
        way=way,
    )
    if waybill["openid"] and waybill["add_source"] == 0 and made.action_type in TOLD:
        shop = msgspec.json.decode(waybill["shop"])
        status = STATUS[made.action_type]
        content = {"waybill_id": waybill["waybill_id"], "status": status, "text": made.action_msg, "shop": shop}
        _notify(
            state, waybill["appid"], waybill["openid"], kind="logistics", page=shop.get("wxa_path", ""), content=content
        )


def push_path(
    state: State,
    appid: str,
    openid: str,
    *,
    delivery_id: str,
    waybill_id: str,
    order_id: str,
    way: list[sqlite3.Row],
) -> None:
    """Event `add_express_path` with these steps."""
    actions = [
        {"ActionTime": row["at_s"], "ActionType": row["action_type"], "ActionMsg": row["action_msg"]} for row in way
    ]
    fields = {
        "DeliveryID": delivery_id,
        "WayBillId": waybill_id,
        "OrderId": order_id,
        "Version": len(actions),
        "Count": len(actions),
        "Actions": actions,
    }
    push_event(state, appid, "add_express_path", fields, openid=openid)


def _tell_followers(state: State, waybill_id: str, made: Step) -> None:
    rows = state.all("SELECT * FROM tracked_waybills WHERE waybill_id = ? AND is_followed = 1", waybill_id)
    for row in rows:
        content = {
            "waybill_id": waybill_id,
            "carrier": name_of(row["delivery_id"]),
            "status": STATUS[made.action_type],
            "text": made.action_msg,
            "goods": msgspec.json.decode(row["goods"]),
        }
        _notify(state, row["appid"], row["openid"], kind="tracking", page=row["path"], content=content)


def _notify(state: State, appid: str, openid: str, *, kind: str, page: str, content: Mapping[str, object]) -> None:
    person = person_of(state, appid, openid)
    if person is not None:
        deliver(state, appid=appid, openid=openid, person=person, kind=kind, page=page, content=content)


def start_moving(state: State, waybill_id: str) -> None:
    """The parcel will move by itself, one step each `carrier_step_ms`; with 0 it waits for the control API."""
    if state.settings.carrier_step_ms:
        at_ms = state.now_ms + state.settings.carrier_step_ms
        set_timer(state, TimerKind.PARCEL_MOVED, waybill_id, at_ms=at_ms)


def move_by_itself(state: State, waybill_id: str) -> None:
    """The next usual step of an assistant's parcel has happened, unless it is cancelled or has arrived."""
    waybill = state.one("SELECT * FROM waybills WHERE waybill_id = ? AND is_cancelled = 0", waybill_id)
    done = len(steps_of(state, waybill_id))
    if waybill is None or done >= len(USUAL_WAY):
        return
    action_type, action_msg = USUAL_WAY[done]
    step_of_assistant(state, waybill, Step(action_type, action_msg, state.now_s))
    if done + 1 < len(USUAL_WAY):
        start_moving(state, waybill_id)
