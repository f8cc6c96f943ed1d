"""A collector that takes batches until it is killed: `collector_victim.main()` with URL FIRST; says what it answered."""

import asyncio
import secrets
import sys
from itertools import count

from roulian import people, sense
from roulian.store import Store, Tx
from roulian.web.storefront.intake import Batch, Given, Intake, Seen
from roulian.words import Ids, WallClock

PHONES, SIGNALS = 16, 20


def sign_in(tx: Tx) -> str:
    """A session of one shopper."""
    member = people.sign_in(tx, appid="wx1", openid="o1", unionid=None)
    return people.open_session(tx, member, chance=secrets.randbits)


def a_batch(number: int) -> Batch:
    """Batch `number`: its signals, and what they look at, are named after it."""
    now_ms = WallClock().now().ms
    kind = sense.SignalKind.VIEW
    return Batch([Seen(id=f"{number}-{n}", kind=kind, at_ms=now_ms, sku=f"{number}-{n}") for n in range(SIGNALS)])


async def phone(intake: Intake, token: str, numbers: "count[int]") -> None:
    """Send one batch after the other and say which are acknowledged."""
    for number in numbers:
        await intake.take(Given(token, a_batch(number)))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


async def live(url: str, first: int) -> None:
    """Take batches until killed."""
    clock = WallClock()
    store = Store.open(url, clock=clock, ids=Ids(secrets.randbits))
    token = store.call(sign_in)
    intake, numbers = Intake(store, clock), count(first)
    await asyncio.gather(*(phone(intake, token, numbers) for _ in range(PHONES)))


def main() -> None:
    """Live by the arguments."""
    asyncio.run(live(sys.argv[1], int(sys.argv[2])))
