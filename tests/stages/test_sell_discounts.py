"""What comes off a line is part of the line: its total says what the buyer pays."""

from builders import CUP, a_line
from roulian import sell


def test_lines_total_is_its_price_times_quantity_less_its_discount() -> None:
    line = sell.Line(CUP, 3, 1_000, discount_fen=250)

    assert line.total_fen() == 2_750
    assert a_line(qty=2).total_fen() == 2 * a_line().price_fen
