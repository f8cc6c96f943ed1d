"""Parcels in parts, waybills, collecting."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "deliver_carriers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("biz_id", sa.Text(), nullable=False),
        sa.Column("service_type", sa.Integer(), nullable=False),
        sa.Column("service_name", sa.Text(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliver_carriers")),
    )
    op.create_table(
        "deliver_destinations",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_deliver_destinations")),
    )
    op.create_table(
        "deliver_items",
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_deliver_items_deliver_items_qty")),
        sa.PrimaryKeyConstraint("shipment", "sku", name=op.f("pk_deliver_items")),
    )
    op.create_table(
        "deliver_late_filings",
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("trade", name=op.f("pk_deliver_late_filings")),
    )
    with op.batch_alter_table("deliver_late_filings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliver_late_filings_order_id"), ["order_id"], unique=False)

    op.create_table(
        "deliver_pick_ups",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("keep_until", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("tries_left >= 0", name=op.f("ck_deliver_pick_ups_deliver_pick_ups_tries")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_deliver_pick_ups")),
    )
    op.create_table(
        "deliver_sites",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("tel", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("hold_days", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("after_deadline", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_deliver_sites")),
    )
    op.create_table(
        "deliver_terms",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("split_after_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_deliver_terms_deliver_terms_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliver_terms")),
    )
    with op.batch_alter_table("deliver_shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("way", sa.Text(), server_default="express", nullable=False))
        batch_op.add_column(sa.Column("place", sa.Text(), server_default="main", nullable=False))
        batch_op.add_column(sa.Column("packed_at", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("case_id", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("token", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("label_status", sa.Text(), server_default="none", nullable=False))
        batch_op.add_column(sa.Column("label_account", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("label_attempt", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("label_error", sa.Text(), server_default="", nullable=False))
        batch_op.alter_column("waybill", existing_type=sa.TEXT(), nullable=True)
        batch_op.alter_column("shipped_at", existing_type=sa.BIGINT(), nullable=True)
        batch_op.drop_constraint(batch_op.f("uq_deliver_shipments_order_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_deliver_shipments_order_id"), ["order_id"], unique=False)
    op.execute("UPDATE deliver_shipments SET packed_at = shipped_at")


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("deliver_shipments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliver_shipments_order_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_deliver_shipments_order_id"), ["order_id"])
        batch_op.alter_column("shipped_at", existing_type=sa.BIGINT(), nullable=False)
        batch_op.alter_column("waybill", existing_type=sa.TEXT(), nullable=False)
        batch_op.drop_column("label_error")
        batch_op.drop_column("label_attempt")
        batch_op.drop_column("label_account")
        batch_op.drop_column("label_status")
        batch_op.drop_column("token")
        batch_op.drop_column("case_id")
        batch_op.drop_column("packed_at")
        batch_op.drop_column("place")
        batch_op.drop_column("way")

    op.drop_table("deliver_terms")
    op.drop_table("deliver_sites")
    op.drop_table("deliver_pick_ups")
    with op.batch_alter_table("deliver_late_filings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliver_late_filings_order_id"))

    op.drop_table("deliver_late_filings")
    op.drop_table("deliver_items")
    op.drop_table("deliver_destinations")
    op.drop_table("deliver_carriers")
