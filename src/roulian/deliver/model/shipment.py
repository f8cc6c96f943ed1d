"""A shipment and its way. The codes are WeChat's `add_express_path` action types, so no translation is kept.

PACKED ── hand over ──► HANDED_OVER ──► PICKED_UP ──► MOVING ──► OUT_FOR_DELIVERY ──► SIGNED
│  └── ready ──► READY ── collect ──► COLLECTED
└─ void ─► VOID      └── lapse ──► LAPSED            (a READY parcel can be void too)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

from roulian.words.ids import OrderId, ShipmentId, SkuId
from roulian.words.time import Instant

SILENT_AFTER = timedelta(days=1)
"""After so long without a word the carrier is asked, for a push may have been lost."""
LISTENS_FOR = timedelta(days=60)
"""How long a carrier is asked about a parcel that never arrives."""
MOST_PARCELS = 15
"""How many parcels WeChat takes for one order (`shipping_list`)."""


class PathAction(IntEnum):
    """What a carrier reports on the way; of those that are no trouble a larger one is further (WeChat, `ActionType`)."""

    PICKED_UP = 100001
    PICK_UP_FAILED = 100002
    COURIER_SENT = 100003
    MOVING = 200001
    OUT_FOR_DELIVERY = 300002
    SIGNED = 300003
    NOT_SIGNED = 300004
    CALLED_OFF = 400001
    STUCK = 400002


class ShipmentStatus(StrEnum):
    """How far a parcel is; by a carrier, then at a shop's desk, then what never reaches its buyer."""

    PACKED = "packed"
    HANDED_OVER = "handed_over"
    PICKED_UP = "picked_up"
    MOVING = "moving"
    OUT_FOR_DELIVERY = "out_for_delivery"
    SIGNED = "signed"
    READY = "ready"
    COLLECTED = "collected"
    LAPSED = "lapsed"
    VOID = "void"


class Way(StrEnum):
    """How goods reach their buyer: a carrier brings them, or the buyer collects them at a shop (自提)."""

    EXPRESS = "express"
    PICK_UP = "pick_up"


class LabelStatus(StrEnum):
    """Where the waybill stands that WeChat's logistics assistant makes; NONE for a number of our own.

    UNKNOWN: the answer was lost, so the assistant is asked what it has before anything is made again.
    """

    NONE = "none"
    ASKED = "asked"
    MADE = "made"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Item:
    """So many units of a SKU in a parcel."""

    sku: SkuId
    qty: int


@dataclass(frozen=True, slots=True)
class PathStep:
    """One report of the carrier."""

    action: PathAction
    at: Instant


@dataclass(frozen=True, slots=True)
class Label:
    """The waybill as the assistant knows it: under our own `key`, paid from the carrier account `account`.

    `error` is WeChat's code of a refusal, empty otherwise.
    """

    status: LabelStatus = LabelStatus.NONE
    account: str = ""
    attempt: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel of an order: `items` from the stock of `place` (for pick-up: kept at `place`).

    `waybill` and `carrier` are empty until it has a number. `shipped_at` is when it was handed over or stood ready;
    `signed_at` when the buyer had it. `case` names the after-sales case of a replacement. `path` is in the order of
    time. `token` opens WeChat's own tracking page, empty until it is there.
    """

    id: ShipmentId
    order: OrderId
    way: Way
    place: str
    items: tuple[Item, ...]
    status: ShipmentStatus
    packed_at: Instant
    carrier: str = ""
    waybill: str = ""
    shipped_at: Instant | None = None
    signed_at: Instant | None = None
    case: str = ""
    token: str = ""
    label: Label = Label()
    path: tuple[PathStep, ...] = ()

    def label_key(self) -> str:
        """Our number of this waybill at the assistant, which takes each once: a new attempt has a new one."""
        return f"{self.id}-{self.label.attempt}"

    def has_left(self) -> bool:
        """It left our hands, or stood ready for the buyer, and was not taken back."""
        return self.status in LEFT

    def has_arrived(self) -> bool:
        """The buyer has it."""
        return self.status in ARRIVED

    def is_packed(self) -> bool:
        """It stands packed and waits for a carrier, or for its shop."""
        return self.status is ShipmentStatus.PACKED

    def leaves_by(self, action: int) -> bool:
        """The report shows that a parcel we thought packed is with its carrier."""
        return self.is_packed() and action in _STATUS

    def is_labelled(self) -> bool:
        """It has a waybill of the assistant's that stands."""
        return self.label.status is LabelStatus.MADE

    def is_pick_up(self) -> bool:
        """The buyer collects it at a shop."""
        return self.way is Way.PICK_UP

    def is_listened_for(self, now: Instant) -> bool:
        """Its waybill is the assistant's, and its carrier should have more to say: on its way, not given up as lost."""
        is_with_carrier = self.is_labelled() and self.status in ON_THE_WAY
        return is_with_carrier and self.shipped_at is not None and now < self.shipped_at.plus(LISTENS_FOR)

    def is_silent(self, now: Instant) -> bool:
        """Its carrier has said nothing for a day."""
        said_at = max((step.at for step in self.path), default=self.shipped_at or self.packed_at)
        return said_at.plus(SILENT_AFTER) <= now

    def is_own(self) -> bool:
        """It carries what the order asked for, not a replacement."""
        return not self.case

    def is_in_trouble(self) -> bool:
        """The carrier's last word is that something went wrong."""
        return bool(self.path) and self.path[-1].action in TROUBLE and not self.has_arrived()


