"""Order files in, tables out: CSV, Excel and Parquet, told by what is in them.

Owns: what columns mean, how dates, prices and credit notes are read, and why a row is refused.
Says: nothing. Never: touches the store; what a line becomes is `flows/importing.py`'s to say.
"""

from roulian.gateways.files.headers import recognise
from roulian.gateways.files.mapping import mapped
from roulian.gateways.files.orders import OrderFile
from roulian.gateways.files.refusals import (
    BadMapping,
    DayOrderUnclear,
    MissingColumns,
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
    DayOrder,
    Field,
    Line,
    OrderLines,
    Reading,
    Refused,
    RefusedRow,
    Tally,
    Why,
)
from roulian.gateways.files.write import RefusedFile, write_table

__all__ = [
    "REQUIRED",
    "BadMapping",
    "Batch",
    "DayOrder",
    "DayOrderUnclear",
    "Field",
    "Line",
    "MissingColumns",
    "NoSuchFile",
    "NotATable",
    "OrderFile",
    "OrderLines",
    "Reading",
    "Refused",
    "RefusedFile",
    "RefusedRow",
    "Sheet",
    "Tally",
    "UnknownColumn",
    "UnknownEncoding",
    "UnknownFormat",
    "Why",
    "mapped",
    "recognise",
    "sheet",
    "write_table",
]
