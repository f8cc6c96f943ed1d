"""Goods of a purchase are taken in: what the delivery note says is entered, and cannot contradict what is known.

They reach their shelf, or quarantine, by `shortage.put_away`; a lot that cannot be is refused here, to a person.
"""

from roulian import make, stock
from roulian.store import Tx


def take_in(tx: Tx, delivery: make.Delivery) -> make.Purchase:
    """The purchase after the delivery.

    Raises `UnknownLocation`, `OnTheRoad`, `LotDiffers`, `LotPastDay` for good units of a lot whose last day is over, and
    what `make.take_in` raises.
    """
    purchase = make.purchase(tx, delivery.purchase)
    if delivery.place:
        stock.standing_place(tx, stock.LocationId(delivery.place))
    if delivery.lot:
        place = stock.LocationId(delivery.place or stock.MAIN) if delivery.qty else stock.QUARANTINE
        lot = stock.Lot(stock.LotId(delivery.lot), delivery.expires_day)
        stock.check_lot(tx, purchase.sku, lot, location=place)
    return make.take_in(tx, delivery)
