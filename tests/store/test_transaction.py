"""One transaction: all of it or nothing of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from roulian.store import METADATA, Store, Tx, Violated, any_of

SHELF = sa.Table(
    "storetest_shelf",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("units", sa.BigInteger, sa.CheckConstraint("units >= 0", name="units"), nullable=False),
    sa.Column("note", sa.Text),
)
PUT = SHELF.insert()
SOME = sa.select(SHELF.c.id, SHELF.c.units).where(any_of(SHELF.c.id, "ids")).order_by(SHELF.c.id)
ALL = sa.select(SHELF.c.id).order_by(SHELF.c.id)
MORE = SHELF.update().where(SHELF.c.id == sa.bindparam("of")).values(units=SHELF.c.units + sa.bindparam("more"))


def test_rows_come_back_as_plain_tuples_in_select_order(store: Store):
    store.call(lambda tx: tx.many(PUT, [{"id": "b", "units": 2}, {"id": "a", "units": 1}]))

    assert store.read(lambda tx: tx.rows(SOME, ids=["a", "b", "z"])) == [("a", 1), ("b", 2)]
    assert store.read(lambda tx: tx.rows(SOME, ids=[])) == []


def test_work_that_raises_leaves_nothing(store: Store):
    def work(tx: Tx) -> None:
        tx.run(PUT, id="a", units=1)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError):
        store.call(work)

    assert store.read(lambda tx: tx.rows(ALL)) == []


def test_a_broken_constraint_is_a_bug_and_leaves_nothing(store: Store):
    store.call(lambda tx: tx.run(PUT, id="a", units=1))

    with pytest.raises(Violated):
        store.call(lambda tx: tx.run(MORE, of="a", more=-2))

    assert store.read(lambda tx: tx.rows(SOME, ids=["a"])) == [("a", 1)]


def test_a_limit_lets_no_more_through_than_it_says(store: Store):
    taken = [store.call(lambda tx: tx.take("wechat", limit=2, per=timedelta(minutes=1))) for _ in range(3)]

    assert taken == [True, True, False]
