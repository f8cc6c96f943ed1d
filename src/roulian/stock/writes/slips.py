"""What people do by hand is entered before it is done, in the same commit."""

from roulian.stock.events import SlipEntered
from roulian.stock.model import Slip, SlipDiffers
from roulian.stock.tables import slips as tables
from roulian.store import Tx


def enter_slip(tx: Tx, slip: Slip) -> bool:
    """Whether this slip is news, so that the caller now does what it says; told again nothing is to be done.

    Says `SlipEntered`. Raises `NoReason`, and `SlipDiffers` when its id stands for something else.
    """
    slip.check()
    if tx.run(tables.ADD_SLIP, **tables.values(slip, now=tx.now)):
        tx.emit(SlipEntered(slip.id, slip.kind.value, slip.by))
        return True
    known = tables.slip(tx.rows(tables.SLIP, of_slip=slip.id)[0])
    if known.told() != slip.told():
        raise SlipDiffers(slip.id)
    return False
