"""Collected at a shop: the buyer chooses where, the goods wait there, and go back when nobody came.

Neighbours: `fulfil` packs what is collected and stands it ready; `deliver` keeps the code.
"""

from roulian import deliver, people, sell
from roulian.flows import fulfil
from roulian.store import Tx
from roulian.words import OrderId


def choose(tx: Tx, destination: deliver.Destination, *, number: int) -> None:
    """An order whose goods are still here goes where its buyer says; `number` is random, a code is drawn from it.

    An address is chosen by who agreed that it is read: without that no waybill can be written, and the parcel would
    stand packed for ever. Raises `OrderNotFound`, `PackedAlready`, `NoPickUpThere`, `NoConsent`.
    """
    order = sell.order(tx, destination.order)
    if not order.is_open():
        raise deliver.PackedAlready(destination.order)
    if not destination.is_pick_up():
        people.require_consent(tx, [order.member], purpose=people.Purpose.ORDER)
    deliver.choose(tx, destination, number=number)


def lapse(tx: Tx, shipment: str) -> None:
    """The last day to collect is over."""
    deliver.lapse(tx, shipment)


def give_up(tx: Tx, event: deliver.NotCollected) -> None:
    """Nobody came: the goods are on the shop's shelf again, the money goes back, and the buyer hears why."""
    fulfil.unpack(tx, deliver.shipment(tx, event.shipment))
    sell.start_refund(tx, OrderId(event.order), why="not_collected")
