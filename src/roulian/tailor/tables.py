"""Designs and requests. A design and a piece are texts read and written whole; what is searched has its own column."""

from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.store import METADATA, any_of
from roulian.tailor.model import Configuration, Design, Request, RequestId, Standing
from roulian.words.ids import MemberId
from roulian.words.time import Instant

DESIGNS = sa.Table(
    "tailor_designs",
    METADATA,
    sa.Column("product", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
)
REQUESTS = sa.Table(
    "tailor_requests",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("standing", sa.Text, nullable=False, index=True),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("piece", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("member", "key", name="tailor_requests_once"),
)

BEGIN_DESIGN = sa.text(
    "INSERT INTO tailor_designs (product, version, body, changed_at) VALUES (:product, 1, :body, :now)"
    " ON CONFLICT (product) DO NOTHING"
)
CHANGE_DESIGN = sa.text(
    "UPDATE tailor_designs SET version = version + 1, body = :body, changed_at = :now"
    " WHERE product = :product AND version = :was"
)
ALL_DESIGNS = sa.select(DESIGNS.c.version, DESIGNS.c.body).order_by(DESIGNS.c.product)
DESIGNS_OF = ALL_DESIGNS.where(any_of(DESIGNS.c.product, "products"))
ADD_REQUEST = sa.text(
    "INSERT INTO tailor_requests (id, member, key, standing, why, piece, made_at)"
    " VALUES (:id, :member, :key, :standing, :why, :piece, :made_at) ON CONFLICT (member, key) DO NOTHING"
)
JUDGE = (
    REQUESTS.update()
    .where(REQUESTS.c.id == sa.bindparam("of_id"), REQUESTS.c.standing == Standing.HELD.value)
    .values(standing=sa.bindparam("judged"), why=sa.bindparam("because"))
)
FORGET = REQUESTS.update().where(REQUESTS.c.id == sa.bindparam("of_id")).values(piece=sa.bindparam("left"))
_REQUESTS = sa.select(
    REQUESTS.c.id,
    REQUESTS.c.member,
    REQUESTS.c.key,
    REQUESTS.c.standing,
    REQUESTS.c.why,
    REQUESTS.c.piece,
    REQUESTS.c.made_at,
)
REQUESTS_OF = _REQUESTS.where(any_of(REQUESTS.c.id, "ids"))
OF_KEY = _REQUESTS.where(REQUESTS.c.member == sa.bindparam("of_member"), REQUESTS.c.key == sa.bindparam("of_key"))
OF_MEMBERS = _REQUESTS.where(any_of(REQUESTS.c.member, "members")).order_by(REQUESTS.c.id)
PAGE = (
    _REQUESTS.where(
        sa.or_(
            sa.bindparam("of_standing", type_=sa.Text).is_(None), REQUESTS.c.standing == sa.bindparam("of_standing")
        ),
        sa.or_(sa.bindparam("before", type_=sa.Text).is_(None), REQUESTS.c.id < sa.bindparam("before")),
    )
    .order_by(REQUESTS.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.BigInteger))
)


def text(value: Design | Configuration) -> str:
    """The text in which a design or a piece is kept."""
    return msgspec.json.encode(value).decode()


def design(row: tuple[Any, ...]) -> Design:
    """A row of `ALL_DESIGNS`; the version is the row's, not the text's."""
    return replace(msgspec.json.decode(row[1], type=Design), version=row[0])


def request(row: tuple[Any, ...]) -> Request:
    """A row of `REQUESTS`."""
    ident, member, key, standing, why, piece, made_at = row
    return Request(
        id=RequestId(ident),
        member=MemberId(member),
        key=key,
        piece=msgspec.json.decode(piece, type=Configuration),
        standing=Standing(standing),
        made_at=Instant(made_at),
        why=why,
    )
