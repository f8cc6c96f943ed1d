"""What promises and purchases stand on, gathered from the stages in a few plural reads."""

from collections.abc import Collection, Mapping, Sequence

from roulian import decide, make, sell, stock
from roulian.store import Tx
from roulian.words import SkuId


def promises(tx: Tx, wanted: Sequence[sell.Wanted]) -> tuple[decide.Promise, ...]:
    """A date and its reason for every line, in the lines' order. Raises `UnknownSku`, `CampaignClosed`."""
    campaigns = sell.campaigns_of(tx, wanted)
    asks = tuple(
        decide.Ask(
            sku=want.sku,
            qty=want.qty,
            today=tx.now.day(),
            not_before=campaign.deadline_at.day() if campaign else None,
        )
        for want, campaign in campaigns
    )
    return decide.promise_all(asks, supplies(tx, [want.sku for want in wanted]))


def supplies(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, decide.Supply]:
    """Shelf, inbound, sourcing, capacity and bulk line of each SKU, as `decide` reads them."""
    levels, inbound = stock.levels(tx, skus), make.inbound(tx, skus)
    sourcing, recipes = make.sourcing(tx, skus), make.recipes(tx, skus)
    capacity = make.free_capacity(tx, recipes.values(), first=tx.now.day()) if recipes else {}
    bulk = decide.bulk_lines(tx, skus)
    return {
        sku: decide.supply(
            sku,
            level=levels.get(sku),
            inbound=inbound.get(sku, ()),
            sourcing=sourcing.get(sku),
            recipe=recipes.get(sku),
            free_capacity=capacity.get(sku, ()),
            bulk_from=bulk.get(sku),
        )
        for sku in skus
    }
