"""One buyer's piece: their choices, what these make of the design, and where the request for it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType

from roulian.tailor.model.design import Material, Step
from roulian.tailor.model.refusals import NotHeld
from roulian.words.ids import MemberId, SkuId
from roulian.words.time import Instant

RequestId = NewType("RequestId", str)


class Standing(StrEnum):
    """Where a request stands: its text waits for a judgement, or it has one."""

    HELD = "held"
    CLEARED = "cleared"
    REFUSED = "refused"


class Limit(StrEnum):
    """What keeps a piece from leaving sooner."""

    MATERIAL = "material"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a buyer chose: a value per group, millimetres per measure, a text per lettering."""

    options: Mapping[str, str] = field(default_factory=dict)
    measures_mm: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Configuration:
    """A piece that can be made: its price, its BOM and routing, and the choices in the design's own order.

    `bom` and `routing` hold each material and each line once, in order of their ids.
    """

    product: str
    line: str
    price_fen: int
    options: tuple[tuple[str, str], ...]
    measures_mm: tuple[tuple[str, int], ...]
    texts: tuple[tuple[str, str], ...]
    bom: tuple[Material, ...]
    routing: tuple[Step, ...]
    said_zh: str
    said_en: str


@dataclass(frozen=True, slots=True)
class Binding:
    """What sets the date of a piece: `what` is the material or the line, `days` how long it is waited for."""

    limit: Limit
    what: str
    days: int

    def text(self, lang: str = "zh") -> str:
        """The sentence a buyer reads."""
        if self.limit is Limit.MATERIAL:
            zh, en = (
                "交期取决于材料 {what},到货需 {days} 天。",
                "The date hangs on material {what}: {days} days to come.",
            )
        else:
            zh, en = (
                "交期取决于产线 {what} 的产能,{days} 天后完工。",
                "The date hangs on line {what}: {days} days to make.",
            )
        return (en if lang.startswith("en") else zh).format(what=self.what, days=self.days)


@dataclass(frozen=True, slots=True)
class Request:
    """A member's request for one piece. `key` is the phone's own: the same key, the same request.

    Its id is that of the SKU it becomes. `why` is the code of its refusal, empty otherwise.
    """

    id: RequestId
    member: MemberId
    key: str
    piece: Configuration
    standing: Standing
    made_at: Instant
    why: str = ""

    def is_held(self) -> bool:
        """Its text still waits for a judgement."""
        return self.standing is Standing.HELD

    def sku(self) -> SkuId:
        """The SKU under which the piece is ordered, once cleared."""
        return SkuId(self.id)

    def words(self) -> str:
        """Its texts, one per line, for content security."""
        return "\n".join(text for _, text in self.piece.texts)

    def measures(self) -> str:
        """Its lengths in whole millimetres, as `chest=1020; sleeve=640`."""
        return "; ".join(f"{name}={length_mm}" for name, length_mm in self.piece.measures_mm)

    def judged(self, *, passes: bool, why: str) -> "Request":
        """The request with a judgement; `NotHeld` where it has another one. The same judgement again changes nothing."""
        standing = Standing.CLEARED if passes else Standing.REFUSED
        if self.standing is standing:
            return self
        if self.standing is not Standing.HELD:
            raise NotHeld(self.id, self.standing)
        return replace(self, standing=standing, why="" if passes else why)
