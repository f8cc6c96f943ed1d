"""Goods of a purchase are taken in: what the delivery note says is entered, and cannot contradict what is known.

They reach their shelf, or quarantine, by `shortage.put_away`; a lot that cannot be is refused here, to a person.
"""

from roulian import make, stock
from roulian.store import Tx


def take_in(tx: Tx, delivery: make.Delivery) -> make.Purchase:
    """The purchase after the delivery.

    Raises `UnknownLocation`, `OnTheRoad`, `LotDiffers`, and what `make.take_in` raises.
    """
    purchase = make.purchase(tx, delivery.purchase)
    if delivery.place:
        stock.standing_place(tx, stock.LocationId(delivery.place))
    if delivery.lot:
        stock.check_lot(tx, purchase.sku, stock.Lot(stock.LotId(delivery.lot), delivery.expires_day))
    return make.take_in(tx, delivery)
