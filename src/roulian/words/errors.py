"""Four ways to fail: a business refusal, a broken invariant, an outside that is silent, an outside that says no.

Only `web` turns a refusal's code into an HTTP status; nobody catches what they cannot answer.
"""

from dataclasses import fields, is_dataclass
from typing import Any, ClassVar

from roulian.words.time import Day, Instant


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The business says no, and says what to do next.

    Subclasses are dataclasses with `eq=False`: ids as fields, `code` stable for machines, `zh` and `en`
    templates over the fields for people. They are not frozen: Python writes the traceback into an exception.
    Raised inside a transaction a refusal rolls that request back alone.
    """

    code: ClassVar[str] = "refused"
    zh: ClassVar[str] = "这一步现在不能做。"
    en: ClassVar[str] = "This cannot be done now."

    def text(self, lang: str = "zh") -> str:
        """The message in the user's language (`zh` or `en`), fields filled in."""
        is_english = lang.startswith("en")
        said = {name: _said(fact, between=", " if is_english else "、") for name, fact in self.facts().items()}
        return (self.en if is_english else self.zh).format(**said)

    def facts(self) -> dict[str, Any]:
        """The ids and numbers the refusal carries, by field name; days and instants in ISO 8601, as people read them."""
        if not is_dataclass(self):
            return {}
        return {f.name: _readable(getattr(self, f.name)) for f in fields(self)}

    def __str__(self) -> str:
        """The code and its facts, for logs; ids only, never personal data."""
        return f"{self.code} {self.facts()}"


def _readable(fact: object) -> object:
    return fact.iso() if isinstance(fact, Day | Instant) else fact


def _said(fact: object, *, between: str) -> object:
    return between.join(map(str, fact)) if isinstance(fact, tuple) else fact


class Bug(Exception):  # noqa: N818
    """An invariant is broken: loud, never answered, never retried."""


class Unreachable(Exception):  # noqa: N818
    """The outside gave no usable answer; trying again later may help.

    `lost` is true when the request may have taken effect although no answer came back:
    such an outcome is unknown and must be reconciled, never blindly sent again.
    """

    def __init__(self, what: str, *, lost: bool = False) -> None:
        """Record what could not be reached and whether the answer was lost on the way back."""
        super().__init__(what)
        self.lost = lost


class Rejected(Exception):  # noqa: N818
    """The outside understood and said no; the same call would be refused again.

    `code` is the outside's own code (`43101`, `OUT_TRADE_NO_USED`), `trace` its request id.
    """

    def __init__(self, code: str, message: str = "", *, trace: str = "") -> None:
        """Record the outside's code, its message and its request id."""
        super().__init__(f"{code} {message}".strip())
        self.code = code
        self.message = message
        self.trace = trace
