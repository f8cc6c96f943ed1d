"""Campaigns and the lots they opened.

Counting units locks the campaign's row, so whoever counts next, in whatever process, sees the sum:
the lot is opened by the one statement that still finds the number of lots unchanged.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from roulian.sell.model import BACKING, Campaign, CampaignStatus, LotRule, OrderStatus, UnpaidRule
from roulian.store import METADATA, Tx, any_of
from roulian.words.ids import CampaignId, SkuId
from roulian.words.time import Day, Instant

CAMPAIGNS = sa.Table(
    "sell_campaigns",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, sa.ForeignKey("sell_skus.id"), nullable=False, index=True),
    sa.Column("price_fen", sa.BigInteger, nullable=False),
    sa.Column("deadline_at", sa.BigInteger, nullable=False),
    sa.Column("lot_qty", sa.BigInteger, nullable=False),
    sa.Column("lot_multiple", sa.BigInteger, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("ordered_qty", sa.BigInteger, nullable=False),
    sa.Column("paid_qty", sa.BigInteger, nullable=False),
    sa.Column("opened_qty", sa.BigInteger, nullable=False),
    sa.Column("lots_opened", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("promise_day", sa.Text),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("member_limit", sa.BigInteger),
    sa.Column("cap_qty", sa.BigInteger),
    sa.Column("extend_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("deposit_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("balance_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unpaid", sa.Text, nullable=False, server_default=UnpaidRule.REFUND.value),
    sa.Column("substitute", sa.Text),
    sa.Column("answer_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ship_day", sa.Text),
    sa.CheckConstraint("price_fen > 0 AND lot_qty > 0 AND lot_multiple > 0", name="sell_campaigns_lot"),
    sa.CheckConstraint("paid_qty BETWEEN 0 AND ordered_qty", name="sell_campaigns_paid"),
)
LOTS = sa.Table(
    "sell_lots",
    METADATA,
    sa.Column("campaign", sa.Text, sa.ForeignKey("sell_campaigns.id"), primary_key=True),
    sa.Column("lot", sa.Integer, primary_key=True),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
)

_C = CAMPAIGNS.c
_THIS = _C.id == sa.bindparam("campaign", type_=sa.Text)
_COUNTING = sa.or_(_C.status == CampaignStatus.OPEN.value, _C.status == CampaignStatus.REACHED.value)
_ACCEPTING = sa.or_(
    _C.status == CampaignStatus.OPEN.value,
    sa.and_(_C.status == CampaignStatus.REACHED.value, _C.rule == LotRule.OPEN_NEXT.value),
)
_BY = sa.bindparam("by", type_=sa.BigInteger)

ADD_CAMPAIGN = CAMPAIGNS.insert()
ADD_LOT = LOTS.insert()
ORDER_IN = (
    CAMPAIGNS.update()
    .where(
        _THIS,
        _ACCEPTING,
        _C.sku == sa.bindparam("of_sku", type_=sa.Text),
        _C.deadline_at > sa.bindparam("now", type_=sa.BigInteger),
    )
    .values(ordered_qty=_C.ordered_qty + _BY)
    .returning(*_C)
)
ORDER_BACK = CAMPAIGNS.update().where(_THIS).values(ordered_qty=_C.ordered_qty - _BY)
COUNT_PAID = CAMPAIGNS.update().where(_THIS, _COUNTING).values(paid_qty=_C.paid_qty + _BY).returning(*_C)
OPEN_LOT = (
    CAMPAIGNS.update()
    .where(_THIS, _C.lots_opened == sa.bindparam("was_lots", type_=sa.Integer))
    .values(
        lots_opened=sa.bindparam("lot", type_=sa.Integer),
        opened_qty=sa.bindparam("new_opened", type_=sa.BigInteger),
        status=CampaignStatus.REACHED.value,
    )
)
LOCK = CAMPAIGNS.update().where(_THIS).values(lots_opened=_C.lots_opened).returning(*_C)
SET_STATUS = CAMPAIGNS.update().where(_THIS).values(status=sa.bindparam("new_status", type_=sa.Text))
SET_DEADLINE = (
    CAMPAIGNS.update().where(_THIS, _COUNTING).values(deadline_at=sa.bindparam("new_deadline", type_=sa.BigInteger))
)
EXTEND = (
    CAMPAIGNS.update()
    .where(_THIS, _COUNTING)
    .values(deadline_at=sa.bindparam("new_deadline", type_=sa.BigInteger), extend_days=0)
)
_TAKING = ", ".join(
    f"'{status.value}'" for status in (OrderStatus.PLACED, *BACKING, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
)
TAKEN = sa.text(
    "SELECT CAST(COALESCE(SUM(l.qty), 0) AS BIGINT),"
    " CAST(COALESCE(SUM(CASE WHEN o.member = :member THEN l.qty ELSE 0 END), 0) AS BIGINT)"
    " FROM sell_order_lines l JOIN sell_orders o ON o.id = l.order_id"
    f" WHERE l.campaign = :campaign AND o.status IN ({_TAKING})"
)
"""Units in orders that stand, of all members and of one."""
SET_PROMISE = CAMPAIGNS.update().where(_THIS).values(promise_day=sa.bindparam("new_day", type_=sa.Text))
OF_IDS = sa.select(CAMPAIGNS).where(any_of(_C.id, "ids"))
ACCEPTING_NOW = (
    sa.select(CAMPAIGNS)
    .where(_ACCEPTING, _C.deadline_at > sa.bindparam("now", type_=sa.BigInteger))
    .order_by(_C.deadline_at, _C.id)
)
ACCEPTING_OF = ACCEPTING_NOW.where(any_of(_C.sku, "skus"))
_STATUS, _SKU, _BEFORE = (sa.bindparam(name, type_=sa.Text) for name in ("of_status", "of_sku", "before"))
PAGE = (
    sa.select(CAMPAIGNS)
    .where(
        sa.or_(_STATUS.is_(None), _C.status == _STATUS),
        sa.or_(_SKU.is_(None), _C.sku == _SKU),
        sa.or_(_BEFORE.is_(None), _C.id < _BEFORE),
    )
    .order_by(_C.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
LOTS_OF = sa.select(LOTS.c.lot, LOTS.c.qty).where(LOTS.c.campaign == sa.bindparam("of_campaign")).order_by(LOTS.c.lot)

OUTCOMES = sa.text(
    "SELECT CASE WHEN lots_opened > 0 THEN 'reached' ELSE status END AS outcome, COUNT(*)"
    " FROM sell_campaigns GROUP BY outcome ORDER BY outcome"
)
LOT_COUNT = sa.text("SELECT COUNT(*) FROM sell_lots")


def campaign(row: tuple[Any, ...]) -> Campaign:
    """A row of `CAMPAIGNS`."""
    return Campaign(
        id=CampaignId(row[0]),
        sku=SkuId(row[1]),
        price_fen=row[2],
        deadline_at=Instant(row[3]),
        lot_qty=row[4],
        lot_multiple=row[5],
        rule=LotRule(row[6]),
        ordered_qty=row[7],
        paid_qty=row[8],
        opened_qty=row[9],
        lots_opened=row[10],
        status=CampaignStatus(row[11]),
        promise_day=None if row[12] is None else Day.parse(row[12]),
        opened_at=Instant(row[13]),
        member_limit=row[14],
        cap_qty=row[15],
        extend_days=row[16],
        deposit_fen=row[17],
        balance_days=row[18],
        unpaid=UnpaidRule(row[19]),
        substitute=None if row[20] is None else SkuId(row[20]),
        answer_days=row[21],
        ship_day=None if row[22] is None else Day.parse(row[22]),
    )


def campaign_values(new: Campaign) -> dict[str, Any]:
    """`new` as the parameters of `ADD_CAMPAIGN`."""
    return {
        "id": new.id,
        "sku": new.sku,
        "price_fen": new.price_fen,
        "deadline_at": new.deadline_at.ms,
        "lot_qty": new.lot_qty,
        "lot_multiple": new.lot_multiple,
        "rule": new.rule.value,
        "ordered_qty": new.ordered_qty,
        "paid_qty": new.paid_qty,
        "opened_qty": new.opened_qty,
        "lots_opened": new.lots_opened,
        "status": new.status.value,
        "promise_day": None if new.promise_day is None else new.promise_day.iso(),
        "opened_at": new.opened_at.ms,
        "member_limit": new.member_limit,
        "cap_qty": new.cap_qty,
        "extend_days": new.extend_days,
        "deposit_fen": new.deposit_fen,
        "balance_days": new.balance_days,
        "unpaid": new.unpaid.value,
        "substitute": new.substitute,
        "answer_days": new.answer_days,
        "ship_day": None if new.ship_day is None else new.ship_day.iso(),
    }


def campaigns_of(tx: Tx, ids: Collection[CampaignId]) -> dict[CampaignId, Campaign]:
    """The campaigns of these ids that exist."""
    return {row[0]: campaign(row) for row in tx.rows(OF_IDS, ids=list(ids))}
