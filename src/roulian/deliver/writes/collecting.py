"""Goods wait at a shop for their buyer: set ready, collected with a code, or given up when the time is over."""

from roulian.deliver.events import Delivered, NotCollected, ReadyToCollect
from roulian.deliver.model import (
    AfterDeadline,
    Collected,
    Collecting,
    NotNow,
    PickUp,
    PickUpLocked,
    Shipment,
    ShipmentStatus,
    Site,
    UnknownSite,
    Way,
    WrongCode,
    drawn_code,
)
from roulian.deliver.tables import shipments as tables
from roulian.deliver.tables import terms
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import OrderId
from roulian.words.time import Instant

_READY = [ShipmentStatus.READY.value]


def set_ready(tx: Tx, ident: str) -> Instant:
    """Until when the parcel, which stands at its shop now, is kept for the buyer; says `ReadyToCollect`.

    Raises `UnknownShipment`, `NotNow` for a parcel that is not packed or not collected.
    """
    parcel = tables.parcel(tx, ident)
    ready = {"new_status": ShipmentStatus.READY.value, "new_carrier": "", "new_waybill": None}
    if parcel.way is not Way.PICK_UP or not tx.run(tables.LEAVE, of_id=parcel.id, now=tx.now.ms, **ready):
        raise NotNow(parcel.id, parcel.status)
    until = _site(tx, parcel.place).last_day(tx.now)
    tx.run(terms.KEEP_UNTIL, of_order=parcel.order, until=until.ms)
    tx.emit(ReadyToCollect(parcel.id, parcel.order))
    return until


def collect(tx: Tx, ident: str, *, code: str) -> Collecting:
    """The buyer shows `code`: right, the parcel is theirs and `Delivered` is said; wrong, one try is gone.

    A code is good once. Raises `UnknownShipment`, `NotNow` unless it stands ready, `PickUpLocked`.
    """
    parcel = tables.parcel(tx, ident)
    if parcel.status is not ShipmentStatus.READY:
        raise NotNow(parcel.id, parcel.status)
    if not tx.run(terms.TRY, of_order=parcel.order):
        raise PickUpLocked(parcel.id)
    pick_up = _pick_up(tx, parcel)
    if not pick_up.opens(code):
        return WrongCode(parcel.id, pick_up.tries_left)
    arrived = {"new_status": ShipmentStatus.COLLECTED.value, "at": tx.now.ms}
    if not tx.run(tables.ARRIVE, of_id=parcel.id, was=_READY, **arrived):
        raise NotNow(parcel.id, parcel.status)
    tx.emit(Delivered(parcel.id, parcel.order, parcel.case))
    return Collected(parcel.id)


def renew_code(tx: Tx, ident: str, *, number: int) -> None:
    """The parcel has another code, drawn from the random `number`, with all its tries. Raises as `collect`."""
    parcel = tables.parcel(tx, ident)
    if parcel.status is not ShipmentStatus.READY:
        raise NotNow(parcel.id, parcel.status)
    tries = _site(tx, parcel.place).tries
    tx.run(terms.RENEW, of_order=parcel.order, new_code=drawn_code(number), new_tries=tries)


def lapse(tx: Tx, ident: str) -> bool:
    """Whether the time to collect is over and the parcel is opened again, which `NotCollected` says.

    Nothing changes before the time, after the buyer came, or where goods are kept until a person decides.
    """
    parcel = tables.parcel(tx, ident)
    if parcel.status is not ShipmentStatus.READY or _site(tx, parcel.place).after is AfterDeadline.KEEP:
        return False
    until = _pick_up(tx, parcel).keep_until
    if until is None or until > tx.now:
        return False
    if not tx.run(tables.MOVE, of_id=parcel.id, was=_READY, new_status=ShipmentStatus.LAPSED.value):
        return False
    tx.emit(NotCollected(parcel.id, parcel.order))
    return True


def _pick_up(tx: Tx, parcel: Shipment) -> PickUp:
    row = tx.one(terms.PICK_UPS_OF, orders=[OrderId(parcel.order)])
    if row is None:
        raise Bug(f"{parcel.id} is collected and has no code")
    return terms.pick_up(row)


def _site(tx: Tx, place: str) -> Site:
    for row in tx.rows(terms.ALL_SITES):
        if row[0] == place:
            return terms.site(row)
    raise UnknownSite(place)
