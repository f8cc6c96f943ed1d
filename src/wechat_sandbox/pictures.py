"""QR codes as JPEG, which is how WeChat hands out its codes.

A code is nothing but squares, so every block of 8 × 8 pixels has one colour: only the first coefficient of each block
is written, and a Huffman table of one code ends it. Source of the format: ITU-T T.81, baseline, JFIF.
"""

import struct
from collections.abc import Iterable, Iterator

import segno

BLOCK_PX = 8
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
Colour = tuple[int, int, int]
STEP = 8
"""The quantiser: it makes the first coefficient of a plain block its level below or above middle grey."""
LENGTHS = bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0))
SIZES = bytes(range(12))
SIZE_CODES = ("00", "010", "011", "100", "101", "110", "1110", "11110", "111110")
END_OF_BLOCK = "0"


def qr_jpeg(text: str, *, width_px: int, dark: Colour = BLACK) -> bytes:
    """A white JPEG, `width_px` wide and high, with the text's QR code in its middle as large as whole blocks allow."""
    cells = [[bool(cell) for cell in row] for row in segno.make_qr(text, error="m").matrix]
    count = len(cells)
    scale = max(1, width_px // (BLOCK_PX * (count + 8)))
    across = -(-width_px // BLOCK_PX)
    before = max(0, (across - count * scale) // 2)
    components = 1 if len(set(dark)) == 1 else 3
    blocks = (
        0 <= (y - before) // scale < count
        and 0 <= (x - before) // scale < count
        and cells[(y - before) // scale][(x - before) // scale]
        for y in range(across)
        for x in range(across)
    )
    scan = _packed(_codes(blocks, white=_levels(WHITE)[:components], dark=_levels(dark)[:components]))
    return _head(width_px, components) + scan + b"\xff\xd9"


def _levels(colour: Colour) -> tuple[int, int, int]:
    """Brightness and both differences of a colour, from middle grey."""
    red, green, blue = colour
    bright = 0.299 * red + 0.587 * green + 0.114 * blue - 128
    blueness = -0.168736 * red - 0.331264 * green + 0.5 * blue
    redness = 0.5 * red - 0.418688 * green - 0.081312 * blue
    return min(round(bright), 127), min(round(blueness), 127), min(round(redness), 127)


def _codes(blocks: Iterable[bool], *, white: tuple[int, ...], dark: tuple[int, ...]) -> Iterator[str]:
    """The bits of each block in turn: how far each component is from the block before."""
    same = (SIZE_CODES[0] + END_OF_BLOCK) * len(white)
    changed = {True: _change(white, dark), False: _change(dark, white)}
    was_dark = False
    yield _change((0,) * len(white), white)
    for number, is_dark in enumerate(blocks):
        if number:
            yield same if is_dark == was_dark else changed[is_dark]
        was_dark = is_dark


def _change(start: tuple[int, ...], end: tuple[int, ...]) -> str:
    return "".join(_difference(to - at) + END_OF_BLOCK for at, to in zip(start, end, strict=True))


def _difference(value: int) -> str:
    size = abs(value).bit_length()
    bits = value if value > 0 else value + (1 << size) - 1
    return SIZE_CODES[size] + (f"{bits:0{size}b}" if size else "")


def _packed(codes: Iterable[str]) -> bytes:
    bits = "".join(codes)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")


def _head(width_px: int, components: int) -> bytes:
    numbers = range(1, components + 1)
    frame = b"".join(bytes((number, 0x11, 0)) for number in numbers)
    scan = b"".join(bytes((number, 0)) for number in numbers)
    return b"\xff\xd8" + b"".join(
        (
            _segment(0xE0, b"JFIF\x00\x01\x01\x00" + struct.pack(">HH", 1, 1) + b"\x00\x00"),
            _segment(0xDB, b"\x00" + bytes((STEP,)) * 64),
            _segment(0xC0, struct.pack(">BHHB", 8, width_px, width_px, components) + frame),
            _segment(0xC4, b"\x00" + LENGTHS + SIZES),
            _segment(0xC4, b"\x10" + bytes((1, *(0,) * 15)) + b"\x00"),
            _segment(0xDA, bytes((components,)) + scan + b"\x00\x3f\x00"),
        )
    )


def _segment(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content
