"""Who can be reached, by which door, now: a million members in one question.

The audience: a mini-program and a service account, 1,000,000 members, of whom some allow a message, some wrote lately,
some follow. Peer: the same question asked member by member through the same ledgers, on a sample, extrapolated.
"""

import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import psycopg

_ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_ROOT / "tests"), str(_ROOT / "src")]

from private_postgres import private_postgres  # noqa: E402 - the tests' folder is not installed
from roulian import tell  # noqa: E402
from roulian.store import Store, Tx  # noqa: E402
from roulian.tell import AccountKind, Door, Scenario  # noqa: E402
from roulian.words import Ids, Instant, MemberId, SimulatedClock  # noqa: E402

MEMBERS = 1_000_000
SAMPLE = 2_000
ALLOWED, WROTE, FOLLOWED, MASSED = 0.6, 0.4, 0.7, 0.5
TIMES = 5
NOW = Instant.parse("2026-03-02T10:00:00+08:00")
MINI, SERVICE = "wx_shop", "wx_service"
DELAY, DELAY_SERVICE, LAUNCH = "tpl_delay", "tpl_delay_service", "tpl_launch"
LIMITS = tell.read_limits((_ROOT / "src" / "roulian" / "tell" / "limits.toml").read_bytes())
SENDERS = (
    tell.Sender(MINI, AccountKind.MINI_PROGRAM, {Scenario.DELAY: DELAY, Scenario.LAUNCH: LAUNCH}),
    tell.Sender(SERVICE, AccountKind.SERVICE, {Scenario.DELAY: DELAY_SERVICE}),
)
Row = Mapping[str, object]
Values = Iterable[tuple[object, ...]]
Fill = Callable[[str, Sequence[str], Values], None]


def rows() -> Iterator[Row]:
    """Every measurement, both engines on the same disk."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=_ROOT / "benchmarks")))
        server = stack.enter_context(private_postgres(durable=True))
        path = folder / "brand.db"
        fills = {"SQLite": partial(_fill_sqlite, path), "PostgreSQL": partial(_fill_postgres, server)}
        urls = {"SQLite": f"sqlite:///{path}", "PostgreSQL": f"{server}&schema=bench"}
        for engine, url in urls.items():
            with closing(_open(url)) as store:
                _settle_in(fills[engine])
                yield from _reaches(engine, store)


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


def _settle_in(fill: Fill) -> None:
    """Six in ten allowed a message once (a third of them has none left), four in ten wrote, seven in ten followed."""
    chance = random.Random(7)
    some = [_member(number) for number in range(MEMBERS)]
    chance.shuffle(some)
    for template in (DELAY, LAUNCH):
        fill(
            "tell_consents",
            ("member", "template", "left_count"),
            ((member, template, chance.choice((0, 1, 2))) for member in some if chance.random() < ALLOWED),
        )
    lately, long_ago = NOW.ms + 3_600_000, NOW.ms - 3_600_000
    fill(
        "tell_windows",
        ("member", "account", "opener", "opened_at", "closes_at", "left_count", "debited_at"),
        (
            (member, SERVICE, "message", 0, chance.choice((lately, long_ago)), chance.choice((0, 3, 5)), 0)
            for member in some
            if chance.random() < WROTE
        ),
    )
    follows = ("following", "following", "left")
    fill(
        "tell_followers",
        ("member", "account", "follow", "changed_at"),
        ((member, SERVICE, chance.choice(follows), 0) for member in some if chance.random() < FOLLOWED),
    )
    month = tell.Per.MONTH.begins(NOW).ms
    fill(
        "tell_mass_slots",
        ("member", "account", "per", "begins_at", "used"),
        ((member, SERVICE, "month", month, chance.randrange(5)) for member in some if chance.random() < MASSED),
    )


def _fill_sqlite(path: Path, table: str, columns: Sequence[str], values: Values) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)


def _fill_postgres(server: str, table: str, columns: Sequence[str], values: Values) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        copy = f"COPY bench.{table} ({', '.join(columns)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(copy) as stream:
            for row in values:
                stream.write_row(row)
        connection.execute(f"VACUUM ANALYZE bench.{table}")


def _reaches(engine: str, store: Store) -> Iterator[Row]:
    audience = [_member(number) for number in range(MEMBERS)]
    for scenario in (Scenario.DELAY, Scenario.LAUNCH):
        peer = f"member by member {_one_by_one(store, scenario, audience[:: MEMBERS // SAMPLE])} s"
        for whom, members in (("a list of 1,000,000", audience), ("everyone known", None)):
            seconds, cpu_seconds, found = _best_of(partial(_asked, store, scenario, members))
            yield _row(
                f"{engine}: reach of {scenario.value}, {whom}",
                seconds,
                "s",
                goal="<= 2",
                limit="one hash table over the audience and the ledgers' members",
                peer=f"{peer}, extrapolated from {SAMPLE} members",
                note=f"best of {TIMES}; {cpu_seconds} s of CPU in this process; load {os.getloadavg()[0]:.1f}; {_told(found)}",
            )


def _asked(store: Store, scenario: Scenario, members: Sequence[MemberId] | None) -> tell.Audience:
    def ask(tx: Tx) -> tell.Audience:
        found = tell.reach(tx, scenario, senders=SENDERS, limits=LIMITS, members=members)
        return tell.audience(tx, found, senders=SENDERS, limits=LIMITS)

    return store.read(ask)


def _best_of(ask: Callable[[], tell.Audience]) -> tuple[float, float, tell.Audience]:
    found = []
    for _ in range(TIMES):
        begun, cpu = time.perf_counter(), time.process_time()
        answer = ask()
        found.append((round(time.perf_counter() - begun, 2), round(time.process_time() - cpu, 2), answer))
    return min(found, key=lambda each: each[0])


def _told(found: tell.Audience) -> str:
    routes = ", ".join(f"{each.route.door.value} {each.members}" for each in found.routes)
    hindered = ", ".join(f"{obstacle.value} {count}" for obstacle, count in found.obstacles.items() if count)
    return f"{found.reachable} of {found.targeted} reachable ({routes}); {hindered}"


def _one_by_one(store: Store, scenario: Scenario, members: Sequence[MemberId]) -> float:
    """Seconds for a million members, each asked for alone."""

    def ask(tx: Tx) -> None:
        for member in members:
            _naive(tx, scenario, member)

    begun = time.perf_counter()
    store.read(ask)
    return round((time.perf_counter() - begun) / len(members) * MEMBERS, 1)


def _naive(tx: Tx, scenario: Scenario, member: MemberId) -> Door | None:
    """What a message router asks before it sends one message."""
    for sender in SENDERS:
        if tell.consents(tx, [member])[member].get(sender.templates.get(scenario, ""), 0):
            return Door.SUBSCRIBE
    if any(window.left for window in tell.windows(tx, member)):
        return Door.CUSTOMER_SERVICE
    if tell.Follow.FOLLOWING in tell.follows(tx, member).values():
        return Door.TEMPLATE
    return None
