from dataclasses import dataclass
from typing import ClassVar

from roulian.words import Day, Refusal


@dataclass(eq=False)
class TooLate(Refusal):
    day: Day
    code: ClassVar[str] = "too_late"
    zh: ClassVar[str] = "最晚 {day}。"
    en: ClassVar[str] = "By {day} at the latest."


def test_a_refusal_names_its_day_as_people_and_programs_read_it():
    refusal = TooLate(Day.parse("2026-06-10"))

    assert refusal.text("zh") == "最晚 2026-06-10。"
    assert refusal.text("en") == "By 2026-06-10 at the latest."
    assert refusal.facts() == {"day": "2026-06-10"}


@dataclass(eq=False)
class UnderWay(Refusal):
    orders: tuple[str, ...]
    code: ClassVar[str] = "under_way"
    zh: ClassVar[str] = "还有订单 {orders}。"
    en: ClassVar[str] = "Orders {orders} are under way."


def test_a_refusal_lists_what_it_names_for_people_and_as_a_list_for_programs():
    refusal = UnderWay(("ord_1", "ord_2"))

    assert refusal.text("zh") == "还有订单 ord_1、ord_2。"
    assert refusal.text("en") == "Orders ord_1, ord_2 are under way."
    assert refusal.facts() == {"orders": ("ord_1", "ord_2")}
