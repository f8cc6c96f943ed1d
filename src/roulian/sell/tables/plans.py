"""Where planned presales wait for their day."""

from typing import Any

import sqlalchemy as sa

from roulian.sell.model import CampaignPlan
from roulian.store import METADATA
from roulian.words.ids import SkuId
from roulian.words.time import Instant

PLANS = sa.Table(
    "sell_campaign_plans",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("price_fen", sa.BigInteger, nullable=False),
    sa.Column("opens_at", sa.BigInteger, nullable=False),
    sa.Column("deadline_at", sa.BigInteger, nullable=False),
    sa.Column("lot_qty", sa.Integer, nullable=False),
    sa.Column("lot_multiple", sa.Integer, nullable=False),
    sa.Column("is_opened", sa.Integer, nullable=False),
)

ADD_PLAN = sa.text(
    "INSERT INTO sell_campaign_plans"
    " (key, sku, price_fen, opens_at, deadline_at, lot_qty, lot_multiple, is_opened)"
    " VALUES (:key, :sku, :price_fen, :opens_at, :deadline_at, :lot_qty, :lot_multiple, 0)"
    " ON CONFLICT (key) DO NOTHING"
)
TAKE_PLAN = sa.text(
    "UPDATE sell_campaign_plans SET is_opened = 1 WHERE key = :key AND is_opened = 0"
    " RETURNING key, sku, price_fen, opens_at, deadline_at, lot_qty, lot_multiple"
)
PLANNED = sa.text(
    "SELECT key, sku, price_fen, opens_at, deadline_at, lot_qty, lot_multiple"
    " FROM sell_campaign_plans WHERE is_opened = 0 ORDER BY opens_at, key"
)


def plan(row: tuple[Any, ...]) -> CampaignPlan:
    """The row as a plan."""
    key, sku, price_fen, opens_at, deadline_at, lot_qty, lot_multiple = row
    return CampaignPlan(key, SkuId(sku), price_fen, Instant(opens_at), Instant(deadline_at), lot_qty, lot_multiple)
