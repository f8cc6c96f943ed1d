"""A whole audience in a few columns: each statement answers with all its members in one text, apart by a space.

A member's id has no space in it. One text of a million ids crosses the driver in a tenth of the time a million rows
take (benchmarks/reach.py).
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from roulian.store import Tx
from roulian.tell.tables.consents import CONSENTS
from roulian.tell.tables.contacts import FOLLOWERS, WINDOWS
from roulian.tell.tables.mass import SLOTS

_ACCOUNT: sa.BindParameter[str] = sa.bindparam("account")
_NOW: sa.BindParameter[int] = sa.bindparam("now")
_TEMPLATE = CONSENTS.c.template == sa.bindparam("template")


class _InOneText(FunctionElement[str]):
    inherit_cache = True
    name = "in_one_text"


@compiles(_InOneText, "sqlite")
def _in_one_text_sqlite(element: _InOneText, compiler: SQLCompiler, **kw: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **kw)}, ' ')"


@compiles(_InOneText, "postgresql")
def _in_one_text_postgresql(element: _InOneText, compiler: SQLCompiler, **kw: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **kw)}, ' ')"


def _column(table: sa.Table, *wheres: sa.ColumnElement[bool]) -> sa.Select[str]:
    return sa.select(_InOneText(table.c.member)).where(*wheres)


ALLOWING = _column(CONSENTS, _TEMPLATE, CONSENTS.c.left_count > 0)
ALLOWED_ONCE = _column(CONSENTS, _TEMPLATE, CONSENTS.c.left_count == 0)
ANSWERABLE = _column(WINDOWS, WINDOWS.c.account == _ACCOUNT, WINDOWS.c.closes_at > _NOW, WINDOWS.c.left_count > 0)
ANSWERABLE_ONCE = _column(
    WINDOWS,
    WINDOWS.c.account == _ACCOUNT,
    sa.or_(WINDOWS.c.closes_at <= _NOW, WINDOWS.c.left_count == 0),
)
STANDING = _column(FOLLOWERS, FOLLOWERS.c.account == _ACCOUNT, FOLLOWERS.c.follow == sa.bindparam("follow"))
USED_UP = _column(
    SLOTS,
    SLOTS.c.account == _ACCOUNT,
    SLOTS.c.per == sa.bindparam("per"),
    SLOTS.c.begins_at == sa.bindparam("begins_at"),
    SLOTS.c.used >= sa.bindparam("most"),
)
REFUSED_OF = sa.text(
    "SELECT door, SUM(CASE WHEN status = 'refused' THEN 1 ELSE 0 END), COUNT(*) FROM tell_attempts"
    " WHERE tried_at >= :since AND status IN ('sent', 'refused') GROUP BY door",
)


def members(tx: Tx, column: sa.Select[str], **params: str | int) -> str:
    """The members of one column, in no order, apart by a space; one with several windows may stand there twice."""
    row = tx.one(column, **params)
    assert row is not None
    return row[0] or ""
