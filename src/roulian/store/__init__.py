"""Memory and time of one brand: transactions, the outbox, deadlines, jobs, secrets at rest.

Owns: the connection, the group commit, the tables `store_*`, migrations, the key ring.
Says: nothing of its own; it carries what the stages say.
Never: knows a stage, a rule of the business, or the time of day (it is passed in).
"""

from roulian.store import trail
from roulian.store.errors import DiskFull, NothingStuck, Violated
from roulian.store.keyring import BadKeyRing, CannotOpen, KeyRing, key_of
from roulian.store.locker import Kept, Locker, clear_locker
from roulian.store.motion import Audience, Errand, Handler, Job, Motion, Ring
from roulian.store.pump import Pump
from roulian.store.statement import any_of, any_pair_of
from roulian.store.store import Store
from roulian.store.tables import METADATA, Status
from roulian.store.tx import Tx

__all__ = [
    "METADATA",
    "Audience",
    "BadKeyRing",
    "CannotOpen",
    "DiskFull",
    "Errand",
    "Handler",
    "Job",
    "Kept",
    "KeyRing",
    "Locker",
    "Motion",
    "NothingStuck",
    "Pump",
    "Ring",
    "Status",
    "Store",
    "Tx",
    "Violated",
    "any_of",
    "any_pair_of",
    "clear_locker",
    "key_of",
    "trail",
]
