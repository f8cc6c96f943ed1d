"""A million notices sent by several senders at once: no consent is spent twice, no cap is passed, nothing goes out twice.

The outside keeps its own books of what people allowed; it answers nine in ten, loses one answer in twenty, and one
sender in twenty dies before it hears the answer.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

_ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_ROOT / "src")]

from roulian import tell  # noqa: E402 - the benchmark runs from a checkout
from roulian.store import Store, Tx  # noqa: E402
from roulian.tell import AccountKind, Door, Scenario  # noqa: E402
from roulian.words import Ids, Instant, MemberId, NoticeId, SimulatedClock  # noqa: E402

SENDS = 1_000_000
BATCH, CALLERS = 100, 8
SENT_RATIO, LOST_RATIO = 0.9, 0.05
NOW = Instant.parse("2026-03-02T10:00:00+08:00")
MINI, SERVICE = "wx_shop", "wx_service"
DELAY = "tpl_delay"
LIMITS = tell.read_limits((_ROOT / "src" / "roulian" / "tell" / "limits.toml").read_bytes())
SENDERS = (
    tell.Sender(MINI, AccountKind.MINI_PROGRAM, {Scenario.DELAY: DELAY}),
    tell.Sender(SERVICE, AccountKind.SERVICE, {Scenario.DELAY: "tpl_delay_service"}),
)
MOST = {Door.SUBSCRIBE: 300_000, Door.CUSTOMER_SERVICE: 150_000, Door.TEMPLATE: 100_000}
TIGHT = replace(LIMITS, caps=tuple(replace(cap, most=MOST[cap.door]) for cap in LIMITS.caps if cap.door in MOST))
FACTS = {"item": "灯", "promised_day": "2026-03-19", "was_day": "2026-03-12", "reason": "晚到"}
_MOVES = sa.text("SELECT kind, sum(change) FROM tell_consent_moves GROUP BY kind")
Row = Mapping[str, object]


def rows() -> Iterator[Row]:
    """What was taken and what went out, by our books and by WeChat's."""
    with tempfile.TemporaryDirectory(dir=_ROOT / "benchmarks") as folder:
        yield from _sends(f"sqlite:///{folder}/sends.db?synchronous=off")


def _row(
    metric: str, value: float, unit: str, *, goal: str = "", limit: str = "", peer: str = "", note: str = ""
) -> Row:
    met = None
    if goal:
        sign, bar = goal.split()
        met = value >= float(bar) if sign == ">=" else value <= float(bar)
    return {
        "metric": metric,
        "value": value,
        "unit": unit,
        "goal": goal,
        "met": met,
        "limit": limit,
        "peer": peer,
        "note": note,
    }


def _open(url: str) -> Store:
    store = Store.open(url, clock=SimulatedClock(NOW), ids=Ids(random.Random(5).getrandbits))
    store.create_all()
    return store


def _member(number: int) -> MemberId:
    return MemberId(f"mem_01K{number * 7919:023X}")


@dataclass(slots=True)
class _Outside:
    """WeChat's own books: what people allowed, what each door let through, how often each notice came."""

    allowed: Counter[MemberId]
    came: Counter[NoticeId] = field(default_factory=Counter)
    through: Counter[Door] = field(default_factory=Counter)
    overdrawn: int = 0

    def take(self, attempt: tell.Attempt) -> None:
        """One message arrives."""
        self.came[attempt.notice] += 1
        self.through[attempt.door] += 1
        if attempt.door is Door.SUBSCRIBE:
            self.allowed[attempt.member] -= 1
            self.overdrawn += self.allowed[attempt.member] < 0


