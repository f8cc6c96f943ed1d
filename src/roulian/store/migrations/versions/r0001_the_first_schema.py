"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "decide_bulk_lines",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_decide_bulk_lines")),
    )
    op.create_table(
        "decide_promises",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reason_facts", sa.Text(), nullable=False),
        sa.Column("pegs", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("is_kept", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "version", "line", name=op.f("pk_decide_promises")),
    )
    op.create_table(
        "decide_proposals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("need_day", sa.Text(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reason_facts", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_decide_proposals_ck_decide_proposals_qty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decide_proposals")),
    )
    with op.batch_alter_table("decide_proposals", schema=None) as batch_op:
        batch_op.create_index("ix_decide_proposals_sku", ["sku"], unique=False)
        batch_op.create_index(
            "ux_decide_proposals_open",
            ["kind", "sku"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "deliver_path",
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shipment", "action", "reported_at", name=op.f("pk_deliver_path")),
    )
    op.create_table(
        "deliver_shipments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("waybill", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("shipped_at", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliver_shipments")),
        sa.UniqueConstraint("order_id", name=op.f("uq_deliver_shipments_order_id")),
        sa.UniqueConstraint("waybill", name=op.f("uq_deliver_shipments_waybill")),
    )
    with op.batch_alter_table("deliver_shipments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliver_shipments_status"), ["status"], unique=False)

    op.create_table(
        "learn_days",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("skus", sa.Integer(), nullable=False),
        sa.Column("skus_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_learn_days")),
    )
    op.create_table(
        "make_arrivals",
        sa.Column("purchase", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("purchase", "source", name=op.f("pk_make_arrivals")),
    )
    op.create_table(
        "make_line_days",
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("daily_units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "planned >= 0 AND planned <= daily_units", name=op.f("ck_make_line_days_ck_make_line_days_capacity")
        ),
        sa.PrimaryKeyConstraint("line", "day", name=op.f("pk_make_line_days")),
    )
    op.create_table(
        "make_lines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("daily_units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("daily_units >= 0", name=op.f("ck_make_lines_ck_make_lines_daily_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_lines")),
    )
    op.create_table(
        "make_materials",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("per_unit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("per_unit >= 1", name=op.f("ck_make_materials_ck_make_materials_per_unit")),
        sa.PrimaryKeyConstraint("sku", "material", name=op.f("pk_make_materials")),
    )
    op.create_table(
        "make_purchases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("placed_day", sa.Text(), nullable=False),
        sa.Column("expected_day", sa.Text(), nullable=False),
        sa.Column("promised_day", sa.Text(), nullable=False),
        sa.Column("received_qty", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.CheckConstraint("qty > 0 AND received_qty >= 0", name=op.f("ck_make_purchases_ck_make_purchases_qty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_purchases")),
        sa.UniqueConstraint("cause", "sku", name=op.f("uq_make_purchases_cause_sku")),
    )
    with op.batch_alter_table("make_purchases", schema=None) as batch_op:
        batch_op.create_index("ix_make_purchases_sku_status", ["sku", "status"], unique=False)
        batch_op.create_index("ix_make_purchases_status", ["status"], unique=False)

    op.create_table(
        "make_recipes",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("setup_cost_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_make_recipes")),
    )
    op.create_table(
        "make_sourcing",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("moq", sa.BigInteger(), nullable=False),
        sa.Column("multiple", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "moq >= 1 AND multiple >= 1 AND unit_cost_fen >= 0", name=op.f("ck_make_sourcing_ck_make_sourcing_terms")
        ),
        sa.PrimaryKeyConstraint("sku", "supplier", name=op.f("pk_make_sourcing")),
    )
    op.create_table(
        "make_suppliers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_make_suppliers_ck_make_suppliers_lead_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_suppliers")),
    )
    op.create_table(
        "make_work_orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("start_day", sa.Text(), nullable=False),
        sa.Column("due_day", sa.Text(), nullable=False),
        sa.Column("done_qty", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "qty > 0 AND done_qty >= 0 AND done_qty <= qty", name=op.f("ck_make_work_orders_ck_make_work_orders_done")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_work_orders")),
        sa.UniqueConstraint("cause", name=op.f("uq_make_work_orders_cause")),
    )
    with op.batch_alter_table("make_work_orders", schema=None) as batch_op:
        batch_op.create_index("ix_make_work_orders_sku_status", ["sku", "status"], unique=False)
        batch_op.create_index("ix_make_work_orders_status", ["status"], unique=False)

    op.create_table(
        "people_consents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("is_given", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_consents")),
    )
    with op.batch_alter_table("people_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_consents_member"), ["member"], unique=False)

    op.create_table(
        "people_members",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("unionid", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_members")),
        sa.UniqueConstraint("unionid", name=op.f("uq_people_members_unionid")),
    )
    with op.batch_alter_table("people_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_members_merged_into"), ["merged_into"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_members_phone_index"), ["phone_index"], unique=False)

    op.create_table(
        "people_merges",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("gone", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.Column("parted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_merges")),
    )
    with op.batch_alter_table("people_merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_merges_gone"), ["gone"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_merges_kept"), ["kept"], unique=False)

    op.create_table(
        "people_openids",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("openid", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("appid", "openid", name=op.f("pk_people_openids")),
    )
    with op.batch_alter_table("people_openids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_openids_member"), ["member"], unique=False)

    op.create_table(
        "people_sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_people_sessions")),
    )
    op.create_table(
        "predict_accuracies",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("origins", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("pinball", sa.Float(), nullable=False),
        sa.Column("coverage_95", sa.Float(), nullable=False),
        sa.Column("wape", sa.Float(), nullable=False),
        sa.Column("naive_pinball", sa.Float(), nullable=False),
        sa.Column("naive_coverage_95", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "horizon_days", name=op.f("pk_predict_accuracies")),
    )
    op.create_table(
        "predict_anomalies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("actual", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.Column("made_day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predict_anomalies")),
        sa.UniqueConstraint("sku", "day", name=op.f("uq_predict_anomalies_sku_day")),
    )
    op.create_table(
        "predict_forecasts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("made_day", sa.Text(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("daily", sa.LargeBinary(), nullable=False),
        sa.Column("cumulative", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predict_forecasts")),
        sa.UniqueConstraint("sku", "made_day", name=op.f("uq_predict_forecasts_sku_made_day")),
    )
    with op.batch_alter_table("predict_forecasts", schema=None) as batch_op:
        batch_op.create_index("ix_predict_forecasts_made_day", ["made_day"], unique=False)

    op.create_table(
        "sell_campaign_plans",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline_at", sa.BigInteger(), nullable=False),
        sa.Column("lot_qty", sa.Integer(), nullable=False),
        sa.Column("lot_multiple", sa.Integer(), nullable=False),
        sa.Column("is_opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sell_campaign_plans")),
    )
    op.create_table(
        "sell_orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("promised_day", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("pay_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("transaction_id", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("total_fen > 0", name=op.f("ck_sell_orders_sell_orders_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sell_orders")),
        sa.UniqueConstraint("member", "key", name="sell_orders_once"),
    )
    with op.batch_alter_table("sell_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sell_orders_placed_at"), ["placed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sell_orders_status"), ["status"], unique=False)

    op.create_table(
        "sell_payments_refused",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("out_trade_no", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sell_payments_refused")),
        sa.UniqueConstraint("provider", "transaction_id", name="sell_payments_refused_once"),
    )
    with op.batch_alter_table("sell_payments_refused", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sell_payments_refused_out_trade_no"), ["out_trade_no"], unique=False)

    op.create_table(
        "sell_products",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sell_products")),
    )
    op.create_table(
        "sense_article_days",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("ref_day", sa.Text(), nullable=False),
        sa.Column("readers", sa.BigInteger(), nullable=False),
        sa.Column("sharers", sa.BigInteger(), nullable=False),
        sa.Column("is_final", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article", "ref_day", name=op.f("pk_sense_article_days")),
    )
    op.create_table(
        "sense_demand",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", "day", "region", name=op.f("pk_sense_demand")),
    )
    op.create_table(
        "sense_sales",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_sense_sales")),
    )
    with op.batch_alter_table("sense_sales", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sense_sales_batch"), ["batch"], unique=False)
        batch_op.create_index("ix_sense_sales_day", ["day"], unique=False)
        batch_op.create_index("ix_sense_sales_sku_day", ["sku", "day"], unique=False)

    op.create_table(
        "sense_signal_days",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "sku", "kind", name=op.f("pk_sense_signal_days")),
    )
    op.create_table(
        "sense_signals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sense_signals")),
    )
    with op.batch_alter_table("sense_signals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sense_signals_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_sense_signals_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "stock_claims",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("held_qty", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("wanted_day", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint("qty > 0 AND held_qty BETWEEN 0 AND qty", name=op.f("ck_stock_claims_stock_claims_held")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_claims")),
    )
    with op.batch_alter_table("stock_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_claims_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "stock_claims_once",
            ["order_id", "sku", "location", "origin"],
            unique=True,
            sqlite_where=sa.text("status IN ('held', 'waiting')"),
            postgresql_where=sa.text("status IN ('held', 'waiting')"),
        )
        batch_op.create_index(
            "stock_claims_queue",
            ["sku", "location", "wanted_day", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )

    op.create_table(
        "stock_levels",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("safety", sa.BigInteger(), nullable=False),
        sa.Column("is_below", sa.Integer(), nullable=False),
        sa.CheckConstraint("reserved <= on_hand", name=op.f("ck_stock_levels_stock_levels_oversold")),
        sa.CheckConstraint(
            "reserved >= 0 AND waiting >= 0 AND safety >= 0", name=op.f("ck_stock_levels_stock_levels_signs")
        ),
        sa.PrimaryKeyConstraint("sku", "location", name=op.f("pk_stock_levels")),
    )
    op.create_table(
        "stock_moves",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
        sa.UniqueConstraint("source", "kind", "sku", "location", name="stock_moves_once"),
    )
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_moves_sku"), ["sku"], unique=False)

    op.create_table(
        "stock_waits",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("open_claims", sa.Integer(), nullable=False),
        sa.CheckConstraint("open_claims >= 0", name=op.f("ck_stock_waits_stock_waits_open")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_stock_waits")),
    )
    op.create_table(
        "store_deadlines",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_store_deadlines")),
    )
    with op.batch_alter_table("store_deadlines", schema=None) as batch_op:
        batch_op.create_index("ix_store_deadlines_cause", ["cause"], unique=False)
        batch_op.create_index(
            "ix_store_deadlines_due",
            ["due_at", "kind", "key"],
            unique=False,
            sqlite_where=sa.text("status = 'due'"),
            postgresql_where=sa.text("status = 'due'"),
        )

    op.create_table(
        "store_deliveries",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("event", "handler", name=op.f("pk_store_deliveries")),
    )
    with op.batch_alter_table("store_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_store_deliveries_due",
            ["due_at", "event", "place"],
            unique=False,
            sqlite_where=sa.text("status = 'due'"),
            postgresql_where=sa.text("status = 'due'"),
        )

    op.create_table(
        "store_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_events")),
    )
    with op.batch_alter_table("store_events", schema=None) as batch_op:
        batch_op.create_index("ix_store_events_cause", ["cause"], unique=False)
        batch_op.create_index("ix_store_events_stage_id", ["stage", "id"], unique=False)

    op.create_table(
        "store_jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_jobs")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_store_jobs_kind_key")),
    )
    with op.batch_alter_table("store_jobs", schema=None) as batch_op:
        batch_op.create_index("ix_store_jobs_cause", ["cause"], unique=False)
        batch_op.create_index(
            "ix_store_jobs_open",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('due', 'running')"),
            postgresql_where=sa.text("status IN ('due', 'running')"),
        )

    op.create_table(
        "store_limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_store_limits")),
    )
    op.create_table(
        "store_pulses",
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("writer", name=op.f("pk_store_pulses")),
    )
    op.create_table(
        "tell_accounts",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("appid", name=op.f("pk_tell_accounts")),
    )
    op.create_table(
        "tell_articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("skus", sa.Text(), nullable=False),
        sa.Column("published_day", sa.Text(), nullable=True),
        sa.Column("msgid", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tell_articles")),
        sa.UniqueConstraint("key", name=op.f("uq_tell_articles_key")),
    )
    op.create_table(
        "tell_attempts",
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("notice", "door", name=op.f("pk_tell_attempts")),
    )
    op.create_table(
        "tell_consent_moves",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_tell_consent_moves")),
    )
    with op.batch_alter_table("tell_consent_moves", schema=None) as batch_op:
        batch_op.create_index("tell_consent_moves_of", ["member", "template"], unique=False)

    op.create_table(
        "tell_consents",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("left_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("left_count >= 0", name=op.f("ck_tell_consents_not_negative")),
        sa.PrimaryKeyConstraint("member", "template", name=op.f("pk_tell_consents")),
    )
    op.create_table(
        "tell_notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tell_notices")),
        sa.UniqueConstraint("scenario", "member", "key", name=op.f("uq_tell_notices_scenario_member_key")),
    )
    with op.batch_alter_table("tell_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tell_notices_about"), ["about"], unique=False)
        batch_op.create_index(batch_op.f("ix_tell_notices_member"), ["member"], unique=False)
        batch_op.create_index(batch_op.f("ix_tell_notices_status"), ["status"], unique=False)

    op.create_table(
        "sell_filings_refused",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sell_orders.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", "what", name=op.f("pk_sell_filings_refused")),
    )
    op.create_table(
        "sell_order_lines",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.CheckConstraint("qty > 0", name=op.f("ck_sell_order_lines_sell_order_lines_qty")),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sell_orders.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", "line", name=op.f("pk_sell_order_lines")),
    )
    with op.batch_alter_table("sell_order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sell_order_lines_campaign"), ["campaign"], unique=False)
        batch_op.create_index(batch_op.f("ix_sell_order_lines_sku"), ["sku"], unique=False)

    op.create_table(
        "sell_payments",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sell_orders.id"],
        ),
        sa.PrimaryKeyConstraint("provider", "transaction_id", name=op.f("pk_sell_payments")),
        sa.UniqueConstraint("order_id", name=op.f("uq_sell_payments_order_id")),
    )
    op.create_table(
        "sell_refunds",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=True),
        sa.Column("refunded_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sell_orders.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_sell_refunds")),
    )
    op.create_table(
        "sell_skus",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("option_zh", sa.Text(), nullable=False),
        sa.Column("option_en", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.CheckConstraint("price_fen > 0 AND cost_fen >= 0", name=op.f("ck_sell_skus_sell_skus_price")),
        sa.ForeignKeyConstraint(
            ["product"],
            ["sell_products.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sell_skus")),
    )
    with op.batch_alter_table("sell_skus", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sell_skus_product"), ["product"], unique=False)

    op.create_table(
        "sell_campaigns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("deadline_at", sa.BigInteger(), nullable=False),
        sa.Column("lot_qty", sa.BigInteger(), nullable=False),
        sa.Column("lot_multiple", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("ordered_qty", sa.BigInteger(), nullable=False),
        sa.Column("paid_qty", sa.BigInteger(), nullable=False),
        sa.Column("opened_qty", sa.BigInteger(), nullable=False),
        sa.Column("lots_opened", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("promise_day", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("paid_qty BETWEEN 0 AND ordered_qty", name=op.f("ck_sell_campaigns_sell_campaigns_paid")),
        sa.CheckConstraint(
            "price_fen > 0 AND lot_qty > 0 AND lot_multiple > 0", name=op.f("ck_sell_campaigns_sell_campaigns_lot")
        ),
        sa.ForeignKeyConstraint(
            ["sku"],
            ["sell_skus.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sell_campaigns")),
    )
    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sell_campaigns_sku"), ["sku"], unique=False)
        batch_op.create_index(batch_op.f("ix_sell_campaigns_status"), ["status"], unique=False)

    op.create_table(
        "sell_lots",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["sell_campaigns.id"],
        ),
        sa.PrimaryKeyConstraint("campaign", "lot", name=op.f("pk_sell_lots")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("sell_lots")
    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sell_campaigns_status"))
        batch_op.drop_index(batch_op.f("ix_sell_campaigns_sku"))

    op.drop_table("sell_campaigns")
    with op.batch_alter_table("sell_skus", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sell_skus_product"))

    op.drop_table("sell_skus")
    op.drop_table("sell_refunds")
    op.drop_table("sell_payments")
    with op.batch_alter_table("sell_order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sell_order_lines_sku"))
        batch_op.drop_index(batch_op.f("ix_sell_order_lines_campaign"))

    op.drop_table("sell_order_lines")
    op.drop_table("sell_filings_refused")
    with op.batch_alter_table("tell_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tell_notices_status"))
        batch_op.drop_index(batch_op.f("ix_tell_notices_member"))
        batch_op.drop_index(batch_op.f("ix_tell_notices_about"))

    op.drop_table("tell_notices")
    op.drop_table("tell_consents")
    with op.batch_alter_table("tell_consent_moves", schema=None) as batch_op:
        batch_op.drop_index("tell_consent_moves_of")

    op.drop_table("tell_consent_moves")
    op.drop_table("tell_attempts")
    op.drop_table("tell_articles")
    op.drop_table("tell_accounts")
    op.drop_table("store_pulses")
    op.drop_table("store_limits")
    with op.batch_alter_table("store_jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_store_jobs_open",
            sqlite_where=sa.text("status IN ('due', 'running')"),
            postgresql_where=sa.text("status IN ('due', 'running')"),
        )
        batch_op.drop_index("ix_store_jobs_cause")

    op.drop_table("store_jobs")
    with op.batch_alter_table("store_events", schema=None) as batch_op:
        batch_op.drop_index("ix_store_events_stage_id")
        batch_op.drop_index("ix_store_events_cause")

    op.drop_table("store_events")
    with op.batch_alter_table("store_deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_store_deliveries_due",
            sqlite_where=sa.text("status = 'due'"),
            postgresql_where=sa.text("status = 'due'"),
        )

    op.drop_table("store_deliveries")
    with op.batch_alter_table("store_deadlines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_store_deadlines_due", sqlite_where=sa.text("status = 'due'"), postgresql_where=sa.text("status = 'due'")
        )
        batch_op.drop_index("ix_store_deadlines_cause")

    op.drop_table("store_deadlines")
    op.drop_table("stock_waits")
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_moves_sku"))

    op.drop_table("stock_moves")
    op.drop_table("stock_levels")
    with op.batch_alter_table("stock_claims", schema=None) as batch_op:
        batch_op.drop_index(
            "stock_claims_queue",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )
        batch_op.drop_index(
            "stock_claims_once",
            sqlite_where=sa.text("status IN ('held', 'waiting')"),
            postgresql_where=sa.text("status IN ('held', 'waiting')"),
        )
        batch_op.drop_index(batch_op.f("ix_stock_claims_order_id"))

    op.drop_table("stock_claims")
    with op.batch_alter_table("sense_signals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sense_signals_seen_at"))
        batch_op.drop_index(batch_op.f("ix_sense_signals_batch"))

    op.drop_table("sense_signals")
    op.drop_table("sense_signal_days")
    with op.batch_alter_table("sense_sales", schema=None) as batch_op:
        batch_op.drop_index("ix_sense_sales_sku_day")
        batch_op.drop_index("ix_sense_sales_day")
        batch_op.drop_index(batch_op.f("ix_sense_sales_batch"))

    op.drop_table("sense_sales")
    op.drop_table("sense_demand")
    op.drop_table("sense_article_days")
    op.drop_table("sell_products")
    with op.batch_alter_table("sell_payments_refused", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sell_payments_refused_out_trade_no"))

    op.drop_table("sell_payments_refused")
    with op.batch_alter_table("sell_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sell_orders_status"))
        batch_op.drop_index(batch_op.f("ix_sell_orders_placed_at"))

    op.drop_table("sell_orders")
    op.drop_table("sell_campaign_plans")
    with op.batch_alter_table("predict_forecasts", schema=None) as batch_op:
        batch_op.drop_index("ix_predict_forecasts_made_day")

    op.drop_table("predict_forecasts")
    op.drop_table("predict_anomalies")
    op.drop_table("predict_accuracies")
    op.drop_table("people_sessions")
    with op.batch_alter_table("people_openids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_openids_member"))

    op.drop_table("people_openids")
    with op.batch_alter_table("people_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_merges_kept"))
        batch_op.drop_index(batch_op.f("ix_people_merges_gone"))

    op.drop_table("people_merges")
    with op.batch_alter_table("people_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_members_phone_index"))
        batch_op.drop_index(batch_op.f("ix_people_members_merged_into"))

    op.drop_table("people_members")
    with op.batch_alter_table("people_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_consents_member"))

    op.drop_table("people_consents")
    with op.batch_alter_table("make_work_orders", schema=None) as batch_op:
        batch_op.drop_index("ix_make_work_orders_status")
        batch_op.drop_index("ix_make_work_orders_sku_status")

    op.drop_table("make_work_orders")
    op.drop_table("make_suppliers")
    op.drop_table("make_sourcing")
    op.drop_table("make_recipes")
    with op.batch_alter_table("make_purchases", schema=None) as batch_op:
        batch_op.drop_index("ix_make_purchases_status")
        batch_op.drop_index("ix_make_purchases_sku_status")

    op.drop_table("make_purchases")
    op.drop_table("make_materials")
    op.drop_table("make_lines")
    op.drop_table("make_line_days")
    op.drop_table("make_arrivals")
    op.drop_table("learn_days")
    with op.batch_alter_table("deliver_shipments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliver_shipments_status"))

    op.drop_table("deliver_shipments")
    op.drop_table("deliver_path")
    with op.batch_alter_table("decide_proposals", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_decide_proposals_open",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.drop_index("ix_decide_proposals_sku")

    op.drop_table("decide_proposals")
    op.drop_table("decide_promises")
    op.drop_table("decide_bulk_lines")
