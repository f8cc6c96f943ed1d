"""A named story: how many shoppers, how they behave, who is late, what goes wrong. Read from `world.toml`.

Days of a scenario count from 1, the brand's first simulated day. Every `*_ratio` lies in 0..1.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class BadScenario(Exception):  # noqa: N818 - says what is wrong with a file, in one sentence
    """The scenario file cannot be played; the message names the table and the field."""


class Mishap(StrEnum):
    """What can go wrong, or unexpectedly well."""

    SUPPLIER_LATE = "supplier_late"
    LINE_DOWN = "line_down"
    VIRAL_ARTICLE = "viral_article"
    PRESALE_MISSED = "presale_missed"


@dataclass(frozen=True, slots=True)
class Disruption:
    """One mishap: `target` is a supplier, a line, an article or a campaign.

    `supplier_late` adds `days` to everything the supplier still owes on `day`; `line_down` stops the line for `days`;
    `viral_article` sends `readers` and `buyers` (one unit each) a day for `days`; `presale_missed` leaves a presale
    only `buyers_ratio` of its buyers.
    """

    kind: Mishap
    target: str
    day: int = 1
    days: int = 1
    readers: int = 0
    buyers: int = 0
    buyers_ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Shoppers:
    """Who comes to the shop. `buyers_ratio` is the share of the real buyers that take part."""

    count: int = 20_000
    signals_per_day: int = 2_400
    buyers_ratio: float = 1.0
    accepts_notices_ratio: float = 0.7
    confirms_receipt_ratio: float = 0.5


@dataclass(frozen=True, slots=True)
class Paying:
    """How a placed order ends: what these four leave over is paid within two minutes."""

    slow_ratio: float = 0.08
    after_deadline_ratio: float = 0.01
    cancel_ratio: float = 0.03
    never_ratio: float = 0.03


@dataclass(frozen=True, slots=True)
class Lateness:
    """How often a supplier delivers late, and by how many days (uniform, ends included)."""

    late_ratio: float = 0.1
    least_days: int = 1
    most_days: int = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """Readers of an article on its first day; every third day they are fewer by a factor of e."""

    first_day_readers: int = 900
    share_ratio: float = 0.04


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything about the outside that the brand cannot know; `brand` is the file of what it does know."""

    id: str
    days: int
    brand: Path
    shoppers: Shoppers = Shoppers()
    paying: Paying = Paying()
    reading: Reading = Reading()
    suppliers: Mapping[str, Lateness] = field(default_factory=dict)
    disruptions: tuple[Disruption, ...] = ()

    def lateness(self, supplier: str) -> Lateness:
        """How late this supplier tends to be."""
        return self.suppliers.get(supplier, Lateness())

    def mishaps(self, kind: Mishap, target: str) -> tuple[Disruption, ...]:
        """What of this kind befalls `target`."""
        return tuple(d for d in self.disruptions if d.kind is kind and d.target == target)


def load_scenario(path: Path) -> Scenario:
    """The scenario of a `world.toml`, or of the folder that holds one; raises `BadScenario`, `FileNotFoundError`."""
    file = path / "world.toml" if path.is_dir() else path
    table = tomllib.loads(file.read_text("utf-8"))
    head = table.get("scenario", {})
    if "id" not in head or "days" not in head:
        raise BadScenario(f"{file}: [scenario] needs id and days")
    return Scenario(
        id=head["id"],
        days=head["days"],
        brand=(file.parent / head.get("brand", "brand.toml")).resolve(),
        shoppers=_filled(Shoppers, table.get("shoppers", {}), "shoppers"),
        paying=_filled(Paying, table.get("paying", {}), "paying"),
        reading=_filled(Reading, table.get("reading", {}), "reading"),
        suppliers={
            name: _filled(Lateness, row, f"suppliers.{name}") for name, row in table.get("suppliers", {}).items()
        },
        disruptions=tuple(_disruption(row) for row in table.get("disruption", [])),
    )


def _disruption(row: Mapping[str, Any]) -> Disruption:
    if "target" not in row:
        raise BadScenario("[[disruption]] needs a target")
    try:
        kind = Mishap(row.get("kind", ""))
    except ValueError as error:
        raise BadScenario(f"[[disruption]] kind must be one of {', '.join(Mishap)}") from error
    return _filled(Disruption, {**row, "kind": kind}, "disruption")


def _filled(shape: type[T], row: Mapping[str, Any], name: str) -> T:
    unknown = row.keys() - {f.name for f in fields(shape)}  # type: ignore[arg-type]
    if unknown:
        raise BadScenario(f"[{name}] does not know {', '.join(sorted(unknown))}")
    return shape(**row)
