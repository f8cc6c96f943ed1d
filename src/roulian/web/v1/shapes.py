"""What the open API's answers are made of: strict, frozen, closed values; ids, fen, units, days, instants.

Instants are milliseconds since 1970 UTC (`…_ms`), days are those of Asia/Shanghai (`…_day`), money is fen (`…_fen`).
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from fastapi import Header, Query

from roulian.web.console.shapes import IsoDay, View, Words
from roulian.words import Refusal

__all__ = [
    "BadCursor",
    "Cursor",
    "Id",
    "IdempotencyKey",
    "IsoDay",
    "Limit",
    "Page",
    "View",
    "Words",
    "cursor_to",
    "key_behind",
    "page",
]

MOST_ROWS = 200
_MOST_CURSOR_LETTERS = 500

Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="rows wanted at most")]
Cursor = Annotated[
    str | None, Query(max_length=_MOST_CURSOR_LETTERS, description="the `next` of the page before; opaque")
]
Id = Annotated[str | None, Query(max_length=200)]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Yours, one per change: the same key and request is done once and answered the same for 48 hours.",
    ),
]


Row = TypeVar("Row", bound=View)


class Page(View, Generic[Row]):
    """One page of rows; `next` is the `cursor` of the page that follows, null at the end."""

    data: tuple[Row, ...]
    next: str | None


class BadCursor(Refusal):
    """A cursor that no page of this list gave out."""

    code = "bad_cursor"
    zh = "cursor 无效。请原样使用上一页返回的 next,或去掉它从头读起。"
    en = "This cursor is not one of ours. Pass the `next` of the page before as it is, or leave it out to begin anew."


def cursor_to(of: str, *key: str) -> str:
    """The cursor behind the row with this key in the list `of`."""
    return base64.urlsafe_b64encode(msgspec.json.encode((of, *key))).decode().rstrip("=")


def key_behind(cursor: str | None, of: str, *, parts: int = 1) -> tuple[str, ...] | None:
    """The key of the last row of the page before in the list `of`; None for the first page. Raises `BadCursor`."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        named, *key = msgspec.json.decode(raw, type=tuple[str, ...])
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise BadCursor from error
    if named != of or len(key) != parts or not all(part.isprintable() for part in key):
        raise BadCursor
    return tuple(key)


def page(of: str, rows: Sequence[Row], *, keys: Sequence[tuple[str, ...]], limit: int) -> Page[Row]:
    """The first `limit` of `rows`, each with its key; that there are more is why a page follows."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(data=tuple(shown), next=cursor_to(of, *keys[limit - 1]) if more else None)
