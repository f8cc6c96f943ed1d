"""The sandbox's own JPEGs: what they show is the QR code, square for square."""

import pytest
import segno

from gateways.sandbox.pictures import brightness, size_of
from wechat_sandbox.pictures import qr_jpeg

TEXT = "https://mp.weixin.qq.com/a/~aB3aB3aB3aB3aB3aB3aB3x"
COUNT = 33


@pytest.mark.parametrize(("width_px", "scale"), [(280, 1), (430, 1), (1280, 3)])
def test_every_square_of_the_code_is_in_the_picture_and_nothing_else(width_px: int, scale: int) -> None:
    matrix = segno.make_qr(TEXT, error="m").matrix

    image = qr_jpeg(TEXT, width_px=width_px)

    rows = brightness(image)
    before = (len(rows) - COUNT * scale) // 2
    shown = [row[before : before + COUNT * scale : scale] for row in rows[before : before + COUNT * scale : scale]]
    assert size_of(image) == (width_px, width_px)
    assert shown == [[0 if cell else 255 for cell in row] for row in matrix]
    assert sum(row.count(0) for row in rows) == sum(map(sum, matrix)) * scale * scale


def test_a_coloured_code_has_three_components() -> None:
    grey, red = qr_jpeg(TEXT, width_px=430), qr_jpeg(TEXT, width_px=430, dark=(200, 30, 60))

    assert (grey[grey.index(b"\xff\xc0") + 9], red[red.index(b"\xff\xc0") + 9]) == (1, 3)
    assert size_of(red) == (430, 430)
