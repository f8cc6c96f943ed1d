"""SQLAlchemy Core in, driver SQL out: each statement is compiled once per dialect and then only run.

Core writes the SQL that both engines agree on; executing it through SQLAlchemy would cost more than
SQLite itself (docs/decisions/0002). Neighbours: `tx` runs what is compiled here, `tables` and every
stage's `tables.py` declare the columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from roulian.words import Bug

Sql = sa.Executable
Params = Mapping[str, Any]
_MOST_STATEMENTS = 4096


class _AnyOf(FunctionElement[Any]):
    inherit_cache = True
    name = "any_of"


@compiles(_AnyOf, "sqlite")
def _any_of_sqlite(element: _AnyOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} IN (SELECT value FROM json_each({compiler.process(values, **kw)}))"


@compiles(_AnyOf, "postgresql")
def _any_of_postgresql(element: _AnyOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} = ANY({compiler.process(values, **kw)})"


def any_of(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """`column` is one of the list given as parameter `name`; an empty list matches nothing.

    One parameter however long the list, so one statement serves every length.
    """
    return _AnyOf(column, sa.bindparam(name, type_=sa.ARRAY(column.type)))


class _AnyPairOf(FunctionElement[Any]):
    inherit_cache = True
    name = "any_pair_of"


@compiles(_AnyPairOf, "sqlite")
def _any_pair_of_sqlite(element: _AnyPairOf, compiler: SQLCompiler, **kw: Any) -> str:
    first, second, firsts, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    seconds = f"json_extract({seconds}, '$[' || each.key || ']')"
    return f"({first}, {second}) IN (SELECT each.value, {seconds} FROM json_each({firsts}) AS each)"


@compiles(_AnyPairOf, "postgresql")
def _any_pair_of_postgresql(element: _AnyPairOf, compiler: SQLCompiler, **kw: Any) -> str:
    first, second, firsts, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({first}, {second}) IN (SELECT * FROM unnest({firsts}, {seconds}))"


def any_pair_of(first: ColumnElement[Any], second: ColumnElement[Any], firsts: str, seconds: str) -> ColumnElement[Any]:
    """The two columns are one of the pairs given as two lists of one length in the parameters `firsts` and `seconds`."""
    lists = (sa.bindparam(name, type_=sa.ARRAY(column.type)) for column, name in ((first, firsts), (second, seconds)))
    return _AnyPairOf(first, second, *lists)


@dataclass(frozen=True, slots=True)
class Compiled:
    """One statement in one dialect: driver SQL, parameters fixed in it, names of list parameters.

    `is_untyped` says that some parameter's type is left for the database to find out.
    Holds its source, so that the source's identity stays its own while it is remembered.
    """

    source: Sql
    sql: str
    fixed: Params
    sets: tuple[str, ...]
    is_untyped: bool

    def bind(self, params: dict[str, Any], *, as_json: bool) -> dict[str, Any]:
        """`params` as the driver wants them: fixed ones added, lists as JSON where the engine has no arrays."""
        if self.fixed:
            params = {**self.fixed, **params}
        for name in self.sets:
            values = list(params[name])
            params[name] = msgspec.json.encode(values).decode() if as_json else values
        return params


class Statements:
    """Every statement compiled so far for one dialect; belongs to one connection, so it needs no lock."""

    def __init__(self, dialect: sa.Dialect) -> None:
        """Compile for `dialect`."""
        self._dialect = dialect
        self._known: dict[int, Compiled] = {}
        self._inserts: dict[tuple[int, frozenset[str]], Compiled] = {}

    def get(self, stmt: Sql, params: Params) -> Compiled:
        """`stmt` compiled; from memory if this very object was seen before."""
        known = self._known.get(id(stmt))
        if known is not None:
            return known
        if isinstance(stmt, sa.Insert):
            return self._insert(stmt, params)
        return self._remember(self._known, id(stmt), self._compile(stmt, params))

    def _insert(self, stmt: sa.Insert, params: Params) -> Compiled:
        """An insert may leave columns to their defaults: compiled once per set of given columns."""
        key = (id(stmt), frozenset(params))
        known = self._inserts.get(key)
        if known is not None:
            return known
        columns = [name for name in params if name in stmt.table.c]
        return self._remember(self._inserts, key, self._compile(stmt, params, columns=columns))

    def _remember(self, where: dict[Any, Compiled], key: Any, compiled: Compiled) -> Compiled:
        if len(where) >= _MOST_STATEMENTS:
            where.clear()  # statements are module constants; only ones built on the fly can get here
        where[key] = compiled
        return compiled

    def _compile(self, stmt: Sql, params: Params, *, columns: list[str] | None = None) -> Compiled:
        compiled = stmt.compile(dialect=self._dialect, column_keys=columns)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        fixed = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        unknown = params.keys() - compiled.params.keys()
        if unknown:
            raise Bug(f"the statement has no parameter {sorted(unknown)}: {compiled.string}")
        sets = tuple(
            n for n, bind in compiled.binds.items() if n in compiled.params and isinstance(bind.type, sa.ARRAY)
        )
        is_untyped = any(isinstance(compiled.binds[name].type, sa.types.NullType) for name in compiled.params)
        return Compiled(stmt, compiled.string, fixed, sets, is_untyped)
