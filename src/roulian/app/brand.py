"""A brand's first day: its catalogue, suppliers, line, opening stock, accounts and calendar, from `brand.toml`.

Every field stands in the sample brand's file. Loading is idempotent: what is known already stays or is corrected;
a product that was edited since stays as it was edited.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from roulian import make, sell, stock, tailor, tell
from roulian.app.sandboxed import BrandAccount
from roulian.flows import nightly, reconcile, rights, shelf, tailoring
from roulian.store import Tx
from roulian.words import ArticleId, Day, SkuId, SupplierId

CLOSING_HOUR = 22
_KINDS = {"mini_program": "mini_program", "service": "service_account", "subscription": "subscription_account"}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Brand:
    """The brand file, parsed; `first_day` is the first simulated day, everything before it is history."""

    id: str
    first_day: Day
    accounts: tuple[BrandAccount, ...]
    table: Row

    def mini_program(self) -> str:
        """The appid of the brand's mini-program."""
        return next(account.appid for account in self.accounts if account.kind == "mini_program")


def read_brand(path: Path) -> Brand:
    """The brand of a `brand.toml`, or of the folder that holds one; `KeyError` names a missing field."""
    file = path / "brand.toml" if path.is_dir() else path
    table = tomllib.loads(file.read_text("utf-8"))
    return Brand(
        id=table["brand"]["id"],
        first_day=Day.parse(table["history"]["first_day"]),
        accounts=tuple(BrandAccount(row["appid"], row["kind"], row["name_zh"]) for row in table["account"]),
        table=table,
    )


def load(tx: Tx, brand: Brand) -> None:
    """Everything the brand knows of itself on its first day, and the first night's and presales' deadlines."""
    table = brand.table
    _load_supply(tx, table)
    _load_places(tx, table)
    products, rows = table["product"], [(p, sku) for p in table["product"] for sku in p["sku"]]
    edited = {ident for ident, entry in sell.entries(tx).items() if entry.version}
    told = [p for p in products if p["id"] not in edited]
    sell.add_products(tx, map(_product, told), [_sku(p, sku) for p in told for sku in p["sku"]])
    _load_sourcing(tx, [sku for _, sku in rows], table["material"])
    for row in [*(sku for _, sku in rows), *table["material"]]:
        if row.get("opening_qty"):
            stock.receive(
                tx, sku=SkuId(row["id"]), location=stock.MAIN, qty=row["opening_qty"], source=f"opening:{row['id']}"
            )
    _load_designs(tx, table)
    _load_outreach(tx, table)
    for row in table["campaign"]:
        plan = _plan(row)
        if sell.plan_campaign(tx, plan):
            tx.at(max(plan.opens_at, tx.now), "presale.open", plan.key)
    begin_nights(tx)


def begin_nights(tx: Tx) -> None:
    """Everything that happens every night is set for its first one; what waits already stays, what is new begins."""
    nightly.begin(tx)
    reconcile.begin(tx)
    shelf.begin(tx)
    rights.begin(tx)


def _load_places(tx: Tx, table: Row) -> None:
    """The brand's other places, and its rule for holding an order over them; a brand that says neither has one place."""
    for row in table.get("place", ()):
        place = stock.Location(
            stock.LocationId(row["id"]),
            stock.LocationKind(row["kind"]),
            row["name_zh"],
            row["name_en"],
            row.get("region", ""),
            row.get("priority", 0),
            sells_online=row.get("sells_online", True),
        )
        stock.open_location(tx, place)
    if "allocation" in table["brand"]:
        stock.set_rule(tx, stock.AllocationRule(table["brand"]["allocation"]))


def _load_designs(tx: Tx, table: Row) -> None:
    """What is made to measure, as far as nobody has drawn it since."""
    drawn = tailor.designs(tx)
    for row in table.get("design", ()):
        if row["product"] not in drawn:
            tailoring.draw(tx, msgspec.convert(row, tailor.Design))


def _load_supply(tx: Tx, table: Row) -> None:
    make.add_suppliers(
        tx,
        [
            make.Supplier(SupplierId(row["id"]), row["name_zh"], row["name_en"], row["lead_time_days"])
            for row in table["supplier"]
        ],
    )
    make.add_lines(
        tx,
        [
            make.Line(make.LineId(row["id"]), row["name_zh"], row["name_en"], row["daily_units"])
            for row in table["line"]
        ],
    )


def _load_sourcing(tx: Tx, skus: Sequence[Row], materials: Sequence[Row]) -> None:
    bought = [row for row in [*skus, *materials] if "sourcing" in row]
    make.add_sourcing(
        tx,
        [
            make.Sourcing(
                sku=SkuId(row["id"]),
                supplier=SupplierId(row["sourcing"]["supplier"]),
                moq=row["sourcing"]["moq"],
                multiple=row["sourcing"]["multiple"],
                unit_cost_fen=row["sourcing"]["unit_cost_fen"],
            )
            for row in bought
        ],
    )
    make.add_recipes(
        tx,
        [
            make.Recipe(
                sku=SkuId(row["id"]),
                line=make.LineId(row["recipe"]["line"]),
                setup_cost_fen=row["recipe"]["setup_cost_fen"],
                materials={SkuId(m["material"]): m["per_unit"] for m in row["recipe"]["materials"]},
            )
            for row in skus
            if "recipe" in row
        ],
    )


def _product(row: Row) -> sell.Product:
    return sell.Product(
        id=sell.ProductId(row["id"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        category=row["category_zh"],
        emoji=row["emoji"],
        colour=row["colour"],
    )


def _sku(product: Row, row: Row) -> sell.Sku:
    return sell.Sku(
        id=SkuId(row["id"]),
        product=sell.ProductId(product["id"]),
        price_fen=row["price_fen"],
        cost_fen=row["cost_fen"],
        option_zh=row["option_zh"],
        option_en=row["option_en"],
        mode=sell.Supply(row["supply"]),
    )


def _plan(row: Row) -> sell.CampaignPlan:
    return sell.CampaignPlan(
        key=row["id"],
        sku=SkuId(row["sku"]),
        price_fen=row["price_fen"],
        opens_at=Day.parse(row["opens_day"]).at(0),
        deadline_at=Day.parse(row["deadline_day"]).at(CLOSING_HOUR),
        lot_qty=row["lot_qty"],
        lot_multiple=row["lot_multiple"],
    )


def _load_outreach(tx: Tx, table: Row) -> None:
    appids = {row["id"]: row["appid"] for row in table["account"]}
    tell.add_accounts(
        tx, [tell.Account.of(r["appid"], kind=_KINDS[r["kind"]], name=r["name_zh"]) for r in table["account"]]
    )
    tell.save_articles(
        tx,
        [
            tell.Article(
                id=ArticleId(row["id"]),
                account=appids[row["account"]],
                title=row["title_zh"],
                body="",
                skus=tuple(SkuId(sku) for sku in row["skus"]),
                published_day=Day.parse(row["published_day"]),
                msgid=row["msgid"],
            )
            for row in table["article"]
        ],
    )
