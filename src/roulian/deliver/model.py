"""A shipment and its way: the codes are WeChat's `add_express_path` action types, so no translation is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import OrderId, ShipmentId
from roulian.words.time import Instant


class PathAction(IntEnum):
    """What a carrier reports on the way; larger is further (WeChat logistics assistant, `ActionType`)."""

    PICKED_UP = 100001
    MOVING = 200001
    OUT_FOR_DELIVERY = 300002
    SIGNED = 300003


class ShipmentStatus(StrEnum):
    """How far a parcel is, in order."""

    HANDED_OVER = "handed_over"
    PICKED_UP = "picked_up"
    MOVING = "moving"
    OUT_FOR_DELIVERY = "out_for_delivery"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class PathStep:
    """One report of the carrier."""

    action: PathAction
    at: Instant


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel for one order. `path` is in the order of time; `signed_at` is None until the buyer signs."""

    id: ShipmentId
    order: OrderId
    waybill: str
    carrier: str
    status: ShipmentStatus
    shipped_at: Instant
    signed_at: Instant | None
    path: tuple[PathStep, ...] = ()


@dataclass(eq=False)
class UnknownWaybill(Refusal):
    """No parcel travels under this number."""

    waybill: str
    code: ClassVar[str] = "unknown_waybill"
    zh: ClassVar[str] = "没有运单 {waybill},请核对运单号。"
    en: ClassVar[str] = "No parcel travels under {waybill}. Check the waybill number."


_STATUS = {
    PathAction.PICKED_UP: ShipmentStatus.PICKED_UP,
    PathAction.MOVING: ShipmentStatus.MOVING,
    PathAction.OUT_FOR_DELIVERY: ShipmentStatus.OUT_FOR_DELIVERY,
    PathAction.SIGNED: ShipmentStatus.SIGNED,
}


def status_after(actions: Sequence[PathAction]) -> ShipmentStatus:
    """How far the parcel is after these reports, in whatever order they came: a late report moves nothing back."""
    return _STATUS[max(actions)] if actions else ShipmentStatus.HANDED_OVER