def _sends(url: str) -> Iterator[Row]:
    with closing(_open(url)) as store:
        chance = random.Random(11)
        members = [_member(number) for number in range(SENDS // 5)]
        outside = _Outside(Counter({member: chance.randrange(6) for member in members}))
        for first in range(0, len(members), BATCH):
            store.call(partial(_allow, members=members[first : first + BATCH], allowed=outside.allowed.copy()))
        begun = time.perf_counter()
        asyncio.run(_send_all(store, outside, members))
        lasted = time.perf_counter() - begun
        found = store.read(lambda tx: tell.quotas(tx, senders=SENDERS, limits=TIGHT))
        kinds = dict(store.read(lambda tx: tx.rows(_MOVES)))
    used = {quota.cap.door: quota.used for quota in found}
    over = sum(max(0, quota.used - (quota.cap.most or quota.used)) for quota in found)
    over += sum(max(0, outside.through[door] - most) for door, most in MOST.items())
    told = ", ".join(f"{door.value} {count}" for door, count in sorted(used.items()))
    through = ", ".join(f"{door.value} {count}" for door, count in sorted(outside.through.items()))
    note = f"{SENDS} notices, {CALLERS} senders at once; went out: {through}; counted by us: {told}"
    yield _row("sends: consents spent twice", outside.overdrawn, "messages", goal="<= 0", note=note)
    yield _row(
        "sends: messages beyond a cap",
        over,
        "messages",
        goal="<= 0",
        note=", ".join(f"{door.value} {most}" for door, most in MOST.items()),
    )
    twice = sum(count - 1 for count in outside.came.values() if count > 1)
    yield _row("sends: notices sent twice", twice, "messages", goal="<= 0")
    missing = outside.through[Door.SUBSCRIBE] + kinds.get("spend", 0)
    yield _row("sends: consents spent without a message, or the reverse", abs(missing), "messages", goal="<= 0")
    limit = "Python, one writer thread"
    yield _row("sends: notices tried and answered", round(SENDS / lasted), "1/s", limit=limit, note="SQLite, no sync")


def _allow(tx: Tx, members: Sequence[MemberId], allowed: Mapping[MemberId, int]) -> None:
    for member in members:
        if allowed[member]:
            tell.grant(tx, member, template=DELAY, n=allowed[member], source=member)
        opener = tell.Opener.MESSAGE if allowed[member] % 2 else None
        contact = tell.Contact(SERVICE, NOW, opener, tell.Follow.FOLLOWING)
        tell.contacted(tx, member, contact, kind=AccountKind.SERVICE, limits=LIMITS)


async def _send_all(store: Store, outside: _Outside, members: Sequence[MemberId]) -> None:
    numbers = iter(range(SENDS))
    chance = random.Random(13)

    async def sender() -> None:
        while batch := list(islice(numbers, BATCH)):
            new = [
                tell.NewNotice(f"{number}", members[number % len(members)], Scenario.DELAY, "ord_1", FACTS)
                for number in batch
            ]
            notices = await store.run(partial(_queued, new=new))
            attempts = await store.run(partial(_tried, notices=notices))
            for attempt in attempts:
                outside.take(attempt)
            await store.run(partial(_answered, attempts=attempts, answers=[chance.random() for _ in attempts]))

    await asyncio.gather(*(sender() for _ in range(CALLERS)))


def _queued(tx: Tx, new: Sequence[tell.NewNotice]) -> tuple[NoticeId, ...]:
    return tell.queue(tx, new)


def _tried(tx: Tx, notices: Sequence[NoticeId]) -> list[tell.Attempt]:
    tries = (tell.next_attempt(tx, notice, senders=SENDERS, limits=TIGHT) for notice in notices)
    return [attempt for attempt in tries if attempt is not None]


def _answered(tx: Tx, attempts: Sequence[tell.Attempt], answers: Sequence[float]) -> None:
    """Nine in ten are sent, one in twenty is lost, one in twenty is never answered: the sender died."""
    for attempt, answer in zip(attempts, answers, strict=True):
        if answer < SENT_RATIO:
            tell.sent(tx, attempt.notice, door=attempt.door)
        elif answer < SENT_RATIO + LOST_RATIO:
            tell.lost(tx, attempt.notice, door=attempt.door)
