"""Where suppliers, recipes, purchases and work orders are kept.

A line's capacity is guarded by its day loads: `planned <= daily_units` is a CHECK, so no plan, however many
processes write it, overloads a day.
"""

from typing import Any

import sqlalchemy as sa

from roulian.make.model import (
    Delivery,
    Inbound,
    LineId,
    Purchase,
    PurchaseStatus,
    Sourcing,
    Supplier,
    WorkOrder,
    WorkStatus,
)
from roulian.store import METADATA, any_of
from roulian.words.ids import CampaignId, PurchaseId, SkuId, SupplierId, WorkOrderId
from roulian.words.time import Day

SUPPLIERS = sa.Table(
    "make_suppliers",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("lead_time_days", sa.Integer, nullable=False),
    sa.CheckConstraint("lead_time_days >= 0", name="ck_make_suppliers_lead_time"),
)
SOURCING = sa.Table(
    "make_sourcing",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("supplier", sa.Text, primary_key=True),
    sa.Column("moq", sa.BigInteger, nullable=False),
    sa.Column("multiple", sa.BigInteger, nullable=False),
    sa.Column("unit_cost_fen", sa.BigInteger, nullable=False),
    sa.CheckConstraint("moq >= 1 AND multiple >= 1 AND unit_cost_fen >= 0", name="ck_make_sourcing_terms"),
)
LINES = sa.Table(
    "make_lines",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("daily_units", sa.BigInteger, nullable=False),
    sa.CheckConstraint("daily_units >= 0", name="ck_make_lines_daily_units"),
)
LINE_DAYS = sa.Table(
    "make_line_days",
    METADATA,
    sa.Column("line", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("planned", sa.BigInteger, nullable=False),
    sa.Column("daily_units", sa.BigInteger, nullable=False),
    sa.CheckConstraint("planned >= 0 AND planned <= daily_units", name="ck_make_line_days_capacity"),
)
RECIPES = sa.Table(
    "make_recipes",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("setup_cost_fen", sa.BigInteger, nullable=False),
)
MATERIALS = sa.Table(
    "make_materials",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("material", sa.Text, primary_key=True),
    sa.Column("per_unit", sa.BigInteger, nullable=False),
    sa.CheckConstraint("per_unit >= 1", name="ck_make_materials_per_unit"),
)
PURCHASES = sa.Table(
    "make_purchases",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("supplier", sa.Text, nullable=False),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("placed_day", sa.Text, nullable=False),
    sa.Column("expected_day", sa.Text, nullable=False),
    sa.Column("promised_day", sa.Text, nullable=False),
    sa.Column("received_qty", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.UniqueConstraint("cause", "sku"),
    sa.CheckConstraint("qty > 0 AND received_qty >= 0", name="ck_make_purchases_qty"),
    sa.Index("ix_make_purchases_sku_status", "sku", "status"),
    sa.Index("ix_make_purchases_status", "status"),
)
ARRIVALS = sa.Table(
    "make_arrivals",
    METADATA,
    sa.Column("purchase", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("arrived_at", sa.BigInteger, nullable=False),
    sa.Column("rejected_qty", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("place", sa.Text, nullable=False, server_default=""),
    sa.Column("lot", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_day", sa.Text),
    sa.Column("by", sa.Text, nullable=False, server_default=""),
)
WORK = sa.Table(
    "make_work_orders",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("start_day", sa.Text, nullable=False),
    sa.Column("due_day", sa.Text, nullable=False),
    sa.Column("done_qty", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False, unique=True),
    sa.Column("campaign", sa.Text),
    sa.CheckConstraint("qty > 0 AND done_qty >= 0 AND done_qty <= qty", name="ck_make_work_orders_done"),
    sa.Index("ix_make_work_orders_sku_status", "sku", "status"),
    sa.Index("ix_make_work_orders_status", "status"),
)
WORK_DAYS = sa.Table(
    "make_work_days",
    METADATA,
    sa.Column("work", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.CheckConstraint("units > 0", name="ck_make_work_days_units"),
)

ADD_SUPPLIER = sa.text(
    "INSERT INTO make_suppliers (id, name_zh, name_en, lead_time_days)"
    " VALUES (:id, :name_zh, :name_en, :lead_time_days) ON CONFLICT (id) DO UPDATE SET"
    " name_zh = excluded.name_zh, name_en = excluded.name_en, lead_time_days = excluded.lead_time_days",
)
ADD_SOURCING = sa.text(
    "INSERT INTO make_sourcing (sku, supplier, moq, multiple, unit_cost_fen)"
    " VALUES (:sku, :supplier, :moq, :multiple, :unit_cost_fen) ON CONFLICT (sku, supplier) DO UPDATE SET"
    " moq = excluded.moq, multiple = excluded.multiple, unit_cost_fen = excluded.unit_cost_fen",
)
ADD_LINE = sa.text(
    "INSERT INTO make_lines (id, name_zh, name_en, daily_units) VALUES (:id, :name_zh, :name_en, :daily_units)"
    " ON CONFLICT (id) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en,"
    " daily_units = excluded.daily_units",
)
ADD_RECIPE = sa.text(
    "INSERT INTO make_recipes (sku, line, setup_cost_fen) VALUES (:sku, :line, :setup_cost_fen)"
    " ON CONFLICT (sku) DO UPDATE SET line = excluded.line, setup_cost_fen = excluded.setup_cost_fen",
)
DROP_MATERIALS = sa.delete(MATERIALS).where(any_of(MATERIALS.c.sku, "skus"))
ADD_MATERIAL = sa.text("INSERT INTO make_materials (sku, material, per_unit) VALUES (:sku, :material, :per_unit)")

_PURCHASE = (
    PURCHASES.c.id,
    PURCHASES.c.supplier,
    PURCHASES.c.sku,
    PURCHASES.c.qty,
    PURCHASES.c.placed_day,
    PURCHASES.c.expected_day,
    PURCHASES.c.promised_day,
    PURCHASES.c.received_qty,
    PURCHASES.c.status,
    PURCHASES.c.cause,
)
_WORK = (
    WORK.c.id,
    WORK.c.sku,
    WORK.c.qty,
    WORK.c.line,
    WORK.c.start_day,
    WORK.c.due_day,
    WORK.c.done_qty,
    WORK.c.status,
    WORK.c.cause,
    WORK.c.campaign,
)
_SKU, _BEFORE = sa.bindparam("sku", type_=sa.Text), sa.bindparam("before", type_=sa.Text)
_SUPPLIER, _LIMIT = sa.bindparam("supplier", type_=sa.Text), sa.bindparam("limit", type_=sa.Integer)

BUY = sa.text(
    "INSERT INTO make_purchases (id, supplier, sku, qty, placed_day, expected_day, promised_day, received_qty,"
    " status, cause) VALUES (:id, :supplier, :sku, :qty, :placed_day, :expected_day, :expected_day, 0, 'placed',"
    " :cause) ON CONFLICT (cause, sku) DO NOTHING",
)
PURCHASE = sa.select(*_PURCHASE).where(PURCHASES.c.id == sa.bindparam("id"))
PURCHASES_OF = sa.select(*_PURCHASE).where(any_of(PURCHASES.c.id, "ids")).order_by(PURCHASES.c.id)
PURCHASE_FOR = sa.select(*_PURCHASE).where(PURCHASES.c.cause == sa.bindparam("cause"), PURCHASES.c.sku == _SKU)
REPLY = sa.text(
    "UPDATE make_purchases SET promised_day = :day, status = :status"
    " WHERE id = :id AND promised_day = :was AND status = :was_status",
)
ADD_ARRIVAL = sa.text(
    "INSERT INTO make_arrivals (purchase, source, qty, arrived_at, rejected_qty, place, lot, expires_day, by)"
    " VALUES (:purchase, :source, :qty, :at, :rejected_qty, :place, :lot, :expires_day, :by)"
    " ON CONFLICT (purchase, source) DO NOTHING",
)
ARRIVAL = sa.select(
    ARRIVALS.c.purchase,
    ARRIVALS.c.source,
    ARRIVALS.c.qty,
    ARRIVALS.c.rejected_qty,
    ARRIVALS.c.place,
    ARRIVALS.c.lot,
    ARRIVALS.c.expires_day,
    ARRIVALS.c.by,
).where(ARRIVALS.c.purchase == sa.bindparam("of_purchase"), ARRIVALS.c.source == sa.bindparam("of_source"))
ARRIVE = sa.text(
    "UPDATE make_purchases SET received_qty = received_qty + :qty,"
    " status = CASE WHEN received_qty + :qty >= qty THEN 'received' ELSE status END"
    " WHERE id = :id AND status <> 'received' AND received_qty + :qty <= qty * :most_ratio",
)
PURCHASES_PAGE = (
    sa.select(*_PURCHASE)
    .where(
        any_of(PURCHASES.c.status, "statuses"),
        sa.or_(sa.cast(_SKU, sa.Text).is_(None), PURCHASES.c.sku == _SKU),
        sa.or_(sa.cast(_SUPPLIER, sa.Text).is_(None), PURCHASES.c.supplier == _SUPPLIER),
        sa.or_(sa.cast(_BEFORE, sa.Text).is_(None), PURCHASES.c.id < _BEFORE),
    )
    .order_by(PURCHASES.c.id.desc())
    .limit(_LIMIT)
)
OLDEST_PURCHASES = (
    sa.select(*_PURCHASE).where(any_of(PURCHASES.c.status, "statuses")).order_by(PURCHASES.c.id).limit(_LIMIT)
)
INBOUND = sa.union_all(
    sa.select(
        PURCHASES.c.sku,
        PURCHASES.c.promised_day.label("day"),
        PURCHASES.c.qty - PURCHASES.c.received_qty,
        PURCHASES.c.id,
    ).where(
        any_of(PURCHASES.c.sku, "skus"),
        any_of(PURCHASES.c.status, "purchase_statuses"),
        PURCHASES.c.qty > PURCHASES.c.received_qty,
    ),
    sa.select(WORK.c.sku, WORK.c.due_day, WORK.c.qty, WORK.c.id).where(
        any_of(WORK.c.sku, "skus"), any_of(WORK.c.status, "work_statuses")
    ),
)
WORK_ORDERS_OF = sa.select(*_WORK).where(any_of(WORK.c.id, "ids")).order_by(WORK.c.id)
OPEN_WORK_FOR = sa.text(
    "INSERT INTO make_work_orders (id, sku, qty, line, start_day, due_day, done_qty, status, cause, campaign)"
    " VALUES (:id, :sku, :qty, :line, :start_day, :due_day, 0, 'open', :cause, :campaign) ON CONFLICT (cause) DO NOTHING",
)
WORK_ORDER = sa.select(*_WORK).where(WORK.c.id == sa.bindparam("id"))
WORK_FOR = sa.select(*_WORK).where(WORK.c.cause == sa.bindparam("cause"))
REPORT = sa.text(
    "UPDATE make_work_orders SET done_qty = :done_qty,"
    " status = CASE WHEN :done_qty >= qty THEN 'done' ELSE 'running' END"
    " WHERE id = :id AND status <> 'done' AND done_qty < :done_qty AND :done_qty <= qty",
)
WORK_PAGE = (
    sa.select(*_WORK)
    .where(
        any_of(WORK.c.status, "statuses"),
        sa.or_(sa.cast(_SKU, sa.Text).is_(None), WORK.c.sku == _SKU),
        sa.or_(sa.cast(_BEFORE, sa.Text).is_(None), WORK.c.id < _BEFORE),
    )
    .order_by(WORK.c.id.desc())
    .limit(_LIMIT)
)
WORK_USING = (
    sa.select(*_WORK, MATERIALS.c.per_unit)
    .select_from(WORK.join(MATERIALS, MATERIALS.c.sku == WORK.c.sku))
    .where(any_of(WORK.c.status, "statuses"), MATERIALS.c.material == sa.bindparam("of_material"))
    .order_by(WORK.c.start_day, WORK.c.id)
)
HOLD_WORK = sa.text(
    "UPDATE make_work_orders SET start_day = :start_day WHERE id = :id AND start_day = :was_start_day AND status = 'open'",
)
MOVE_WORK = sa.text("UPDATE make_work_orders SET start_day = :start_day, due_day = :due_day WHERE id = :id")
OLDEST_WORK = sa.select(*_WORK).where(any_of(WORK.c.status, "statuses")).order_by(WORK.c.id).limit(_LIMIT)

OPEN_DAY = sa.text(
    "INSERT INTO make_line_days (line, day, planned, daily_units)"
    " SELECT id, CAST(:day AS TEXT), 0, daily_units FROM make_lines WHERE id = :line"
    " ON CONFLICT (line, day) DO NOTHING",
)
LOAD_DAY = sa.text(
    "UPDATE make_line_days SET planned = planned + :units"
    " WHERE line = :line AND day = :day AND planned + :units <= daily_units",
)
UNLOAD_DAY = sa.text("UPDATE make_line_days SET planned = planned - :units WHERE line = :line AND day = :day")
ADD_WORK_DAY = WORK_DAYS.insert()
WORK_DAYS_OF = (
    sa.select(WORK_DAYS.c.day, WORK_DAYS.c.units)
    .where(WORK_DAYS.c.work == sa.bindparam("of_work"))
    .order_by(WORK_DAYS.c.day)
)
DROP_WORK_DAYS = WORK_DAYS.delete().where(WORK_DAYS.c.work == sa.bindparam("of_work"))
LINE_LOADS = (
    sa.select(LINE_DAYS.c.line, LINE_DAYS.c.day, LINE_DAYS.c.planned, LINE_DAYS.c.daily_units)
    .where(
        any_of(LINE_DAYS.c.line, "lines"),
        LINE_DAYS.c.day.between(sa.bindparam("first", type_=sa.Text), sa.bindparam("last", type_=sa.Text)),
    )
    .order_by(LINE_DAYS.c.line, LINE_DAYS.c.day)
)
LINES_OF = sa.select(LINES.c.id, LINES.c.name_zh, LINES.c.name_en, LINES.c.daily_units).order_by(LINES.c.id)
SUPPLIERS_OF = sa.select(SUPPLIERS.c.id, SUPPLIERS.c.name_zh, SUPPLIERS.c.name_en, SUPPLIERS.c.lead_time_days).order_by(
    SUPPLIERS.c.id
)
SOURCING_OF = (
    sa.select(
        SOURCING.c.sku,
        SOURCING.c.supplier,
        SOURCING.c.moq,
        SOURCING.c.multiple,
        SOURCING.c.unit_cost_fen,
        SUPPLIERS.c.lead_time_days,
    )
    .select_from(SOURCING.join(SUPPLIERS, SUPPLIERS.c.id == SOURCING.c.supplier))
    .where(any_of(SOURCING.c.sku, "skus"))
    .order_by(SOURCING.c.sku, SOURCING.c.unit_cost_fen, SUPPLIERS.c.lead_time_days, SOURCING.c.supplier)
)
RECIPES_OF = sa.select(RECIPES.c.sku, RECIPES.c.line, RECIPES.c.setup_cost_fen).where(any_of(RECIPES.c.sku, "skus"))
MATERIALS_OF = (
    sa.select(MATERIALS.c.sku, MATERIALS.c.material, MATERIALS.c.per_unit)
    .where(any_of(MATERIALS.c.sku, "skus"))
    .order_by(MATERIALS.c.sku, MATERIALS.c.material)
)


def supplier(row: tuple[Any, ...]) -> Supplier:
    """A row of `SUPPLIERS_OF`."""
    return Supplier(SupplierId(row[0]), row[1], row[2], row[3])


def sourcing(row: tuple[Any, ...]) -> Sourcing:
    """A row of `SOURCING_OF`."""
    return Sourcing(SkuId(row[0]), SupplierId(row[1]), row[2], row[3], row[4], row[5])


def purchase(row: tuple[Any, ...]) -> Purchase:
    """A row of purchase columns."""
    return Purchase(
        id=PurchaseId(row[0]),
        supplier=SupplierId(row[1]),
        sku=SkuId(row[2]),
        qty=row[3],
        placed_day=Day.parse(row[4]),
        expected_day=Day.parse(row[5]),
        promised_day=Day.parse(row[6]),
        received_qty=row[7],
        status=PurchaseStatus(row[8]),
        cause=row[9],
    )


def delivery(row: tuple[Any, ...]) -> Delivery:
    """A row of `ARRIVAL`."""
    return Delivery(
        purchase=PurchaseId(row[0]),
        source=row[1],
        qty=row[2],
        rejected_qty=row[3],
        place=row[4],
        lot=row[5],
        expires_day=None if row[6] is None else Day.parse(row[6]),
        by=row[7],
    )


def work_order(row: tuple[Any, ...]) -> WorkOrder:
    """A row of work order columns."""
    return WorkOrder(
        id=WorkOrderId(row[0]),
        sku=SkuId(row[1]),
        qty=row[2],
        line=LineId(row[3]),
        start_day=Day.parse(row[4]),
        due_day=Day.parse(row[5]),
        done_qty=row[6],
        status=WorkStatus(row[7]),
        cause=row[8],
        campaign=None if row[9] is None else CampaignId(row[9]),
    )


def inbound(row: tuple[Any, ...]) -> Inbound:
    """A row of `INBOUND`, its SKU left out."""
    return Inbound(Day.parse(row[1]), row[2], row[3])


PURCHASES_BY_STATUS = sa.text(
    "SELECT status, COUNT(*) FROM make_purchases WHERE placed_day BETWEEN :first AND :last GROUP BY status ORDER BY status"
)
WORK_BY_STATUS = sa.text("SELECT status, COUNT(*) FROM make_work_orders GROUP BY status ORDER BY status")
