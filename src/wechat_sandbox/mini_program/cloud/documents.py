"""What a statement finds in a collection and what it changes: plain JSON documents in SQLite.

Conditions compare whole values or use eq, neq, gt, gte, lt, lte, in and nin; changes set values or use inc, set and
remove. Any other operator is refused, never guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from wechat_sandbox.mini_program.cloud.statements import BadStatementError, Call, Command
from wechat_sandbox.state import State

Document = dict[str, Any]
DEFAULT_LIMIT, MOST_LIMIT = 10, 1000
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda have, want: have == want,
    "neq": lambda have, want: have != want,
    "gt": lambda have, want: _is_ordered(have, want) and have > want,
    "gte": lambda have, want: _is_ordered(have, want) and have >= want,
    "lt": lambda have, want: _is_ordered(have, want) and have < want,
    "lte": lambda have, want: _is_ordered(have, want) and have <= want,
    "in": lambda have, want: isinstance(want, list) and have in want,
    "nin": lambda have, want: isinstance(want, list) and have not in want,
}


def _is_ordered(have: Any, want: Any) -> bool:
    both_numbers = isinstance(have, int | float) and isinstance(want, int | float)
    return both_numbers or (isinstance(have, str) and isinstance(want, str))


@dataclass(frozen=True, slots=True)
class Page:
    """The documents found, and how many there are without skip and limit."""

    documents: tuple[Document, ...]
    skipped: int
    limit: int
    total: int


def matches(document: Document, condition: Mapping[str, Any]) -> bool:
    """Whether every member of the condition holds; a dotted name reaches into an object."""
    return all(_holds(_reached(document, name), wanted) for name, wanted in condition.items())


def _reached(document: Any, name: str) -> Any:
    for part in name.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document


def _holds(have: Any, wanted: Any) -> bool:
    if not isinstance(wanted, Command):
        return bool(have == wanted)
    compare = COMPARISONS.get(wanted.name)
    if compare is None or len(wanted.arguments) != 1:
        raise BadStatementError(wanted.name)
    return compare(have, wanted.arguments[0])


def all_of(state: State, env: str, collection: str) -> list[Document]:
    """Every document of the collection, oldest first."""
    rows = state.all(
        "SELECT document FROM cloud_documents WHERE env = ? AND collection = ? ORDER BY n", env, collection
    )
    return [msgspec.json.decode(row["document"], type=dict) for row in rows]


def found(state: State, env: str, collection: str, calls: tuple[Call, ...]) -> Page:
    """What the chain of where, doc, orderBy, skip, limit and field selects."""
    chosen, bounds = all_of(state, env, collection), {"skip": 0, "limit": DEFAULT_LIMIT}
    fields: Mapping[str, Any] | None = None
    for call in calls:
        match call.name, call.arguments:
            case "skip" | "limit", (int() as number,) if int(call.name == "limit") <= number <= MOST_LIMIT:
                bounds[call.name] = number
            case "field", (dict() as shown,):
                fields = shown
            case _:
                chosen = _narrowed(chosen, call)
    page = chosen[bounds["skip"] : bounds["skip"] + bounds["limit"]]
    if fields is not None:
        page = [{name: value for name, value in one.items() if name == "_id" or fields.get(name)} for one in page]
    return Page(tuple(page), bounds["skip"], bounds["limit"], len(chosen))


def _narrowed(chosen: list[Document], call: Call) -> list[Document]:
    """The documents that are left, or in their new order, after one link of the chain."""
    match call.name, call.arguments:
        case "where" | "match", (dict() as condition,):
            return [document for document in chosen if matches(document, condition)]
        case "doc", (str() as wanted,):
            return [document for document in chosen if document["_id"] == wanted]
        case "orderBy", (str() as name, "asc" | "desc" as direction):
            return _sorted(chosen, name, is_down=direction == "desc")
        case "sort", (dict() as orders,):
            for name, way in reversed(orders.items()):
                chosen = _sorted(chosen, name, is_down=way == -1)
            return chosen
        case _:
            raise BadStatementError(call.name)


def _sorted(documents: list[Document], name: str, *, is_down: bool) -> list[Document]:
    def key(document: Document) -> tuple[int, Any]:
        value = _reached(document, name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return (0, 0)
        return (1, value) if not isinstance(value, str) else (2, value)

    return sorted(documents, key=key, reverse=is_down)


def changed(document: Document, changes: Mapping[str, Any]) -> Document:
    """The document after an update: named members are set, or changed by inc, set and remove."""
    after = dict(document)
    for name, change in changes.items():
        if not isinstance(change, Command):
            after[name] = change
            continue
        match change.name, change.arguments:
            case "inc", (int() | float() as by,) if isinstance(after.get(name, 0), int | float):
                after[name] = after.get(name, 0) + by
            case "set", (value,):
                after[name] = value
            case "remove", ():
                after.pop(name, None)
            case _:
                raise BadStatementError(change.name)
    return after


def insert(state: State, env: str, collection: str, document: Document) -> str:
    """The id of the new document: its own, or a fresh one."""
    number = str(document.get("_id") or state.draw(16).hex())
    state.run(
        "INSERT INTO cloud_documents (env, collection, id, document) VALUES (?, ?, ?, ?)",
        env,
        collection,
        number,
        msgspec.json.encode({"_id": number} | document).decode(),
    )
    return number


def replace(state: State, env: str, collection: str, document: Document) -> None:
    """The document of this id is now this one."""
    state.run(
        "UPDATE cloud_documents SET document = ? WHERE env = ? AND collection = ? AND id = ?",
        msgspec.json.encode(document).decode(),
        env,
        collection,
        document["_id"],
    )


def remove(state: State, env: str, collection: str, document: Document) -> None:
    """The document is gone."""
    state.run(
        "DELETE FROM cloud_documents WHERE env = ? AND collection = ? AND id = ?", env, collection, document["_id"]
    )
