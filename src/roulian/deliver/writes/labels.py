"""Waybills that WeChat's logistics assistant makes: asked for, made, lost and looked up, refused, cancelled."""

from collections.abc import Collection
from dataclasses import replace

from roulian.deliver.model import (
    CarrierAccount,
    Label,
    LabelNotNow,
    LabelStatus,
    NotNow,
    Shipment,
    Way,
)
from roulian.deliver.tables import shipments as tables
from roulian.store import Tx

_OPEN = (LabelStatus.ASKED, LabelStatus.UNKNOWN)
_FREE = (LabelStatus.NONE, LabelStatus.REFUSED, LabelStatus.CANCELLED)


def ask_label(tx: Tx, ident: str, *, account: CarrierAccount) -> Shipment:
    """The packed parcel waits for a waybill of `account`, under a key of its own.

    Raises `UnknownShipment`, `NotNow` unless it stands packed for a carrier, `LabelNotNow` while it has a waybill.
    """
    parcel = tables.parcel(tx, ident)
    if not parcel.is_packed() or parcel.way is not Way.EXPRESS:
        raise NotNow(parcel.id, parcel.status)
    label = Label(LabelStatus.ASKED, account.id, parcel.label.attempt + 1)
    if not _write(tx, replace(parcel, label=label, carrier=account.delivery_id, waybill=""), was=_FREE):
        raise LabelNotNow(parcel.id, parcel.label.status)
    return tables.parcel(tx, ident)


def labelled(tx: Tx, key: str, *, waybill: str) -> bool:
    """Whether the waybill made under our `key` is news to its parcel; also one whose answer had been lost."""
    ident, _, attempt = key.rpartition("-")
    for parcel in tables.whole(tx, tx.rows(tables.OF_IDS, ids=[ident])):
        if str(parcel.label.attempt) == attempt:
            made = replace(parcel, waybill=waybill, label=replace(parcel.label, status=LabelStatus.MADE, error=""))
            return _write(tx, made, was=_OPEN)
    return False


def label_lost(tx: Tx, ident: str) -> None:
    """Nobody knows whether the waybill was made: the assistant is asked what it has."""
    _settle(tx, ident, LabelStatus.UNKNOWN)


def label_refused(tx: Tx, ident: str, *, error: str) -> None:
    """The assistant made no waybill, for the reason `error` (WeChat's code): a person mends it, or asks another way."""
    _settle(tx, ident, LabelStatus.REFUSED, error=error)


def cancel_label(tx: Tx, ident: str) -> bool:
    """Whether the parcel had a waybill that is void now. Raises `UnknownShipment`, `NotNow` once it has left."""
    parcel = tables.parcel(tx, ident)
    if parcel.has_left():
        raise NotNow(parcel.id, parcel.status)
    void = replace(parcel, waybill="", carrier="", label=replace(parcel.label, status=LabelStatus.CANCELLED))
    return _write(tx, void, was=(LabelStatus.MADE,))


def _settle(tx: Tx, ident: str, status: LabelStatus, *, error: str = "") -> None:
    parcel = tables.parcel(tx, ident)
    _write(tx, replace(parcel, label=replace(parcel.label, status=status, error=error)), was=_OPEN)


def _write(tx: Tx, parcel: Shipment, *, was: Collection[LabelStatus]) -> bool:
    label = parcel.label
    touched = tx.run(
        tables.LABEL,
        of_id=parcel.id,
        was=[status.value for status in was],
        new_status=label.status.value,
        new_account=label.account,
        new_attempt=label.attempt,
        new_error=label.error,
        new_carrier=parcel.carrier,
        new_waybill=parcel.waybill or None,
    )
    return bool(touched)
