"""Order files and catalogues in, tables out: CSV, Excel and Parquet, told by what is in them.

Owns: what columns mean, how dates, prices and credit notes are read, and why a row is refused.
Says: nothing. Never: touches the store; what a line becomes is `flows/importing.py`'s to say.
"""

from roulian.gateways.files.headers import recognise
from roulian.gateways.files.intake import IMPORTED, known_only, lets_strangers_in, newcomers, skus
from roulian.gateways.files.mapping import mapped
from roulian.gateways.files.offers import Offer, OfferTable, by_product, columns, not_sellable, offers
from roulian.gateways.files.orders import OrderFile
from roulian.gateways.files.refusals import (
    BadMapping,
    DayOrderUnclear,
    MissingColumns,
    MissingOfferColumns,
    NoSuchFile,
    NotATable,
    UnknownColumn,
    UnknownEncoding,
    UnknownFormat,
)
from roulian.gateways.files.sheets import Sheet, sheet
from roulian.gateways.files.values import (
    REQUIRED,
    Batch,
    Cell,
    DayOrder,
    Field,
    Line,
    OrderLines,
    Reading,
    Refused,
    RefusedRow,
    Taken,
    Tally,
    Why,
)
from roulian.gateways.files.write import RefusedFile, write_table

__all__ = [
    "IMPORTED",
    "REQUIRED",
    "BadMapping",
    "Batch",
    "Cell",
    "DayOrder",
    "DayOrderUnclear",
    "Field",
    "Line",
    "MissingColumns",
    "MissingOfferColumns",
    "NoSuchFile",
    "NotATable",
    "Offer",
    "OfferTable",
    "OrderFile",
    "OrderLines",
    "Reading",
    "Refused",
    "RefusedFile",
    "RefusedRow",
    "Sheet",
    "Taken",
    "Tally",
    "UnknownColumn",
    "UnknownEncoding",
    "UnknownFormat",
    "Why",
    "by_product",
    "columns",
    "known_only",
    "lets_strangers_in",
    "mapped",
    "newcomers",
    "not_sellable",
    "offers",
    "recognise",
    "sheet",
    "skus",
    "write_table",
]
