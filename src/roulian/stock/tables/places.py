"""Places as data, transfers between them, and what people counted there."""

from typing import Any

import sqlalchemy as sa

from roulian.stock.model import (
    CountLine,
    Location,
    LocationId,
    LocationKind,
    LotId,
    Sent,
    Transfer,
    TransferId,
    TransferStatus,
)
from roulian.stock.tables.params import number, word
from roulian.store import METADATA, any_of
from roulian.words.ids import SkuId
from roulian.words.time import Day, Instant

LOCATIONS = sa.Table(
    "stock_locations",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("sells_online", sa.Integer, nullable=False),
)
TRANSFERS = sa.Table(
    "stock_transfers",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("sent_at", sa.BigInteger, nullable=False),
    sa.Column("expected_day", sa.Text),
    sa.Column("arrived_at", sa.BigInteger),
)
TRANSFER_LINES = sa.Table(
    "stock_transfer_lines",
    METADATA,
    sa.Column("transfer", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("lot", sa.Text, primary_key=True),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.CheckConstraint("qty > 0", name="stock_transfer_lines_sign"),
)
COUNTS = sa.Table(
    "stock_counts",
    METADATA,
    sa.Column("sheet", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("location", sa.Text, primary_key=True),
    sa.Column("lot", sa.Text, primary_key=True),
    sa.Column("booked", sa.BigInteger, nullable=False),
    sa.Column("found", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("counted_at", sa.BigInteger, nullable=False),
    sa.CheckConstraint("found >= 0", name="stock_counts_sign"),
)
TERMS = sa.Table(
    "stock_terms",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.CheckConstraint("id = 1", name="stock_terms_one"),
)
_T = TRANSFERS.c

SAVE_LOCATION = sa.text(
    "INSERT INTO stock_locations (id, kind, name_zh, name_en, region, priority, sells_online)"
    " VALUES (:id, :kind, :name_zh, :name_en, :region, :priority, :sells_online)"
    " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en,"
    " region = excluded.region, priority = excluded.priority, sells_online = excluded.sells_online",
)
SET_RULE = sa.text(
    "INSERT INTO stock_terms (id, rule) VALUES (1, :rule) ON CONFLICT (id) DO UPDATE SET rule = excluded.rule"
)
RULE = sa.select(TERMS.c.rule)
ALL_LOCATIONS = sa.select(LOCATIONS).order_by(LOCATIONS.c.id)
SEND = sa.text(
    "INSERT INTO stock_transfers (id, origin, destination, status, asked, sent_at, expected_day, arrived_at)"
    " VALUES (:id, :origin, :destination, 'sent', :asked, :now, :expected_day, NULL) ON CONFLICT (id) DO NOTHING",
)
ASKED_OF = sa.select(_T.origin, _T.destination, _T.asked).where(_T.id == word("of_transfer"))
ARRIVE = (
    TRANSFERS.update()
    .where(_T.id == word("of_transfer"), _T.status == TransferStatus.SENT.value)
    .values(status=TransferStatus.ARRIVED.value, arrived_at=number("now"))
    .returning(*_T)
)
ADD_LINE = TRANSFER_LINES.insert()
LINES_OF = (
    sa.select(TRANSFER_LINES)
    .where(any_of(TRANSFER_LINES.c.transfer, "transfers"))
    .order_by(TRANSFER_LINES.c.transfer, TRANSFER_LINES.c.sku, TRANSFER_LINES.c.lot)
)
TRANSFERS_PAGE = (
    sa.select(TRANSFERS)
    .where(any_of(_T.status, "statuses"))
    .order_by(_T.sent_at.desc(), _T.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
TRANSFERS_OF = sa.select(TRANSFERS).where(any_of(_T.id, "transfers")).order_by(_T.id)
ADD_COUNT = COUNTS.insert()
_SHEET = sa.select(COUNTS).where(COUNTS.c.sheet == word("of_sheet"))
COUNTS_OF = _SHEET.order_by(COUNTS.c.location, COUNTS.c.sku, COUNTS.c.lot)
COUNTS_AT = _SHEET.where(COUNTS.c.location == word("of_location")).order_by(COUNTS.c.sku, COUNTS.c.lot)


def location(row: tuple[Any, ...]) -> Location:
    """A row of `LOCATIONS`."""
    ident, kind, name_zh, name_en, region, priority, sells_online = row
    return Location(
        LocationId(ident), LocationKind(kind), name_zh, name_en, region, priority, sells_online=bool(sells_online)
    )


def sent(row: tuple[Any, ...]) -> tuple[TransferId, Sent]:
    """A row of `TRANSFER_LINES`."""
    transfer, sku, lot, qty = row
    return TransferId(transfer), Sent(SkuId(sku), qty, LotId(lot) if lot else None)


def transfer(row: tuple[Any, ...], lines: tuple[Sent, ...]) -> Transfer:
    """A row of `TRANSFERS` with its lines."""
    ident, origin, destination, status, _, sent_at, expected_day, arrived_at = row
    return Transfer(
        id=TransferId(ident),
        origin=LocationId(origin),
        destination=LocationId(destination),
        status=TransferStatus(status),
        lines=lines,
        sent_at=Instant(sent_at),
        expected_day=None if expected_day is None else Day.parse(expected_day),
        arrived_at=None if arrived_at is None else Instant(arrived_at),
    )


def count_line(row: tuple[Any, ...]) -> CountLine:
    """A row of `COUNTS`."""
    sheet, sku, place, lot, booked, found, reason, counted_at = row
    return CountLine(
        sheet,
        SkuId(sku),
        LocationId(place),
        LotId(lot) if lot else None,
        booked,
        found,
        reason,
        Instant(counted_at),
    )
