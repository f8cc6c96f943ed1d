from dataclasses import dataclass

from roulian.sell import OrderPaid, PromiseMoved
from roulian.words import Day, Event, Refusal
from roulian.words.event import read


def test_an_event_is_named_after_its_stage_and_reads_what_it_writes():
    moved = PromiseMoved("ord_1", Day(10), Day(12), "supplier_delayed")

    assert PromiseMoved.kind() == "sell.PromiseMoved"
    assert read(PromiseMoved, moved.body()) == moved


def test_a_stored_event_outlives_fields_that_were_added_or_dropped():
    @dataclass(frozen=True, slots=True)
    class OrderPaidLater(Event):
        order: str
        channel: str = "mini_program"

    assert read(OrderPaid, '{"order":"ord_1","dropped":3}') == OrderPaid("ord_1")
    assert read(OrderPaidLater, OrderPaid("ord_1").body()).channel == "mini_program"


def test_a_refusal_speaks_the_users_language():
    @dataclass(eq=False)
    class Late(Refusal):
        day: str
        code = "late"
        zh = "{day} 之后才行。"
        en = "Only after {day}."

    assert Late("6月3日").text() == "6月3日 之后才行。"
    assert Late("June 3").text("en-GB") == "Only after June 3."
    assert Late("June 3").facts() == {"day": "June 3"}
