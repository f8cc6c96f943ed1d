"""Reads the sandbox's JPEGs back: how large they are, and the brightness of each block of 8 × 8 pixels."""

import struct
from collections.abc import Iterator

SIZE_CODES = {"00": 0, "010": 1, "011": 2, "100": 3, "101": 4, "110": 5, "1110": 6, "11110": 7, "111110": 8}


def segments(image: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Each segment's kind and content, and where the next one begins; the scan's header is the last."""
    assert (image[:2], image[-2:]) == (b"\xff\xd8", b"\xff\xd9")
    at, kind = 2, 0
    while kind != 0xDA:
        _, kind, length = struct.unpack(">BBH", image[at : at + 4])
        yield kind, image[at + 4 : at + 2 + length], at + 2 + length
        at += 2 + length


def size_of(image: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    frame = next(content for kind, content, _ in segments(image) if kind == 0xC0)
    height, width = struct.unpack(">HH", frame[1:5])
    return width, height


def brightness(image: bytes) -> list[list[int]]:
    """The level of each block, 0 black to 255 white, row by row; of a picture in shades of grey."""
    across = -(-size_of(image)[0] // 8)
    begins = [after for _, _, after in segments(image)][-1]
    bits = "".join(f"{byte:08b}" for byte in image[begins:-2].replace(b"\xff\x00", b"\xff"))
    levels: list[int] = []
    at, level = 0, 128
    while len(levels) < across * across:
        code = next(bits[at : at + width] for width in range(2, 7) if bits[at : at + width] in SIZE_CODES)
        size = SIZE_CODES[code]
        value = bits[at + len(code) : at + len(code) + size]
        level += 0 if not size else int(value, 2) if value[0] == "1" else int(value, 2) - (1 << size) + 1
        at += len(code) + size + 1
        levels.append(level)
    return [levels[row : row + across] for row in range(0, len(levels), across)]
