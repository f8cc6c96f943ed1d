"""Ten thousand of Pay's notices in disorder, most told twice, some replayed to the byte: each order is paid once."""

import asyncio
import random
from collections import Counter

import pytest
from pay_platform import Platform, door

from builders import open_shop, place, said
from roulian import sell
from roulian.store import Store, Tx
from roulian.web.callbacks import CallbackDeps
from roulian.web.callbacks.routes import pay_notice
from roulian.web.wire import Call
from roulian.words import Instant, MemberId, SimulatedClock

ORDERS, VALID = 5_000, 10_000
AT_ONCE = 500


def placed(tx: Tx) -> list[sell.Order]:
    open_shop(tx)
    return [place(tx, "k", member=MemberId(f"mem_{number}")) for number in range(ORDERS)]


async def brought(deps: CallbackDeps, calls: list[Call]) -> list[int]:
    """What our door answers, so many at once."""
    statuses: list[int] = []
    for first in range(0, len(calls), AT_ONCE):
        replies = await asyncio.gather(*(pay_notice(deps, call) for call in calls[first : first + AT_ONCE]))
        statuses += [reply.status for reply in replies]
    return statuses


@pytest.fixture(params=["sqlite"])
def store_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'brand.db'}"


def test_ten_thousand_notices_in_disorder_pay_each_order_once(store: Store, clock: SimulatedClock):
    orders, platform, now = store.call(placed), Platform.new(), clock.now()
    first = [platform.notice(order, at=now) for order in orders]
    anew = [platform.notice(order, at=now) for order in orders]
    replays = first[ORDERS // 2 :]
    calls = [*first, *anew, *replays]
    random.Random(11).shuffle(calls)

    statuses = asyncio.run(brought(door(store, clock, platform.keys), calls))

    assert len(first) + len(anew) == VALID
    assert Counter(statuses) == {200: VALID, 401: len(replays)}
    assert len(said(store, "sell.OrderPaid")) == ORDERS
    money = store.read(sell.money)
    assert (money.received_fen, money.refused_fen) == (sum(order.total_fen for order in orders), 0)


def test_what_was_heard_is_forgotten_when_it_could_no_longer_be_fresh(store: Store, clock: SimulatedClock):
    orders, platform = store.call(placed)[:50], Platform.new()
    deps = door(store, clock, platform.keys)

    for order in orders:
        clock.move_to(Instant(clock.now().ms + 60_000))
        call = platform.notice(order, at=clock.now())
        assert asyncio.run(brought(deps, [call, call])) in ([200, 401], [401, 200])

    heard = store.read(_heard)
    assert heard <= 12


def _heard(tx: Tx) -> int:
    import sqlalchemy as sa

    row = tx.one(sa.text("SELECT COUNT(*) FROM store_heard"))
    assert row is not None
    return int(row[0])
