"""Where slips are kept, as they were told."""

from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.stock.model import LocationId, LotId, Sent, Slip, SlipId, SlipKind
from roulian.stock.tables.params import word
from roulian.store import METADATA
from roulian.words.ids import SkuId
from roulian.words.time import Instant

SLIPS = sa.Table(
    "stock_slips",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("lines", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("entered_at", sa.BigInteger, nullable=False),
    sa.Index("ix_stock_slips_entered", "entered_at", "id"),
)
ADD_SLIP = sa.text(
    "INSERT INTO stock_slips (id, kind, lines, by, reason, origin, destination, entered_at)"
    " VALUES (:id, :kind, :lines, :by, :reason, :origin, :destination, :entered_at) ON CONFLICT (id) DO NOTHING"
)
SLIP = sa.select(SLIPS).where(SLIPS.c.id == word("of_slip"))
SLIPS_PAGE = (
    sa.select(SLIPS)
    .order_by(SLIPS.c.entered_at.desc(), SLIPS.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def slip(row: tuple[Any, ...]) -> Slip:
    """A row of `SLIPS`."""
    ident, kind, lines, by, reason, origin, destination, entered_at = row
    return Slip(
        id=SlipId(ident),
        kind=SlipKind(kind),
        lines=tuple(
            Sent(SkuId(sku), qty, LotId(lot) if lot else None)
            for sku, qty, lot in msgspec.json.decode(lines, type=list[tuple[str, int, str]])
        ),
        by=by,
        reason=reason,
        origin=LocationId(origin) if origin else None,
        destination=LocationId(destination) if destination else None,
        entered_at=Instant(entered_at),
    )


def values(one: Slip, *, now: Instant) -> dict[str, str | int]:
    """The row of a slip entered now."""
    return {
        "id": one.id,
        "kind": one.kind.value,
        "lines": msgspec.json.encode([(line.sku, line.qty, line.lot or "") for line in one.lines]).decode(),
        "by": one.by,
        "reason": one.reason,
        "origin": one.origin or "",
        "destination": one.destination or "",
        "entered_at": now.ms,
    }
