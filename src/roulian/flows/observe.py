"""What the ring learns from its own motion: sales become demand."""

from roulian import sell, sense
from roulian.store import Tx


def sale(tx: Tx, event: sell.OrderPaid) -> None:
    """A paid order is demand on the day it was paid, in the buyer's region."""
    order = sell.order(tx, event.order)
    sense.sold(
        tx,
        tuple(
            sense.Sale(
                source=f"{order.id}:{line.sku}",
                sku=line.sku,
                region=order.region,
                day=tx.now.day(),
                units=line.qty,
                price_fen=line.price_fen,
            )
            for line in order.lines
        ),
    )
