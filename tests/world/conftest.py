from dataclasses import replace
from pathlib import Path

import pytest
from world_play import Play

from world import Brand, Retail, Scenario, load_brand, load_retail, load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="session")
def brand() -> Brand:
    return load_brand(SCENARIOS / "sample-brand")


@pytest.fixture(scope="session")
def retail(brand: Brand) -> Retail:
    return load_retail(brand)


@pytest.fixture
def scenario() -> Scenario:
    """Five days, one buyer in five, forty lookers."""
    full = load_scenario(SCENARIOS / "sample-brand")
    shoppers = replace(full.shoppers, count=40, signals_per_day=60, buyers_ratio=0.2)
    return replace(full, days=5, shoppers=shoppers, disruptions=())


@pytest.fixture
def play(brand: Brand, retail: Retail) -> Play:
    return Play(brand, retail)
