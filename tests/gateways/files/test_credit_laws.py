"""Laws of netting: whatever the file, credit notes take back what the rule says and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from roulian.gateways.files import Batch, Cell, Line, OrderFile, RefusedRow, Why, recognise

HEADERS = ("order_no", "line_no", "sku", "qty", "date", "customer_id")


@dataclass(frozen=True)
class Table:
    """A sheet that stands in memory."""

    cells: Sequence[tuple[Cell, ...]]

    @property
    def headers(self) -> tuple[str, ...]:
        return HEADERS

    def rows(self) -> Iterator[Sequence[Cell]]:
        yield from self.cells


rows = st.lists(
    st.tuples(
        st.sampled_from(["S1", "S2"]),
        st.sampled_from([-2, -1, 1, 2]),
        st.integers(1, 6).map(lambda day: f"2026-03-0{day}"),
        st.sampled_from(["", "7", "8"]),
    ),
    max_size=25,
)
Drawn = list[tuple[str, int, str, str]]


def read(drawn: Drawn) -> list[Batch]:
    cells = [(f"A{i}", 1, sku, qty, day, customer) for i, (sku, qty, day, customer) in enumerate(drawn)]
    return list(OrderFile(Table(cells), recognise(HEADERS)).batches())


def lines(batches: Sequence[Batch]) -> list[Line]:
    return [line for batch in batches for line in batch.lines]


def refused(batches: Sequence[Batch], *whys: Why) -> list[RefusedRow]:
    return [row for batch in batches for row in batch.refused if row.why in whys]


def by_the_rule(drawn: Drawn) -> set[int]:
    """The places of the sales that stand, by the rule's own words: note by note in time, the latest earlier sale."""
    order = sorted(range(len(drawn)), key=lambda i: (drawn[i][2], i))
    standing = {i for i in order if drawn[i][1] > 0}
    for note in (i for i in order if drawn[i][1] < 0 and drawn[i][3]):
        sku, qty, day, customer = drawn[note]
        wanted = (sku, -qty, customer)
        earlier = [i for i in order if i in standing and (drawn[i][0], drawn[i][1], drawn[i][3]) == wanted]
        earlier = [i for i in earlier if drawn[i][2] <= day]
        if earlier:
            standing.remove(earlier[-1])
    return standing


@given(rows)
def test_the_sales_that_stand_are_those_of_the_rule(drawn: Drawn) -> None:
    batches = read(drawn)

    assert {int(line.order_no[1:]) for line in lines(batches)} == by_the_rule(drawn)


@given(rows)
def test_every_row_is_taken_or_refused_exactly_once(drawn: Drawn) -> None:
    batches = read(drawn)

    seen = [line.row for line in lines(batches)] + [row.row for batch in batches for row in batch.refused]
    assert sorted(seen) == [place + 2 for place in range(len(drawn))]
    assert sum(batch.rows for batch in batches) == len(drawn)


@given(rows)
def test_returned_sales_and_netted_notes_come_in_pairs(drawn: Drawn) -> None:
    batches = read(drawn)

    pairs = {(row.row, int(row.facts["row"])) for row in refused(batches, Why.CREDIT_NETTED)}
    assert {(sale, note) for note, sale in pairs} == {
        (row.row, int(row.facts["row"])) for row in refused(batches, Why.SALE_RETURNED)
    }
