"""A shirt made to measure: what the tailor's tests share."""

from roulian import tailor
from roulian.words import SkuId

LINEN, COTTON, BUTTON, THREAD, PADDING = map(SkuId, ("linen", "cotton", "button", "thread", "padding"))
SEWING, NEEDLE = "line_sewing", "line_needle"


def a_value(ident: str, surcharge_fen: int = 0, **parts: int) -> tailor.Value:
    """A value that takes so many of each material."""
    materials = tuple(tailor.Material(SkuId(sku), qty) for sku, qty in parts.items())
    return tailor.Value(ident, ident, ident, surcharge_fen, materials)


def a_design(product: str = "prd_shirt", *, line: str = SEWING, version: int = 0) -> tailor.Design:
    """Fabric, cut and an optional pocket; chest; a monogram. Linen cannot be slim, a pocket needs the regular cut."""
    linen, slim = tailor.Pick("fabric", "linen"), tailor.Pick("cut", "slim")
    return tailor.Design(
        product=product,
        line=line,
        base_price_fen=39_900,
        materials=(tailor.Material(BUTTON, 8),),
        steps=(tailor.Step(line, 40),),
        groups=(
            tailor.Group("fabric", "面料", "Fabric", (a_value("cotton", cotton=2), a_value("linen", 8_000, linen=2))),
            tailor.Group("cut", "版型", "Cut", (a_value("regular"), a_value("slim", 2_000))),
            tailor.Group("pocket", "口袋", "Pocket", (a_value("one", 1_500, thread=1),), is_required=False),
        ),
        measures=(
            tailor.Measure(
                "chest", "胸围", "Chest", 800, 1_400, (tailor.Band(1_150, 3_000, (tailor.Material(COTTON, 1),)),)
            ),
        ),
        letterings=(
            tailor.Lettering(
                "monogram", "绣字", "Monogram", 6, 500, (tailor.Material(THREAD, 1),), (tailor.Step(NEEDLE, 10),)
            ),
        ),
        rules=(
            tailor.Rule(linen, tailor.Bond.EXCLUDES, slim, "亚麻没有弹性,修身版会撑破。", "Linen does not stretch."),
            tailor.Rule(
                tailor.Pick("pocket", "one"),
                tailor.Bond.NEEDS,
                tailor.Pick("cut", "regular"),
                "修身版放不下口袋。",
                "A slim cut leaves no room for it.",
            ),
        ),
        version=version,
    )


def choices(
    fabric: str = "cotton", cut: str = "regular", *, chest_mm: int = 1_000, monogram: str = "", **more: str
) -> tailor.Choices:
    """A regular cotton shirt of 100 cm without a text, unless told otherwise."""
    texts = {"monogram": monogram} if monogram else {}
    return tailor.Choices({"fabric": fabric, "cut": cut, **more}, {"chest": chest_mm}, texts)
