"""Counters summed anew from moves and live claims, and where they differed from the kept ones."""

from typing import Any

import sqlalchemy as sa

from roulian.stock.model import Counted, Finding, LocationId, LotCounted, LotId
from roulian.stock.tables.claims import LIVE
from roulian.stock.tables.params import number, word
from roulian.store import METADATA
from roulian.words.ids import SkuId
from roulian.words.time import Instant

FINDINGS = sa.Table(
    "stock_findings",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("lot", sa.Text, nullable=False),
    sa.Column("kept", sa.Text, nullable=False),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("found_at", sa.BigInteger, nullable=False),
    sa.Column("gone_at", sa.BigInteger),
    sa.Index(
        "stock_findings_open",
        "sku",
        "location",
        "lot",
        unique=True,
        sqlite_where=sa.text("gone_at IS NULL"),
        postgresql_where=sa.text("gone_at IS NULL"),
    ),
)
_F = FINDINGS.c

REBUILT = sa.text(
    "SELECT sku, location, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(reserved) AS BIGINT), CAST(SUM(waiting) AS BIGINT)"
    " FROM (SELECT sku, location, 0 AS on_hand, 0 AS reserved, 0 AS waiting FROM stock_levels"
    " UNION ALL SELECT sku, location, qty, 0, 0 FROM stock_moves"
    " UNION ALL SELECT sku, location, 0, held_qty, qty - held_qty FROM stock_claims"
    f" WHERE {LIVE}) AS told"
    " GROUP BY sku, location ORDER BY sku, location",
)
REBUILT_LOTS = sa.text(
    "SELECT sku, location, lot, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(reserved) AS BIGINT)"
    " FROM (SELECT sku, location, lot, 0 AS on_hand, 0 AS reserved FROM stock_lot_levels"
    " UNION ALL SELECT sku, location, lot, qty, 0 FROM stock_moves WHERE lot <> ''"
    " UNION ALL SELECT c.sku, c.location, l.lot, 0, l.qty FROM stock_claim_lots l JOIN stock_claims c ON c.id = l.claim"
    f" WHERE c.{LIVE}) AS told"
    " GROUP BY sku, location, lot ORDER BY sku, location, lot",
)
LOTS_KEPT = sa.text("SELECT sku, location, lot, on_hand, reserved FROM stock_lot_levels ORDER BY sku, location, lot")
OPEN_FINDINGS = sa.select(FINDINGS).where(_F.gone_at.is_(None)).order_by(_F.id)
ADD_FINDING = FINDINGS.insert()
CHANGE_FINDING = (
    FINDINGS.update().where(_F.id == word("of_finding")).values(kept=word("new_kept"), told=word("new_told"))
)
END_FINDING = FINDINGS.update().where(_F.id == word("of_finding")).values(gone_at=number("now"))


def counted(row: tuple[Any, ...]) -> Counted:
    """A row of `REBUILT`."""
    sku, location, on_hand, reserved, waiting = row
    return Counted(SkuId(sku), LocationId(location), on_hand, reserved, waiting)


def lot_counted(row: tuple[Any, ...]) -> LotCounted:
    """A row of `REBUILT_LOTS` or `LOTS_KEPT`."""
    sku, location, lot, on_hand, reserved = row
    return LotCounted(SkuId(sku), LocationId(location), LotId(lot), on_hand, reserved)


def finding(row: tuple[Any, ...]) -> Finding:
    """A row of `FINDINGS`."""
    ident, sku, location, lot, kept, told, found_at, _ = row
    return Finding(ident, SkuId(sku), LocationId(location), LotId(lot) if lot else None, kept, told, Instant(found_at))
