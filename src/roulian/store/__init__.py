"""Memory and time of one brand: transactions, the outbox, deadlines, jobs.

Owns: the connection, the group commit, the tables `store_*`, migrations.
Says: nothing of its own; it carries what the stages say.
Never: knows a stage, a rule of the business, or the time of day (it is passed in).
"""

from roulian.store import trail
from roulian.store.errors import DiskFull, NothingStuck, Violated
from roulian.store.motion import Errand, Handler, Job, Motion, Ring
from roulian.store.pump import Pump
from roulian.store.statement import any_of
from roulian.store.store import Store
from roulian.store.tables import METADATA, Status
from roulian.store.tx import Tx

__all__ = [
    "METADATA",
    "DiskFull",
    "Errand",
    "Handler",
    "Job",
    "Motion",
    "NothingStuck",
    "Pump",
    "Ring",
    "Status",
    "Store",
    "Tx",
    "Violated",
    "any_of",
    "trail",
]
