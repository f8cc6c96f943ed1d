"""Questions about staff, and about the record of who read what."""

from collections.abc import Collection, Iterator

from roulian.people.model import (
    MAY,
    ApiKey,
    Caller,
    Login,
    ReadingLine,
    Role,
    Staff,
    first_broken,
    hashed_token,
)
from roulian.people.tables import readings as rows
from roulian.people.tables import staff as tables
from roulian.store import Tx

_PIECE = 1000


def staff(tx: Tx) -> tuple[Staff, ...]:
    """Everyone who works here or did, by login."""
    return tuple(tables.member_of_staff(row) for row in tx.rows(tables.ALL))


def login_of(tx: Tx, login: str) -> Login:
    """What to judge a password against, outside the transaction; an unknown login has an empty hash."""
    found = tx.one(tables.LOGIN, of_login=login)
    return Login("", "") if found is None else Login(*found)


def caller_of_session(tx: Tx, token: str) -> Caller | None:
    """Whose staff session this token opens, and what they may; None when it opens none."""
    found = tx.one(tables.SESSION, hash=hashed_token(token), now=tx.now.ms)
    return None if found is None else Caller(found[0], found[1], MAY[Role(found[2])])


def caller_of_key(tx: Tx, token: str) -> Caller | None:
    """Which API key this token is; it may what its scopes say as long as its maker may it too."""
    found = tx.one(tables.KEY, hash=hashed_token(token), now=tx.now.ms)
    if found is None:
        return None
    return Caller(found[0], found[1], MAY[Role(found[3])].intersection(tables.scopes(found[2])))


def api_keys(tx: Tx, staff: Collection[str]) -> tuple[ApiKey, ...]:
    """The API keys these staff members made, oldest first."""
    return tuple(tables.api_key(row) for row in tx.rows(tables.KEYS_OF, staff=list(staff)))


def readings_page(tx: Tx, *, before: int | None = None, limit: int = 50) -> tuple[ReadingLine, ...]:
    """The record of readings, newest first, at most `limit`, before the line `before`."""
    return tuple(rows.line(row) for row in tx.rows(rows.PAGE, before=before, limit=limit))


def first_broken_reading(tx: Tx) -> int | None:
    """The first line of the record that was changed, or after which one is missing; None when the chain holds.

    Reads the whole record, a thousand lines at a time.
    """
    last: list[ReadingLine] = []

    def walked() -> Iterator[ReadingLine]:
        for line in _in_order(tx):
            last[:] = [line]
            yield line

    broken = first_broken(walked())
    if broken is not None:
        return broken
    end = tx.one(rows.END_OF)
    told = (last[0].seq, last[0].digest) if last else None
    if end is None or told is None or told == tuple(end):
        return None
    return told[0] + 1


def _in_order(tx: Tx) -> Iterator[ReadingLine]:
    after = 0
    while piece := [rows.line(row) for row in tx.rows(rows.IN_ORDER, after=after, limit=_PIECE)]:
        yield from piece
        after = piece[-1].seq
