"""Where the record of readings is kept: a chain of lines, and one row that holds its end.

The end's row is locked by whoever writes the next line, so two processes cannot both follow the same line.
"""

from typing import Any

import sqlalchemy as sa

from roulian.people.model import GENESIS, ReadingLine
from roulian.store import METADATA
from roulian.words.time import Instant

READINGS = sa.Table(
    "people_readings",
    METADATA,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("read_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("members", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
END = sa.Table(
    "people_readings_end",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

LOCK_END = sa.text(
    "INSERT INTO people_readings_end (id, seq, digest) VALUES (1, 0, :genesis)"
    " ON CONFLICT (id) DO UPDATE SET seq = people_readings_end.seq RETURNING seq, digest",
).bindparams(genesis=GENESIS)
MOVE_END = sa.text("UPDATE people_readings_end SET seq = :seq, digest = :digest WHERE id = 1")
END_OF = sa.text("SELECT seq, digest FROM people_readings_end")
ADD_LINE = READINGS.insert()
_COLUMNS = (
    READINGS.c.seq,
    READINGS.c.read_at,
    READINGS.c.reader,
    READINGS.c.purpose,
    READINGS.c.fields,
    READINGS.c.members,
    READINGS.c.previous,
    READINGS.c.digest,
)
IN_ORDER = (
    sa.select(*_COLUMNS)
    .where(READINGS.c.seq > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(READINGS.c.seq)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_BEFORE = sa.bindparam("before", type_=sa.BigInteger)
PAGE = (
    sa.select(*_COLUMNS)
    .where(sa.or_(_BEFORE.is_(None), READINGS.c.seq < _BEFORE))
    .order_by(READINGS.c.seq.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
END_READINGS = READINGS.delete().where(READINGS.c.read_at < sa.bindparam("before"))


def line(row: tuple[Any, ...]) -> ReadingLine:
    """A row as a line of the record."""
    seq, at, reader, purpose, fields, members, previous, digest = row
    return ReadingLine(
        seq, Instant(at), reader, purpose, tuple(fields.split()), tuple(members.split()), previous, digest
    )
