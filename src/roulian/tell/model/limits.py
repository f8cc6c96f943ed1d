"""How often WeChat lets an account write, read from a file whose every row names its source and its date.

Two kinds of limits: a cap counts messages through a door per minute, day or month of China's time; a window is what a
member's own act earns them, so many answers for so long. No number of WeChat's stands in code.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

import msgspec

from roulian.tell.model.account import AccountKind
from roulian.tell.model.scenario import Door
from roulian.words.time import Day, Instant

STANDARD = "standard"
_MINUTE_MS = 60_000


class Per(StrEnum):
    """The stretch of China's calendar after which a count begins again."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"

    def begins(self, at: Instant) -> Instant:
        """The first instant of the minute, day or month in which `at` lies."""
        match self:
            case Per.MINUTE:
                return Instant(at.ms - at.ms % _MINUTE_MS)
            case Per.DAY:
                return at.day().at(0)
            case Per.MONTH:
                return _first_of_month(at.day()).at(0)

    def ends(self, at: Instant) -> Instant:
        """The first instant after it: when WeChat counts from nothing again."""
        match self:
            case Per.MINUTE:
                return self.begins(at).plus(timedelta(minutes=1))
            case Per.DAY:
                return at.day().plus(1).at(0)
            case Per.MONTH:
                return _first_of_month(_first_of_month(at.day()).plus(31)).at(0)


_NO_MASS_LEFT = "45028"
_SHUTS: Mapping[str, Per] = {"45009": Per.DAY, "45011": Per.MINUTE}


class Each(StrEnum):
    """What a cap counts apart: all messages of the account, or those to one member."""

    ACCOUNT = "account"
    MEMBER = "member"


class Opener(StrEnum):
    """What a member did that lets the account answer for a while."""

    MESSAGE = "message"
    MENU_CLICK = "menu_click"
    FOLLOW = "follow"
    SCAN = "scan"
    PAYMENT = "payment"
    SESSION_ENTER = "session_enter"


class Mark(StrEnum):
    """How well a number is known: official document, an SDK's source, community report, our own cautious reading."""

    DOCUMENT = "D"
    SOURCE = "V"
    COMMUNITY = "C"
    UNVERIFIED = "U"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a number comes from, when it was read, and how well it is known."""

    source: str
    date: str
    mark: Mark
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a number nobody vouches for."""
        if not self.source or not self.date:
            raise ValueError("a limit needs a source and a date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Evidence):
    """At most `most` messages through `door` per minute, day or month; None where WeChat names no number.

    `plan` tells accounts of one kind apart to which WeChat gives different numbers (`Account.quota_plan`).
    """

    kind: AccountKind
    door: Door
    per: Per
    each: Each
    most: int | None = None
    plan: str = STANDARD

    def __post_init__(self) -> None:
        """Refuse a cap that lets nothing through: such a door is left out of the file."""
        Evidence.__post_init__(self)
        if self.most is not None and self.most < 1:
            raise ValueError("a cap lets at least one message through")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Evidence):
    """After `opener` an account may answer with `most` customer-service messages within `lasts_s` seconds."""

    kind: AccountKind
    opener: Opener
    lasts_s: int
    most: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything the sender obeys."""

    caps: tuple[Cap, ...]
    windows: tuple[Window, ...]

    def caps_of(self, kind: AccountKind, door: Door, *, each: Each, plan: str = STANDARD) -> tuple[Cap, ...]:
        """The caps of one door, the shortest stretch first, so that a full minute costs no day's count.

        A row of the plan stands for the standard row of the same stretch; an unknown plan is the standard one.
        """
        rows = [cap for cap in self.caps if (cap.kind, cap.door, cap.each) == (kind, door, each)]
        by_per = {cap.per: cap for wanted in (STANDARD, plan) for cap in rows if cap.plan == wanted}
        return tuple(by_per[per] for per in Per if per in by_per)

    def offers(self, kind: AccountKind, door: Door) -> bool:
        """Whether accounts of this kind may use the door at all."""
        return any((cap.kind, cap.door) == (kind, door) for cap in self.caps)

    def window(self, kind: AccountKind, opener: Opener) -> Window | None:
        """What the act earns in an account of this kind; None for nothing."""
        return next((one for one in self.windows if (one.kind, one.opener) == (kind, opener)), None)

    def shut_until(self, code: str, *, kind: AccountKind, door: Door, at: Instant) -> Instant | None:
        """When the door opens again that WeChat shut with this errcode at `at`; None for a code that shuts none.

        45009 is the day's end and 45011 the minute's; 45028 (no mass message left) that of the door's longest count.
        """
        if code != _NO_MASS_LEFT:
            return _SHUTS[code].ends(at) if code in _SHUTS else None
        counted = {cap.per for cap in self.caps if (cap.kind, cap.door) == (kind, door)}
        return max((per.ends(at) for per in counted), default=Per.DAY.ends(at))


class _File(msgspec.Struct, forbid_unknown_fields=True):
    cap: tuple[dict[str, str | int], ...] = ()
    window: tuple[dict[str, str | int], ...] = ()


def read_limits(content: bytes) -> Limits:
    """The limits a TOML file lists.

    `ValueError` for a row that is wrong or stands twice, that names no source or date, or has a word nobody knows: a
    misspelt `most` would be no limit at all.
    """
    try:
        found = msgspec.toml.decode(content, type=_File)
        limits = Limits(_rows(found.cap, Cap), _rows(found.window, Window))
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    _refuse_twins([(cap.plan, cap.kind, cap.door, cap.per, cap.each) for cap in limits.caps])
    _refuse_twins([(window.kind, window.opener) for window in limits.windows])
    return limits


_R = TypeVar("_R", Cap, Window)


def _rows(written: Collection[dict[str, str | int]], kind: type[_R]) -> tuple[_R, ...]:
    known = {field.name for field in fields(kind)}
    strange = sorted({name for row in written for name in row if name not in known})
    if strange:
        raise ValueError(f"a row of {kind.__name__} has no {strange}")
    return msgspec.convert(written, type=tuple[kind, ...])  # type: ignore[valid-type]


def _refuse_twins(keys: Collection[tuple[str, ...]]) -> None:
    twins = sorted({key for key in keys if list(keys).count(key) > 1})
    if twins:
        raise ValueError(f"two rows limit the same: {twins}")


def _first_of_month(day: Day) -> Day:
    return Day.parse(f"{day.iso()[:8]}01")
