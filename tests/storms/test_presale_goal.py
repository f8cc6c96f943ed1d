"""A thousand people pay around a presale's goal at once, at several processes' doors: each lot is made once.

`ROULIAN_BUYERS=10000 python -m pytest tests/storms/test_presale_goal.py` brings more of them.
"""

import asyncio
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from goal_payers import MOTION, Share, take
from pay_platform import Platform

from builders import said
from house import BAG, SMALL_BRAND
from roulian import sell, stock
from roulian.app.brand import load, read_brand
from roulian.flows import checkout, presale
from roulian.store import Pump, Store, Tx
from roulian.web.wire import Call
from roulian.words import Ids, MemberId, SimulatedClock, SkuId

BUYERS = int(os.environ.get("ROULIAN_BUYERS", "1000"))
PROCESSES, MULTIPLE, SEED = 3, 50, 11
CARTS_AT_ONCE = 250


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(read_brand(SMALL_BRAND).first_day.at(8))


@pytest.fixture
def shop(store_url: str, clock: SimulatedClock) -> Iterator[Store]:
    """The small brand, whose ring is that of the paying processes."""
    ids = Ids(random.Random(SEED).getrandbits)
    with closing(Store.open(store_url, clock=clock, ids=ids, motion=MOTION)) as store:
        store.create_all()
        store.call(lambda tx: load(tx, read_brand(SMALL_BRAND)))
        yield store


def placed(tx: Tx, *, lot_qty: int) -> tuple[sell.Campaign, list[sell.Order]]:
    """A presale, and an order of one bag by each buyer."""
    deadline = tx.now.plus(timedelta(days=2))
    campaign = presale.publish(tx, presale.Opening(SkuId(BAG), 1500, deadline, lot_qty, MULTIPLE))
    wanted = (sell.Wanted(SkuId(BAG), 1, campaign.id),)
    carts = [sell.Cart(f"k{n}", MemberId(f"mem_{n}"), "浙江", wanted) for n in range(BUYERS)]
    orders: list[sell.Order] = []
    for first in range(0, BUYERS, CARTS_AT_ONCE):
        answers = checkout.place(tx, carts[first : first + CARTS_AT_ONCE], pay_within=timedelta(minutes=30))
        orders += [answer for answer in answers if isinstance(answer, sell.Order)]
    return campaign, orders


def notices(platform: Platform, orders: Sequence[sell.Order], clock: SimulatedClock) -> tuple[list[Call], int]:
    """Two notices of each payment and every eighth once more to the byte, in no order; how many are such replays."""
    sent = [platform.notice(order, at=clock.now()) for order in orders for _ in range(2)]
    replays = sent[:: 2 * 4]
    calls = [*sent, *replays]
    random.Random(SEED).shuffle(calls)
    return calls, len(replays)


def brought(url: str, clock: SimulatedClock, platform: Platform, calls: Sequence[Call], told: Path) -> Counter[int]:
    """What the doors of several processes answer, all of them at work at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["goal_payers"])
    start = context.Barrier(PROCESSES)
    shares = [Share(url, clock.now(), platform.keys, calls[n::PROCESSES]) for n in range(PROCESSES)]
    works = [context.Process(target=take, args=(share, start, told / f"{n}")) for n, share in enumerate(shares)]
    for work in works:
        work.start()
    for work in works:
        work.join()
    assert [work.exitcode for work in works] == [0] * PROCESSES
    found = (msgspec.json.decode((told / f"{n}").read_bytes(), type=dict[int, int]) for n in range(PROCESSES))
    return sum(map(Counter, found), Counter())


def full_lots(lot_qty: int) -> list[int]:
    """What is made before the presale closes: the paid units each time they fill a lot, rounded up to the multiple."""
    lot = -(-lot_qty // MULTIPLE) * MULTIPLE
    lots: list[int] = []
    while sum(lots) + lot_qty <= BUYERS:
        lots.append(lot)
    return lots


def test_lots_are_made_once_for_what_was_paid_and_no_more(
    shop: Store, store_url: str, clock: SimulatedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    lot_qty = round(BUYERS * 0.46)
    campaign, orders = shop.call(lambda tx: placed(tx, lot_qty=lot_qty))
    platform = Platform.new()
    calls, replays = notices(platform, orders, clock)

    answers = brought(store_url, clock, platform, calls, tmp_path)
    asyncio.run(Pump(shop).settle())
    lots = full_lots(lot_qty)
    before_closing = made(shop, campaign)
    shop.call(lambda tx: presale.close(tx, campaign.id))
    asyncio.run(Pump(shop).settle())

    assert len(orders) == BUYERS
    assert answers == {200: 2 * BUYERS, 401: replays}
    assert len(said(shop, "sell.OrderPaid")) == BUYERS
    assert before_closing == lots
    rest = BUYERS - sum(lots)
    assert made(shop, campaign) == [*lots, *([-(-rest // MULTIPLE) * MULTIPLE] if rest > 0 else [])]
    assert len(said(shop, "sell.CampaignReached")) == len(made(shop, campaign))
    assert_bought_once(shop, campaign)
    assert shop.read(sell.money).kept_fen == sum(order.total_fen for order in orders)
    assert shop.read(stock.audit) == ()


def made(shop: Store, campaign: sell.Campaign) -> list[int]:
    """The sizes of the presale's work orders, by lot."""
    rows = shop.read(lambda tx: tx.rows(sa.text("SELECT cause, qty FROM make_work_orders")))
    mine = {int(cause.split(":")[1]): qty for cause, qty in rows if cause.startswith(campaign.id)}
    return [mine[lot] for lot in sorted(mine)]


def assert_bought_once(shop: Store, campaign: sell.Campaign) -> None:
    """The cloth for all lots was bought, for each lot at most once."""
    rows = shop.read(lambda tx: tx.rows(sa.text("SELECT cause FROM make_purchases")))
    mine = [cause for (cause,) in rows if cause.startswith(campaign.id)]
    assert len(mine) == len(set(mine)) > 0
