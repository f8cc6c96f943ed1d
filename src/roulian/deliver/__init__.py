"""Parcels on their way to the buyer.

Owns: shipments (one per order) and the carriers' reports.
Says: Shipped, Delivered.
Never: decides what may be shipped; never moves a parcel backwards.
"""

from roulian.deliver.events import Delivered, Shipped
from roulian.deliver.model import PathAction, PathStep, Shipment, ShipmentStatus, UnknownWaybill
from roulian.deliver.reads import ON_THE_WAY, shipment_counts, shipments, shipments_page, signed_since
from roulian.deliver.writes import path, ship

__all__ = [
    "ON_THE_WAY",
    "Delivered",
    "PathAction",
    "PathStep",
    "Shipment",
    "ShipmentStatus",
    "Shipped",
    "UnknownWaybill",
    "path",
    "ship",
    "shipment_counts",
    "shipments",
    "shipments_page",
    "signed_since",
]
