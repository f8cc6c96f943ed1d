"""One transaction: all of it or nothing of it."""

import threading

import pytest
import sqlalchemy as sa

from roulian.store import Store, Tx, Violated
from roulian.words import Bug, Unreachable
from shelf import THINGS, add, put, take, things


def test_a_list_of_any_length_is_one_parameter(store: Store):
    store.call(lambda tx: [put(tx, name) for name in "abc"])

    assert store.read(lambda tx: things(tx, ["a", "c", "z"])) == {"a": 1, "c": 1}
    assert store.read(lambda tx: things(tx, [])) == {}


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 120])
def test_rows_are_poured_in_columns_and_those_that_are_there_stay_as_they_are(store: Store, count: int):
    store.call(lambda tx: put(tx, "t0", units=7))
    columns = {"id": [f"t{n}" for n in range(count)], "units": list(range(count)), "note": [None] * count}

    added = store.call(lambda tx: tx.pour(THINGS, columns))
    again = store.call(lambda tx: tx.pour(THINGS, columns))

    assert (added, again) == (max(count - 1, 0), 0)
    assert store.read(things) == {f"t{n}": n for n in range(count)} | {"t0": 7}


def test_poured_rows_that_break_a_rule_leave_nothing(store: Store):
    with pytest.raises(Violated):
        store.call(lambda tx: tx.pour(THINGS, {"id": ["a", "b"], "units": [1, -1]}))

    assert store.read(things) == {}


def test_work_that_raises_leaves_nothing(store: Store):
    def work(tx: Tx) -> None:
        put(tx, "a")
        raise LookupError("changed my mind")

    with pytest.raises(LookupError):
        store.call(work)

    assert store.read(things) == {}


def test_a_broken_constraint_is_a_bug_and_leaves_nothing(store: Store):
    store.call(lambda tx: put(tx, "a", units=1))

    with pytest.raises(Violated):
        store.call(lambda tx: take(tx, "a", units=2))
    with pytest.raises(Violated):
        store.call(lambda tx: put(tx, "a", units=9))

    assert store.read(things) == {"a": 1}


def test_an_insert_leaves_out_what_may_be_absent(store: Store):
    whole, partly = THINGS.insert(), THINGS.insert().values(units=7)

    store.call(lambda tx: tx.run(whole, id="a", units=1, note="here"))
    store.call(lambda tx: tx.run(whole, id="b", units=2))
    store.call(lambda tx: tx.many(partly, [{"id": "c"}, {"id": "d"}]))

    rows = store.read(lambda tx: tx.rows(sa.select(THINGS.c.id, THINGS.c.units, THINGS.c.note).order_by(THINGS.c.id)))
    assert rows == [("a", 1, "here"), ("b", 2, None), ("c", 7, None), ("d", 7, None)]


def test_a_parameter_the_statement_does_not_have_is_a_bug(store: Store):
    with pytest.raises(Bug, match="colour"):
        store.call(lambda tx: tx.run(THINGS.insert(), id="a", units=1, colour="red"))
    with pytest.raises(Bug, match="colour"):
        store.read(lambda tx: tx.rows(sa.text("SELECT units FROM shelf_things WHERE id = :id"), id="a", colour="red"))


def test_a_sum_is_a_whole_number_on_both_engines(store: Store):
    store.call(lambda tx: [put(tx, "a", units=2**40), put(tx, "b", units=1)])

    rows = store.read(lambda tx: tx.rows(sa.select(sa.func.sum(THINGS.c.units), sa.func.avg(THINGS.c.units * 1.0))))

    assert rows == [(2**40 + 1, (2**40 + 1) / 2)]
    assert [type(value) for value in rows[0]] == [int, float]


def test_a_percent_sign_and_an_absent_value_mean_themselves(store: Store):
    like = sa.text(
        "SELECT id FROM shelf_things WHERE id LIKE '%' || :part || '%' AND (:at_least IS NULL OR units >= :at_least)"
    )
    store.call(lambda tx: put(tx, "50% off"))

    assert store.read(lambda tx: tx.rows(like, part="% o", at_least=None)) == [("50% off",)]
    assert store.read(lambda tx: tx.rows(like, part="% o", at_least=2)) == []


def test_a_read_cannot_write(store: Store):
    with pytest.raises(Bug):
        store.read(lambda tx: add(tx, "a"))
    with pytest.raises(Bug):
        store.read(lambda tx: tx.new_id("ord"))

    assert store.read(things) == {}


def test_a_read_sees_one_moment_and_does_not_hold_up_the_writer(store: Store):
    store.call(lambda tx: put(tx, "a"))

    def look_twice(tx: Tx) -> tuple[dict[str, int], dict[str, int]]:
        first = things(tx)
        writing = threading.Thread(target=store.call, args=(lambda inner: add(inner, "a"),))
        writing.start()
        writing.join(timeout=10)
        assert not writing.is_alive()
        return first, things(tx)

    assert store.read(look_twice) == ({"a": 1}, {"a": 1})
    assert store.read(things) == {"a": 2}


def test_work_that_asks_for_another_transaction_is_a_bug(store: Store):
    with pytest.raises(Bug):
        store.call(lambda _: store.call(things))

    assert store.call(things) == {}


def test_a_closed_store_takes_nothing_more(store: Store):
    store.call(lambda tx: put(tx, "a"))
    store.close()

    with pytest.raises(Unreachable):
        store.call(lambda tx: put(tx, "b"))
