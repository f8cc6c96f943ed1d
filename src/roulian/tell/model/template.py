"""What a notice says: the fields of its WeChat template, its text for people, the status on the service card.

Field names and their limits are WeChat's (小程序订阅消息, 参数值内容限制说明); a value WeChat would refuse with
47003 is made to fit here, so that a long product name never costs a buyer the news.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from roulian.words.units import Fen

Facts = Mapping[str, str | int]

_THING_MOST = 20
_PHRASE_STOPS = ",。;、!?,;!? "
_JOINERS = "\u200d\ufe0f"


class Kind(StrEnum):
    """WeChat's field types; the type is the field's name without its number."""

    THING = "thing"
    CHARACTER_STRING = "character_string"
    AMOUNT = "amount"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a template: `name` as WeChat knows it (`thing2`), the fact it shows, its label."""

    name: str
    fact: str
    label_zh: str

    @property
    def kind(self) -> Kind:
        """The type WeChat checks the value against."""
        return Kind(self.name.rstrip("0123456789"))


@dataclass(frozen=True, slots=True)
class Template:
    """How one scenario is put into words. `card_status` is `cur_status` on the order's service card, 0 for none.

    `about` is available as a fact: the id of the order or SKU that the notice is about.
    """

    title_zh: str
    fields: tuple[Field, ...]
    zh: str
    en: str
    card_status: int = 0

    def facts_needed(self) -> frozenset[str]:
        """The facts a notice of this scenario must carry."""
        return frozenset(field.fact for field in self.fields) - {"about"}

    def values(self, facts: Facts) -> Mapping[str, str]:
        """Every field with a value that WeChat accepts."""
        return {field.name: _FITTED[field.kind](facts[field.fact]) for field in self.fields}

    def text(self, facts: Facts, *, lang: str) -> str:
        """The whole message in the reader's language (`zh` or `en`), uncut."""
        words = self.en if lang.startswith("en") else self.zh
        shown = {name: Fen(int(fact)).yuan() if name.endswith("_fen") else fact for name, fact in facts.items()}
        return words.format(**shown)


def shorten(text: str, *, most: int = _THING_MOST) -> str:
    """`text` on one line in at most `most` characters: whole if it fits, else to the last phrase or with `…`.

    Never empty and never cut inside an emoji sequence.
    """
    line = " ".join(text.split()) or "—"
    if len(line) <= most:
        return line
    stop = max(line.rfind(mark, 0, most + 1) for mark in _PHRASE_STOPS)
    if stop > most // 2:
        return line[:stop].rstrip(_PHRASE_STOPS)
    cut = most - 1
    while cut > 1 and (line[cut] in _JOINERS or line[cut - 1] in _JOINERS):
        cut -= 1
    return line[:cut].rstrip() + "…"


def _thing(fact: str | int) -> str:
    return shorten(str(fact))


def _yuan(fact: str | int) -> str:
    return f"¥{Fen(int(fact)).yuan()}"


_FITTED: Mapping[Kind, Callable[[str | int], str]] = MappingProxyType(
    {
        Kind.THING: _thing,
        Kind.CHARACTER_STRING: lambda fact: "".join(mark for mark in str(fact) if "!" <= mark <= "~")[:32] or "-",
        Kind.AMOUNT: _yuan,
        Kind.NUMBER: lambda fact: str(int(fact)),
        Kind.DATE: str,
    },
)
