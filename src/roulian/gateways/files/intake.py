"""Which lines of a batch the catalogue lets in, and which products a batch makes known."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from roulian.gateways.files.values import Batch, Line, RefusedRow, Why

IMPORTED = "imported"
"""The category of a product that is known from an order file alone."""


def lets_strangers_in(categories: Iterable[str]) -> bool:
    """Whether a catalogue with products of these categories holds none but imported ones, so that no SKU is unknown.

    An import into an empty catalogue that was interrupted can therefore be run again.
    """
    return all(category == IMPORTED for category in categories)


def skus(batch: Batch) -> tuple[str, ...]:
    """The SKUs of the batch's lines, each once, in order."""
    return tuple(sorted({line.sku for line in batch.lines}))


def known_only(batch: Batch, known: Collection[str]) -> Batch:
    """The batch without the lines of unknown SKUs, which are refused."""
    strangers = tuple(line for line in batch.lines if line.sku not in known)
    if not strangers:
        return batch
    refused = tuple(RefusedRow(line.row, Why.UNKNOWN_SKU, {"value": line.sku}, line.cells) for line in strangers)
    return replace(
        batch,
        lines=tuple(line for line in batch.lines if line.sku in known),
        refused=tuple(sorted((*batch.refused, *refused), key=lambda row: row.row)),
    )


def newcomers(batch: Batch, known: Collection[str]) -> tuple[Line, ...]:
    """The last line of each unknown SKU that has a price: its name and price make a product."""
    last = {line.sku: line for line in batch.lines if line.sku not in known and line.price_fen > 0}
    return tuple(last[sku] for sku in sorted(last))
