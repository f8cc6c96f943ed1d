"""A table becomes the catalogue, and the catalogue a table: rehearsed or done, a product whole or not at all.

The rehearsal is the import itself, undone at its end: it cannot tell anything else than what the import will do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from roulian import sell
from roulian.gateways import files
from roulian.store import Store, Tx


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that came in, and what it did."""

    row: int
    product: str
    sku: str
    change: sell.Change


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did to each row, in the file's order, and the headers it did not know."""

    taken: tuple[Taken, ...]
    refused: tuple[files.RefusedRow, ...]
    ignored: tuple[str, ...]


class _Undone(Exception):  # noqa: N818 - ends a rehearsal: the store undoes what raises
    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def bring_in(store: Store, table: files.OfferTable) -> Outcome:
    """Every product of the table stands as told, in one commit, or is among the refused."""
    return store.call(partial(take, table=table), cause="import.products")


def rehearse(store: Store, table: files.OfferTable) -> Outcome:
    """What `bring_in` would do now; nothing changes."""
    try:
        store.call(partial(_rehearsed, table=table), cause="import.products")
    except _Undone as undone:
        return undone.outcome
    raise AssertionError("a rehearsal is undone")


def take(tx: Tx, *, table: files.OfferTable) -> Outcome:
    """The table's products, each kept or refused."""
    known = sell.entries(tx, {sell.ProductId(offer.product) for offer in table.offers})
    taken: list[Taken] = []
    refused = list(table.refused)
    for group in files.by_product(table.offers):
        try:
            taken.extend(_kept(tx, group, known))
        except sell.BadEntry as no:
            refused.extend(files.not_sellable(group, zh=no.text("zh"), en=no.text("en")))
    return Outcome(
        tuple(sorted(taken, key=lambda row: row.row)), tuple(sorted(refused, key=lambda row: row.row)), table.ignored
    )


def rows(tx: Tx) -> Sequence[Mapping[str, object]]:
    """Every SKU of the catalogue as a row of the table, by product."""
    return [sell.told(entry, sku) for entry in sell.entries(tx).values() for sku in entry.skus]


def _rehearsed(tx: Tx, *, table: files.OfferTable) -> None:
    raise _Undone(take(tx, table=table))


def _kept(tx: Tx, group: Sequence[files.Offer], known: Mapping[sell.ProductId, sell.Entry]) -> list[Taken]:
    drafts = [sell.drafted(offer.product, offer.sku, offer.told) for offer in group]
    before = known.get(drafts[0].product)
    after = sell.redrawn(before, drafts)
    if sell.is_news(before, after):
        sell.save_entry(tx, after)
    return [
        Taken(offer.row, offer.product, offer.sku, sell.change(before, after, draft.sku))
        for offer, draft in zip(group, drafts, strict=True)
    ]
