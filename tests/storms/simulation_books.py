"""What must be true of the platform's and WeChat's books after any number of deaths, read from both memories."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian import sell, stock
from roulian.app.play import Stage
from roulian.store import Store
from roulian.words import Ids, WallClock

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Books:
    """The platform's database and the sandbox's file of one finished simulation."""

    brand: Store
    wechat: Path

    @classmethod
    @contextmanager
    def of(cls, home: Path, url: str) -> Iterator["Books"]:
        with closing(Store.open(url, clock=WallClock(), ids=Ids(lambda bits: bits))) as store:
            yield cls(store, home / "wechat.db")

    def ours(self, sql: str) -> Rows:
        return self.brand.read(lambda tx: tx.rows(sa.text(sql)))

    def theirs(self, sql: str) -> Rows:
        return _rows(self.wechat, sql)

    def orders(self) -> Mapping[str, tuple[Any, ...]]:
        """Every order by the key its buyer gave it: what it holds and where it stands.

        How far a parcel is on its way depends on its number, which every life draws for itself.
        """
        rows = self.ours(
            "SELECT o.key, o.region, o.total_fen, replace(o.status, 'delivered', 'shipped'), o.why, l.sku, l.qty"
            " FROM sell_orders o"
            " JOIN sell_order_lines l ON l.order_id = o.id ORDER BY o.key, l.line"
        )
        found: dict[str, tuple[Any, ...]] = {}
        for key, *rest in rows:
            found[key] = (*found.get(key, ()), *rest)
        return found

    def facts(self) -> Rows:
        """How often each fact was said; how far parcels and messages came is left to each life's luck."""
        return self.ours(
            "SELECT kind, COUNT(*) FROM store_events WHERE stage NOT IN ('tell') AND kind NOT LIKE '%Delivered'"
            " GROUP BY kind ORDER BY kind"
        )

    def news(self) -> Rows:
        """How many notices of each kind were written."""
        return self.ours("SELECT scenario, COUNT(*) FROM tell_notices GROUP BY scenario ORDER BY scenario")

    def demand(self) -> Rows:
        """What was sold where on which day."""
        return self.ours("SELECT sku, region, day, units FROM sense_demand ORDER BY sku, region, day")

    def paid(self) -> tuple[Rows, Rows]:
        """Order, transaction and fen of every payment, in our book and in WeChat's."""
        ours = sorted(self.ours("SELECT order_id, transaction_id, amount_fen FROM sell_payments"))
        theirs = self.theirs(
            "SELECT out_trade_no, transaction_id, total_fen FROM payments WHERE paid_ms IS NOT NULL ORDER BY 1"
        )
        return ours, theirs

    def returned(self) -> tuple[Rows, Rows]:
        """Order and fen of every refund that arrived, in our book and in WeChat's."""
        ours = sorted(self.ours("SELECT order_id, amount_fen FROM sell_refunds WHERE refunded_at IS NOT NULL"))
        theirs = self.theirs("SELECT out_refund_no, refund_fen FROM refunds WHERE status = 'SUCCESS' ORDER BY 1")
        return ours, theirs

    def told_twice(self) -> list[tuple[Any, ...]]:
        """Facts about an order that a person read more than once, be it in a letter or on the card."""
        rows = self.theirs("SELECT person, content FROM messages WHERE kind IN ('subscribe', 'card')")
        told = Counter((person, _fact(content)) for person, content in rows)
        return [fact for fact, times in told.items() if times > 1]

    def unfinished(self) -> Rows:
        """What is neither done, nor refused by the outside, nor proven lost, nor still to come."""
        return self.ours(
            "SELECT 'delivery', handler, status, error FROM store_deliveries WHERE status <> 'done'"
            " UNION ALL SELECT 'deadline', kind, status, error FROM store_deadlines"
            " WHERE status NOT IN ('done', 'off') AND NOT (status = 'due' AND tries = 0)"
            " UNION ALL SELECT 'job', kind, status, error FROM store_jobs"
            " WHERE status NOT IN ('done', 'rejected') AND NOT (status = 'lost' AND kind = 'tell.send')"
        )

    def uncertain(self) -> int:
        """Messages of which nobody knows whether WeChat sent them."""
        [(count,)] = self.ours("SELECT COUNT(*) FROM tell_notices WHERE status = 'uncertain'")
        return int(count)

    def lots(self) -> tuple[int, int, int]:
        """Lots in the book, lots said, work orders opened for a lot."""
        [(entered,)] = self.ours("SELECT COUNT(*) FROM sell_lots")
        [(said,)] = self.ours("SELECT COUNT(*) FROM store_events WHERE kind = 'sell.CampaignReached'")
        [(opened,)] = self.ours("SELECT COUNT(*) FROM make_work_orders")
        return entered, said, opened


def audit(stage: Stage) -> None:
    """The platform's own audits: every shelf equals its moves and claims, every fen is somewhere."""
    store = stage.app.store
    levels = store.read(stock.all_levels)
    assert list(store.read(stock.rebuilt)) == [level.counted() for level in levels]
    money = store.read(sell.money)
    assert money.received_fen == money.kept_fen + money.late_fen + money.owed_fen + money.returned_fen


def _rows(path: Path, sql: str) -> Rows:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _fact(content: str) -> str:
    """What a message says, the same whether in a letter or on the card, in one comparable text."""
    said = msgspec.json.decode(content)
    if "content_json" in said:
        said = msgspec.json.decode(said["content_json"])
        del said["cur_status"]
    return msgspec.json.encode(said, order="sorted").decode()
