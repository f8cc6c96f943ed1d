"""The collector's intake: one commit for many batches, each answered for its own, clocks set right, programs marked."""

import asyncio
import secrets

import pytest
import sqlalchemy as sa

from roulian import people, sense
from roulian.store import Store, Tx
from roulian.web.storefront import intake as collector
from roulian.web.storefront.deps import NotSignedIn
from roulian.web.storefront.intake import Batch, CollectorBusy, Given, Intake, Seen, is_program
from roulian.words import Instant, SimulatedClock

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
ROWS = sa.text("SELECT sku, seen_at, is_bot FROM sense_signals ORDER BY sku")


def sign_in(store: Store, openid: str = "o1") -> str:
    def work(tx: Tx) -> str:
        member = people.sign_in(tx, appid="wx1", openid=openid, unionid=None)
        return people.open_session(tx, member, chance=secrets.randbits)

    return store.call(work)


def seen(ident: str, *, at_ms: int) -> Seen:
    return Seen(id=ident, kind=sense.SignalKind.VIEW, at_ms=at_ms, sku=ident)


def a_batch(*idents: str, at_ms: int, sent_at_ms: int | None = None) -> Batch:
    return Batch([seen(ident, at_ms=at_ms) for ident in idents], sent_at_ms)


def rows(store: Store) -> list[tuple[str, int, int]]:
    return store.read(lambda tx: tx.rows(ROWS))


def counted(store: Store, clock: SimulatedClock) -> int:
    today = clock.now().day()
    days = store.read(lambda tx: sense.signal_days(tx, first=today.plus(-40), last=today))
    return sum(day.n for day in days)


@pytest.mark.anyio
async def test_batches_that_come_together_are_each_answered_for_their_own(store, clock):
    tokens = [sign_in(store, f"o{n}") for n in range(5)]
    intake, now_ms = Intake(store, clock), clock.now().ms
    batches = [a_batch(*(f"{n}-{k}" for k in range(n + 1)), at_ms=now_ms) for n in range(5)]

    told = await asyncio.gather(*(intake.take(Given(t, b)) for t, b in zip(tokens, batches, strict=True)))

    assert told == [1, 2, 3, 4, 5]
    assert counted(store, clock) == 15


@pytest.mark.anyio
async def test_one_signal_in_two_batches_at_once_counts_once(store, clock):
    token, now_ms = sign_in(store), clock.now().ms
    intake = Intake(store, clock)

    told = await asyncio.gather(*(intake.take(Given(token, a_batch("a", "b", at_ms=now_ms))) for _ in range(8)))

    assert sum(told) == 2
    assert counted(store, clock) == 2


@pytest.mark.anyio
async def test_sender_without_a_session_is_refused_alone(store, clock):
    token, now_ms = sign_in(store), clock.now().ms
    intake = Intake(store, clock)
    givens = [Given(token, a_batch("a", at_ms=now_ms)), Given("", a_batch("b", at_ms=now_ms))]

    told = await asyncio.gather(
        *(intake.take(given) for given in [*givens, Given("gone", a_batch("c", at_ms=now_ms))]), return_exceptions=True
    )

    assert told[0] == 1
    assert [type(refusal) for refusal in told[1:]] == [NotSignedIn, NotSignedIn]
    assert [row[0] for row in rows(store)] == ["a"]


@pytest.mark.anyio
async def test_too_many_waiting_are_told_to_come_back_and_nothing_of_theirs_is_kept(store, clock, monkeypatch):
    monkeypatch.setattr(collector, "MOST_WAITING", 4)
    token, now_ms = sign_in(store), clock.now().ms
    intake = Intake(store, clock)

    told = await asyncio.gather(
        *(intake.take(Given(token, a_batch(f"{n}-a", f"{n}-b", at_ms=now_ms))) for n in range(6)),
        return_exceptions=True,
    )

    refused = [n for n, answer in enumerate(told) if isinstance(answer, CollectorBusy)]
    assert refused
    assert {row[0] for row in rows(store)} == {f"{n}-{k}" for n in range(6) if n not in refused for k in "ab"}


@pytest.mark.anyio
async def test_program_is_kept_and_not_counted(store, clock):
    token, now_ms = sign_in(store), clock.now().ms

    told = await Intake(store, clock).take(Given(token, a_batch("a", at_ms=now_ms), "Mozilla/5.0 HeadlessChrome/130"))

    assert told == 1
    assert [(row[0], row[2]) for row in rows(store)] == [("a", 1)]
    assert counted(store, clock) == 0


@pytest.mark.anyio
async def test_thumbs_that_are_too_fast_are_a_program_until_the_minute_ends(store, clock, monkeypatch):
    monkeypatch.setattr(collector, "MOST_A_MINUTE", 3)
    token, intake = sign_in(store), Intake(store, clock)

    for ident in "abcde":
        await intake.take(Given(token, a_batch(ident, at_ms=clock.now().ms)))
    clock.move_to(Instant(clock.now().ms + 60_000))
    await intake.take(Given(token, a_batch("f", at_ms=clock.now().ms)))

    assert [(row[0], row[2]) for row in rows(store)] == [(c, int(c in "de")) for c in "abcdef"]


@pytest.mark.parametrize(
    ("at_ms", "sent_ms", "shown_ms"),
    [
        (-HOUR_MS, None, -HOUR_MS),  # offline for an hour
        (-HOUR_MS, -2_000, -HOUR_MS),  # the network's two seconds
        (2 * HOUR_MS, 3 * HOUR_MS, -HOUR_MS),  # a clock three hours ahead
        (-49 * HOUR_MS, -48 * HOUR_MS, -HOUR_MS),  # a clock two days behind
        (HOUR_MS, None, 0),  # in the future and nothing to tell why
        (-31 * DAY_MS, None, 0),  # a clock that was never set
    ],
)
def test_wrong_clock_is_set_right(at_ms: int, sent_ms: int | None, shown_ms: int):
    now = 1_800_000_000_000

    found = sense.corrected_ms([now + at_ms], sent_ms=None if sent_ms is None else now + sent_ms, received_ms=now)

    assert found == [now + shown_ms]


@pytest.mark.parametrize(
    ("agent", "is_marked"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN",
            False,
        ),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", True),
        ("python-requests/2.32", True),
        ("", False),
    ],
)
def test_user_agent_tells_programs_from_phones(agent: str, is_marked: bool):
    assert is_program(agent) is is_marked
