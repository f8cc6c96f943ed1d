"""What the outside lent us for a while (access tokens, tickets), shared by every process of the brand.

Each thing has a name and a row: its value, sealed; when it expires; and a lease, so that one process at a time goes
and asks for a new one. A lease is about processes, which live in real time: it is measured by the clock given here,
whatever the clock of the business says. A process that dies with a lease holds it until it runs out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from roulian.store.keyring import KeyRing
from roulian.store.store import Store
from roulian.store.tables import LOCKER
from roulian.store.tx import Tx
from roulian.words import Clock, Instant

LEASE = timedelta(seconds=20)
"""Longer than the slowest call: three seconds to connect, eight to be answered."""

_HOLDER_BYTES = 8

_LOOK = sa.select(LOCKER.c.sealed, LOCKER.c.expires_at).where(LOCKER.c.name == sa.bindparam("name"))
_CLAIM = sa.text(
    "INSERT INTO store_locker (name, sealed, expires_at, holder, held_until) VALUES (:name, '', 0, :holder, :until)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until"
    " WHERE store_locker.held_until < :now"
)
_KEEP = sa.text(
    "INSERT INTO store_locker (name, sealed, expires_at, holder, held_until) VALUES (:name, :sealed, :expires_at, '', 0)"
    " ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at"
)
_RELEASE = sa.text("UPDATE store_locker SET holder = '', held_until = 0 WHERE name = :name AND holder = :holder")


@dataclass(frozen=True, slots=True)
class Kept:
    """A value and when it stops being good."""

    value: str = field(repr=False)
    expires_at: Instant


class Locker:
    """The locker of one brand, seen by one process."""

    def __init__(
        self, memory: Callable[[], Store], *, ring: KeyRing, clock: Clock, draw: Callable[[int], bytes]
    ) -> None:
        """Seal with `ring`, measure leases by `clock` (real time), name their holders by `draw(n)` random bytes.

        `memory` gives the store, which need not be open yet.
        """
        self._memory, self._ring, self._clock, self._draw = memory, ring, clock, draw

    async def kept(self, name: str) -> Kept | None:
        """The value last kept under `name`, expired or not."""
        row = await self._memory().ask(lambda tx: tx.one(_LOOK, name=name))
        if row is None or not row[0]:
            return None
        return Kept(self._ring.open(row[0], about=_about(name)), Instant(row[1]))

    async def claim(self, name: str) -> str:
        """The lease under which the caller alone may fetch a new value; empty while another holds one."""
        holder, now = self._draw(_HOLDER_BYTES).hex(), self._clock.now()

        def work(tx: Tx) -> int:
            return tx.run(_CLAIM, name=name, holder=holder, now=now.ms, until=now.plus(LEASE).ms)

        return holder if await self._memory().run(work, cause="store.locker") else ""

    async def keep(self, name: str, value: str, *, expires_at: Instant) -> None:
        """`value` is the one kept under `name`."""
        sealed = self._ring.seal(value, about=_about(name))
        await self._memory().run(
            lambda tx: tx.run(_KEEP, name=name, sealed=sealed, expires_at=expires_at.ms), cause="store.locker"
        )

    async def release(self, name: str, lease: str) -> None:
        """The lease is over, if it was still held."""
        await self._memory().run(lambda tx: tx.run(_RELEASE, name=name, holder=lease), cause="store.locker")


def clear_locker(tx: Tx) -> None:
    """Nothing is lent any more: everything is fetched anew when it is next needed."""
    tx.run(LOCKER.delete())


def _about(name: str) -> str:
    return f"store_locker:{name}"
