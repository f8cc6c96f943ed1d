"""Making the tables of a brand, straight from their definitions."""

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from roulian.store.tx import Tx


def create_tables(metadata: sa.MetaData, tx: Tx) -> None:
    """Create every table and index of `metadata` that is not there yet."""
    for table in metadata.sorted_tables:
        tx.define(CreateTable(table, if_not_exists=True))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            tx.define(CreateIndex(index, if_not_exists=True))
