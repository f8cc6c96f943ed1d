"""The carriers (运力) and what they sell; the table is `carriers.toml`."""

import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

TEST = "TEST"
TEST_BIZ_ID = "test_biz_id"


@dataclass(frozen=True, slots=True)
class Transport:
    """One kind of transport a carrier sells."""

    type: int
    name: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier; `cash_biz_id` pays each parcel at pick-up, `can_get_quota` carriers count paper waybills."""

    id: str
    name: str
    can_use_cash: bool
    can_get_quota: bool
    cash_biz_id: str
    services: tuple[Transport, ...]


@cache
def carriers() -> Mapping[str, Carrier]:
    """Every carrier by its id, the fake one too."""
    text = importlib.resources.files("wechat_sandbox").joinpath("express", "carriers.toml").read_text("utf-8")
    return MappingProxyType(
        {
            row["id"]: Carrier(
                id=row["id"],
                name=row["name"],
                can_use_cash=row["can_use_cash"],
                can_get_quota=row["can_get_quota"],
                cash_biz_id=row["cash_biz_id"],
                services=tuple(Transport(service["type"], service["name"]) for service in row["services"]),
            )
            for row in tomllib.loads(text)["carrier"]
        }
    )


def listed() -> tuple[Carrier, ...]:
    """The carriers as they are listed: without the fake one."""
    return tuple(carrier for carrier in carriers().values() if carrier.id != TEST)


def name_of(delivery_id: str) -> str:
    """The carrier's name; empty for an unknown one."""
    carrier = carriers().get(delivery_id)
    return "" if carrier is None else carrier.name
