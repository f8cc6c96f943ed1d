"""Reading long tables by pages, from either end."""

import sqlite3
from collections.abc import Mapping

from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError, Request

MOST_ROWS = 1000


def number(request: Request, name: str, default: int) -> int:
    """A whole number of the query (≥ 0); raises `ControlError` for anything else."""
    text = request.query.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise ControlError("bad_request", f"{name} is a whole number, not {text!r}")
    return int(text)


def newest(
    state: State,
    request: Request,
    select: str,
    filters: Mapping[str, str],
    *,
    key: str = "id",
    searched: tuple[str, ...] = (),
) -> list[sqlite3.Row]:
    """At most `limit` rows between `after` and `before`: oldest first, or with `newest` newest first.

    `filters` maps query names to the columns that must equal them; `search` is looked for inside `searched`.
    """
    wheres = [f"{key} > ?"]
    values: list[str | int] = [number(request, "after", 0)]
    if "before" in request.query:
        wheres.append(f"{key} < ?")
        values.append(number(request, "before", 0))
    for name, column in filters.items():
        if request.query.get(name):
            wheres.append(f"{column} = ?")
            values.append(request.query[name])
    if searched and request.query.get("search"):
        wheres.append(f"({' OR '.join(f'instr({column}, ?)' for column in searched)})")
        values.extend([request.query["search"]] * len(searched))
    order = "DESC" if "newest" in request.query else "ASC"
    limit = min(number(request, "limit", 100), MOST_ROWS)
    return state.all(f"{select} WHERE {' AND '.join(wheres)} ORDER BY {key} {order} LIMIT {limit}", *values)
