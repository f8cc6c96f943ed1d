"""The database statements of the cloud's HTTP API: `db.collection("cups").where({price: _.gt(5)}).limit(10).get()`.

Only this chain of calls and the literals of JavaScript are read; there is no other expression and nothing is run.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<name>[A-Za-z_$][\w$]*)
      | (?P<mark>[{}\[\](),.:;])
    )""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(.)")
MOST_NUMBER = 2**53
MOST_BRACKETS = 500
CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}


class BadStatementError(Exception):
    """The text is no statement of this small language."""


@dataclass(frozen=True, slots=True)
class Command:
    """`_.gt(5)`: an operator of `db.command` and its arguments."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One link of the chain: its name and its arguments."""

    name: str
    arguments: tuple[Any, ...]


def read(text: str) -> tuple[Call, ...]:
    """The calls of the chain after `db`, in order; raises `BadStatementError`."""
    reader = _Reader(_tokens(text))
    reader.expect("db")
    calls = []
    while reader.has("."):
        name = reader.name()
        calls.append(Call(name, reader.arguments()))
    reader.has(";")
    if not calls or not reader.is_done:
        raise BadStatementError(text)
    return tuple(calls)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.strip()
    if sum(map(text.count, "([{")) > MOST_BRACKETS:
        raise BadStatementError("too deep")
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadStatementError(text[at:])
        kind = match.lastgroup or ""
        found.append((kind, match.group(kind)))
        at = match.end()
    return found


def _number(word: str) -> float:
    """The number, whole as JavaScript keeps whole numbers: up to 2⁵³."""
    number = float(word)
    if abs(number) > MOST_NUMBER:
        raise BadStatementError(word)
    return number if "." in word else int(word)


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._tokens)

    def _next(self) -> tuple[str, str]:
        if self.is_done:
            raise BadStatementError("unexpected end")
        self._at += 1
        return self._tokens[self._at - 1]

    def has(self, mark: str) -> bool:
        """Whether the next token is this mark, which is then behind us."""
        if self.is_done or self._tokens[self._at] != ("mark", mark):
            return False
        self._at += 1
        return True

    def expect(self, word: str) -> None:
        if self._next()[1] != word:
            raise BadStatementError(word)

    def name(self) -> str:
        kind, word = self._next()
        if kind != "name":
            raise BadStatementError(word)
        return word

    def arguments(self) -> tuple[Any, ...]:
        self.expect("(")
        return tuple(self._listed(")"))

    def _listed(self, end: str) -> list[Any]:
        values = []
        while not self.has(end):
            values.append(self._value())
            if not self.has(","):
                self.expect(end)
                break
        return values

    def _value(self) -> Any:
        kind, word = self._next()
        if kind == "text":
            return ESCAPE.sub(r"\1", word[1:-1])
        if kind == "number":
            return _number(word)
        if word == "{":
            return self._object()
        if word == "[":
            return self._listed("]")
        if word in CONSTANTS:
            return CONSTANTS[word]
        return self._command(word)

    def _command(self, word: str) -> Command:
        if word == "db":
            self.expect(".")
            self.expect("command")
        elif word != "_":
            raise BadStatementError(word)
        self.expect(".")
        return Command(self.name(), self.arguments())

    def _object(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not self.has("}"):
            kind, word = self._next()
            if kind not in ("text", "name", "number"):
                raise BadStatementError(word)
            self.expect(":")
            members[word[1:-1] if kind == "text" else word] = self._value()
            if not self.has(","):
                self.expect("}")
                break
        return members
