"""The shipped data: small, attributed, consistent, and honest about where it comes from."""

import tomllib
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from world import BadScenario, Brand, Retail, history, load_scenario
from world.days import day_of, instant, iso
from world.regions import POPULATION_WAN, province

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DATA = Path(str(files("world.brand")))


def _table() -> dict:
    return tomllib.loads((SCENARIOS / "sample-brand" / "brand.toml").read_text("utf-8"))


def test_the_shipped_data_stays_below_three_megabytes_and_names_its_source() -> None:
    size = sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file())

    assert size < 3_000_000
    attribution = (DATA / "ATTRIBUTION.md").read_text("utf-8")
    assert "Chen, D. (2015)" in attribution
    assert "CC BY 4.0" in attribution


def test_the_shipped_lines_are_sales_of_products_at_a_price() -> None:
    table = pq.read_table(DATA / "online_retail.parquet")

    assert table.num_rows == 306_043
    assert min(table["quantity"].to_pylist()) > 0
    assert min(table["unit_price_gbp"].to_pylist()) > 0
    times = table["invoice_ts"].to_pylist()
    assert times == sorted(times)


def test_every_sku_has_a_source_of_supply_and_earns_more_than_it_costs() -> None:
    table = _table()
    suppliers = {row["id"] for row in table["supplier"]}
    materials = {row["id"] for row in table["material"]}
    lines = {row["id"] for row in table["line"]}
    skus = [sku for product in table["product"] for sku in product["sku"]]

    assert len({sku["id"] for sku in skus}) == len(skus) == 56
    for sku in skus:
        assert sku["price_fen"] > sku["cost_fen"] > 0
        if sku["supply"] == "stock":
            assert sku["sourcing"]["supplier"] in suppliers
            assert sku["opening_qty"] % sku["sourcing"]["multiple"] == 0
        else:
            assert sku["recipe"]["line"] in lines
            assert {need["material"] for need in sku["recipe"]["materials"]} <= materials


def test_campaigns_of_one_sku_do_not_overlap_and_sell_what_is_presold(brand: Brand) -> None:
    assert {campaign.sku for campaign in brand.campaigns} == set(brand.presold)
    for sku in brand.presold:
        mine = sorted((c for c in brand.campaigns if c.sku == sku), key=lambda c: c.opens_ms)
        assert all(a.closes_ms < b.opens_ms for a, b in pairwise(mine))


def test_articles_show_skus_that_are_sold(brand: Brand) -> None:
    sold = set(brand.skus())
    assert all(set(article.skus) <= sold for article in brand.articles)


def test_history_ends_before_the_simulation_and_every_row_is_its_own(brand: Brand) -> None:
    rows = list(history(brand, brand.first_day))

    assert len(rows) == 25_375
    assert len({row.source for row in rows}) == len(rows)
    assert max(row.day for row in rows) == iso(brand.first_day - 1)
    assert {row.region for row in rows} <= set(POPULATION_WAN)
    assert {row.sku for row in rows} <= set(brand.skus())


def test_the_calendar_moves_by_whole_weeks_so_weekdays_and_hours_stay(retail: Retail, brand: Brand) -> None:
    lines = retail.between(0, instant(brand.first_day + 90))
    saturdays = [line for line in lines if (day_of(line.at_ms) + 3) % 7 == 5]
    hours = {(line.at_ms - instant(day_of(line.at_ms))) // 3_600_000 for line in lines}

    assert iso(brand.first_day) == "2026-06-03"
    assert not saturdays
    assert hours <= set(range(6, 21))


def test_provinces_fall_in_proportion_to_their_people() -> None:
    counts = Counter(province(f"c{number}") for number in range(40_000))

    total = sum(POPULATION_WAN.values())
    for name in ("广东", "浙江", "北京", "西藏"):
        assert counts[name] / 40_000 == pytest.approx(POPULATION_WAN[name] / total, abs=0.004)


@pytest.mark.parametrize("name", ["sample-brand", "late-supplier", "presale-missed"])
def test_every_shipped_scenario_can_be_read_and_aims_at_what_exists(name: str, brand: Brand) -> None:
    scenario = load_scenario(SCENARIOS / name)
    table = _table()
    known = {row["id"] for kind in ("supplier", "line", "article", "campaign") for row in table[kind]}

    assert scenario.id == name
    assert {mishap.target for mishap in scenario.disruptions} <= known
    assert set(scenario.suppliers) <= known
    assert (SCENARIOS / name / "story.md").is_file()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[scenario]\nid = 'x'\n", "needs id and days"),
        ("[scenario]\nid = 'x'\ndays = 3\n[shoppers]\ncolour = 1\n", "does not know colour"),
        ("[scenario]\nid = 'x'\ndays = 3\n[[disruption]]\nkind = 'flood'\ntarget = 'x'\n", "must be one of"),
        ("[scenario]\nid = 'x'\ndays = 3\n[[disruption]]\nkind = 'line_down'\n", "needs a target"),
    ],
)
def test_a_broken_scenario_is_refused_with_the_table_and_the_field(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "world.toml").write_text(text)

    with pytest.raises(BadScenario, match=words):
        load_scenario(tmp_path)
