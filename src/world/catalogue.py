"""What the outside knows of the brand: what it sells, from whom, when its presales are open, what it writes about."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from world.days import instant, parse_day

CLOSING_HOUR = 22


@dataclass(frozen=True, slots=True)
class Campaign:
    """A presale: open from `opens_ms` until `closes_ms`."""

    id: str
    sku: str
    opens_ms: int
    closes_ms: int
    lot_qty: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article of one of the brand's official accounts and the SKUs it shows."""

    id: str
    appid: str
    msgid: str
    title: str
    published_day: int
    skus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brand:
    """The brand as its shoppers and partners see it; `first_day` is the first simulated day."""

    id: str
    mini_program: str
    first_day: int
    shift_weeks: int
    fen_per_gbp: int
    stocked: tuple[str, ...]
    presold: tuple[str, ...]
    campaigns: tuple[Campaign, ...]
    articles: tuple[Article, ...]

    def skus(self) -> tuple[str, ...]:
        """Everything that is sold."""
        return self.stocked + self.presold


def load_brand(path: Path) -> Brand:
    """The brand that a `brand.toml`, or the folder holding one, describes; `KeyError` names a missing field."""
    file = path / "brand.toml" if path.is_dir() else path
    table = tomllib.loads(file.read_text("utf-8"))
    skus = [sku for product in table["product"] for sku in product["sku"]]
    appids = {account["id"]: account["appid"] for account in table["account"]}
    return Brand(
        id=table["brand"]["id"],
        mini_program=next(a["appid"] for a in table["account"] if a["kind"] == "mini_program"),
        first_day=parse_day(table["history"]["first_day"]),
        shift_weeks=table["history"]["shift_weeks"],
        fen_per_gbp=table["history"]["fen_per_gbp"],
        stocked=tuple(sku["id"] for sku in skus if sku["supply"] == "stock"),
        presold=tuple(sku["id"] for sku in skus if sku["supply"] == "presale"),
        campaigns=tuple(map(_campaign, table["campaign"])),
        articles=tuple(_article(row, appids) for row in table["article"]),
    )


def _campaign(row: Mapping[str, Any]) -> Campaign:
    return Campaign(
        id=row["id"],
        sku=row["sku"],
        opens_ms=instant(parse_day(row["opens_day"])),
        closes_ms=instant(parse_day(row["deadline_day"]), CLOSING_HOUR),
        lot_qty=row["lot_qty"],
    )


def _article(row: Mapping[str, Any], appids: Mapping[str, str]) -> Article:
    return Article(
        id=row["id"],
        appid=appids[row["account"]],
        msgid=row["msgid"],
        title=row["title_zh"],
        published_day=parse_day(row["published_day"]),
        skus=tuple(row["skus"]),
    )
