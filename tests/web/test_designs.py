"""A keeper enters what may be chosen of a product, and a shopper configures it at once."""

from typing import Any

import pytest
from test_tailored import BAG_PRODUCT

from house import House
from roulian.app.brand import read_brand
from roulian.app.settings import ROOT

pytestmark = pytest.mark.anyio

DOOR = f"/api/console/catalogue/{BAG_PRODUCT}/design"


def _form(**changed: Any) -> dict[str, Any]:
    leather = {"id": "leather", "name_zh": "皮", "surcharge_fen": 900, "materials": [{"sku": "mat_cloth", "qty": 2}]}
    cloth = {"id": "cloth", "name_zh": "布", "materials": [{"sku": "mat_cloth", "qty": 3}]}
    return {
        "line": "line_sewing",
        "base_price_fen": 3_980,
        "steps": [{"line": "line_sewing", "minutes": 12}],
        "groups": [{"id": "fabric", "name_zh": "面料", "name_en": "Fabric", "values": [cloth, leather]}],
        "measures": [{"id": "handle", "name_zh": "提手", "name_en": "Handle", "least_mm": 200, "most_mm": 700}],
    } | changed


async def test_an_entered_design_is_quoted_to_a_shopper_at_once(house: House):
    before = await house.ask("GET", DOOR)

    entered = await house.ask("PUT", DOOR, json=_form())

    assert (before.status_code, before.json()["error"]["code"]) == (404, "not_tailored")
    assert entered.status_code == 200, entered.text
    assert entered.json() == (await house.ask("GET", DOOR)).json()
    assert entered.json()["version"] == 1
    wanted = {"options": {"fabric": "leather"}, "measures_cm": {"handle": 30}}
    quoted = await house.ask("POST", f"/api/store/tailored/{BAG_PRODUCT}/quote", json=wanted)
    assert quoted.json()["price_fen"] == 3_980 + 900, quoted.text


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"version": 7}, 409, "design_changed"),
        ({"groups": []}, 422, "bad_design"),
        ({"line": "line_nowhere"}, 422, "bad_design"),
        ({"colour": "red"}, 422, "bad_body"),
        ({"base_price_fen": -1}, 422, "bad_body"),
    ],
)
async def test_a_design_that_cannot_be_made_is_refused_and_changes_nothing(
    house: House, changed: dict[str, Any], status: int, code: str
):
    no = await house.ask("PUT", DOOR, json=_form(**changed))

    assert (no.status_code, no.json()["error"]["code"]) == (status, code), no.text
    assert (await house.ask("GET", DOOR)).status_code == 404


def test_the_sample_brand_has_something_made_to_measure():
    table = read_brand(ROOT / "scenarios" / "sample-brand").table

    assert [design["product"] for design in table["design"]] == ["lunch-bag"]
