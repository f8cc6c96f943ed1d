"""Three presales in a process that is killed fifty times: no order in limbo, goods or money for every payer, to the fen.

`ROULIAN_DEATHS=500 python -m pytest tests/storms/test_presale_kill.py` dies more often, in other places.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lives import Lives, Toll, forked_from
from presale_play import live
from simulation_books import Books

SEED = int(os.environ.get("ROULIAN_SEED", "20260604"))
DEATHS = int(os.environ.get("ROULIAN_DEATHS", "50"))
TOLL = Toll(young=1, last_minute=DEATHS * 2 // 5, dumb=DEATHS // 5, anywhere=DEATHS - 1 - DEATHS * 2 // 5 - DEATHS // 5)
STANDING = {"paid", "shipped", "delivered"}


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    with forked_from("presale_play", live) as lives:
        yield lives


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A durable database for the calm presales and one for the storm, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'calm.db'}", f"sqlite:///{tmp_path / 'storm.db'}"
    server = request.getfixturevalue("postgres_url")
    return f"{server}&schema=calm_presales", f"{server}&schema=storm_presales"


def assert_every_payer_is_served(books: Books) -> None:
    """What each paid is owed to a standing order whose goods are held, made or gone to them, or is back with them."""
    ours, theirs = books.paid()
    assert ours == theirs
    gave_back, got_back = books.returned()
    assert gave_back == got_back
    back = dict(
        books.theirs(
            "SELECT p.out_trade_no, SUM(r.refund_fen) FROM refunds r JOIN payments p ON p.id = r.payment"
            " WHERE r.status = 'SUCCESS' GROUP BY p.out_trade_no"
        )
    )
    goods = dict(
        books.ours(
            "SELECT order_id, SUM(qty) FROM stock_claims WHERE status IN ('held', 'waiting', 'done') GROUP BY order_id"
        )
    )
    orders = books.ours(
        "SELECT o.id, o.status, o.total_fen, SUM(l.qty) FROM sell_orders o"
        " JOIN sell_order_lines l ON l.order_id = o.id GROUP BY o.id, o.status, o.total_fen"
    )
    paid = {order: fen for order, _, fen in theirs}
    for order, status, total_fen, qty in orders:
        if status in STANDING:
            assert (paid[order], back.get(order, 0), goods[order]) == (total_fen, 0, qty)
        else:
            assert status in {"refunded", "cancelled"}
            assert (paid.get(order, 0), goods.get(order, 0)) == (back.get(order, 0), 0)
    owed_fen = sum(total_fen for _, status, total_fen, _ in orders if status in STANDING)
    assert sum(paid.values()) - sum(back.values()) == owed_fen > 0
    assert sum(back.values()) > 0


def assert_every_lot_is_made_once(books: Books) -> None:
    """Each lot has one work order of its size, and what it lacked was bought once."""
    lots = books.ours("SELECT campaign || ':' || lot, qty FROM sell_lots ORDER BY campaign, lot")
    made = books.ours("SELECT cause, qty FROM make_work_orders ORDER BY cause")
    bought = [cause for (cause,) in books.ours("SELECT cause FROM make_purchases WHERE cause LIKE 'cmp_%'")]
    assert made == lots != []
    assert len(set(bought)) == len(bought) > 0


def test_fifty_deaths_leave_every_payer_with_goods_or_money(lives: Lives, tmp_path: Path, urls: tuple[str, str]):
    calm, storm = tmp_path / "calm", tmp_path / "storm"
    calm_url, storm_url = urls
    first, later = lives.calm(calm, calm_url)

    died = 0
    for death in TOLL.deaths(first, later, seed=SEED):
        died += lives.lived(storm, storm_url, death) is None
    lives.lived(storm, storm_url)

    with Books.of(storm, storm_url) as books, Books.of(calm, calm_url) as quiet:
        assert books.unfinished() == [], f"seed {SEED}"
        assert_every_payer_is_served(books)
        assert_every_lot_is_made_once(books)
        assert books.orders() == quiet.orders()
    assert died == DEATHS, f"{died} of {DEATHS} deaths by seed {SEED}"