ARRIVED = (ShipmentStatus.SIGNED, ShipmentStatus.COLLECTED)
"""The buyer has the goods."""
ON_THE_WAY = (
    ShipmentStatus.HANDED_OVER,
    ShipmentStatus.PICKED_UP,
    ShipmentStatus.MOVING,
    ShipmentStatus.OUT_FOR_DELIVERY,
)
"""The statuses of parcels a carrier still has to move."""
LEFT = (*ON_THE_WAY, ShipmentStatus.READY, *ARRIVED)
"""The goods have left our hands, or stand ready for the buyer."""
TROUBLE = frozenset({PathAction.PICK_UP_FAILED, PathAction.NOT_SIGNED, PathAction.CALLED_OFF, PathAction.STUCK})
"""Reports that move nothing on: a person looks."""

_STATUS = {
    PathAction.PICKED_UP: ShipmentStatus.PICKED_UP,
    PathAction.MOVING: ShipmentStatus.MOVING,
    PathAction.OUT_FOR_DELIVERY: ShipmentStatus.OUT_FOR_DELIVERY,
    PathAction.SIGNED: ShipmentStatus.SIGNED,
}


def status_after(actions: Sequence[PathAction]) -> ShipmentStatus:
    """How far the parcel is after these reports, in whatever order they came: a late report moves nothing back."""
    moves = [action for action in actions if action in _STATUS]
    return _STATUS[max(moves)] if moves else ShipmentStatus.HANDED_OVER


def known_action(code: int) -> PathAction | None:
    """The report a carrier's `code` stands for; None for one we do not know, which tells us nothing."""
    return PathAction(code) if code in set(PathAction) else None


def own(shipments: Iterable[Shipment]) -> tuple[Shipment, ...]:
    """The parcels that carry what the order asked for: no replacements, nothing that was opened again."""
    gone = (ShipmentStatus.VOID, ShipmentStatus.LAPSED)
    return tuple(one for one in shipments if one.is_own() and one.status not in gone)


def skus_left(shipments: Iterable[Shipment]) -> frozenset[SkuId]:
    """The SKUs in parcels that left, and in none of the order's own that still stands packed."""
    mine = own(shipments)
    left = {item.sku for one in mine if one.has_left() for item in one.items}
    return frozenset(left - {item.sku for one in mine if one.is_packed() for item in one.items})


def have_all_left(shipments: Iterable[Shipment]) -> bool:
    """There are parcels of the order's own, and none of them stands packed any more."""
    mine = own(shipments)
    return bool(mine) and all(one.has_left() for one in mine)


def arrived_at(shipments: Iterable[Shipment]) -> Instant | None:
    """When the buyer had the last of the order's parcels; None while one is still to come, or there is none."""
    mine = own(shipments)
    if not mine or not all(one.has_arrived() for one in mine):
        return None
    return max(one.signed_at for one in mine if one.signed_at is not None)


def to_file(shipments: Iterable[Shipment]) -> tuple[Shipment, ...]:
    """The parcels WeChat must be told of, oldest first: the order's own that have left."""
    return tuple(sorted((one for one in own(shipments) if one.has_left()), key=lambda one: one.id))
