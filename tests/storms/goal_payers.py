"""A process of the goal storm: it takes its share of Pay's notices at its own door, and moves what follows from them."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import msgspec
from pay_platform import door

from roulian import sell
from roulian.flows.ring import DEADLINES, RING
from roulian.gateways.pay import MerchantKeys
from roulian.store import Motion, Pump, Store
from roulian.web.callbacks.routes import pay_notice
from roulian.web.wire import Call
from roulian.words import Ids, Instant, SimulatedClock

AT_ONCE = 50
MOTION = Motion(ring={kind: RING[kind] for kind in (sell.OrderPaid, sell.CampaignReached)}, deadlines=DEADLINES)
"""What a payment sets in motion up to the work order and the purchases; nothing is sent outside."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process does: at the store of `url`, when it is `now`, take these calls, proved by these keys."""

    url: str
    now: Instant
    keys: MerchantKeys
    calls: Sequence[Call]


def take(share: Share, start: Barrier, told: Path) -> None:
    """Begin with the others; tell how often the door answered what."""
    clock = SimulatedClock(share.now)
    with closing(Store.open(share.url, clock=clock, ids=Ids(secrets.randbits), motion=MOTION)) as store:
        start.wait()
        statuses = asyncio.run(_taken(store, clock, share))
    told.write_bytes(msgspec.json.encode(statuses))


async def _taken(store: Store, clock: SimulatedClock, share: Share) -> Counter[int]:
    deps, pump, calls, statuses = door(store, clock, share.keys), Pump(store), share.calls, Counter[int]()
    for first in range(0, len(calls), AT_ONCE):
        replies = await asyncio.gather(*(pay_notice(deps, call) for call in calls[first : first + AT_ONCE]))
        statuses.update(reply.status for reply in replies)
        await pump.settle()
    return statuses
