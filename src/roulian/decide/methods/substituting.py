"""What else would serve a buyer whose goods are short, out of what stands on the shelf now."""

from collections.abc import Iterable, Mapping

from roulian.decide.model.seen import Offered
from roulian.words.ids import SkuId

MOST_SUBSTITUTES = 3
"""More than this many is a list to search again, not an answer."""


def substitutes(
    short: Offered,
    offered: Iterable[Offered],
    *,
    categories: Mapping[str, str],
    free: Mapping[SkuId, int],
    qty: int = 1,
    most: int = MOST_SUBSTITUTES,
) -> tuple[SkuId, ...]:
    """At most `most` of the SKUs `offered` of which `qty` units are free, the likest to `short` first.

    Another option of the same product is likest, then another product of its category (`categories` by product; of an
    empty one nothing is alike); among equals the one nearest in price, then by id. Laws: each has `qty` units free, none
    is `short`, and more free units never take a substitute away from a list that is not full.
    """
    category = categories.get(short.product, "")

    def is_alike(one: Offered) -> bool:
        is_near = one.product == short.product or (bool(category) and categories.get(one.product) == category)
        return is_near and one.id != short.id and free.get(one.id, 0) >= qty

    alike = sorted(
        filter(is_alike, offered),
        key=lambda one: (one.product != short.product, abs(one.price_fen - short.price_fen), one.id),
    )
    return tuple(one.id for one in alike[:most])
