"""Lots, places, transfers, counts and findings of stock."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "stock_claim_lots",
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_stock_claim_lots_stock_claim_lots_sign")),
        sa.PrimaryKeyConstraint("claim", "lot", name=op.f("pk_stock_claim_lots")),
    )
    op.create_table(
        "stock_counts",
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("booked", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("found >= 0", name=op.f("ck_stock_counts_stock_counts_sign")),
        sa.PrimaryKeyConstraint("sheet", "sku", "location", "lot", name=op.f("pk_stock_counts")),
    )
    op.create_table(
        "stock_findings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_findings")),
    )
    with op.batch_alter_table("stock_findings", schema=None) as batch_op:
        batch_op.create_index(
            "stock_findings_open",
            ["sku", "location", "lot"],
            unique=True,
            sqlite_where=sa.text("gone_at IS NULL"),
            postgresql_where=sa.text("gone_at IS NULL"),
        )

    op.create_table(
        "stock_locations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("sells_online", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_locations")),
    )
    op.create_table(
        "stock_lot_levels",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= on_hand", name=op.f("ck_stock_lot_levels_stock_lot_levels_oversold")
        ),
        sa.PrimaryKeyConstraint("sku", "location", "lot", name=op.f("pk_stock_lot_levels")),
    )
    op.create_table(
        "stock_lots",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expires_day", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sku", "lot", name=op.f("pk_stock_lots")),
    )
    op.create_table(
        "stock_transfer_lines",
        sa.Column("transfer", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_stock_transfer_lines_stock_transfer_lines_sign")),
        sa.PrimaryKeyConstraint("transfer", "sku", "lot", name=op.f("pk_stock_transfer_lines")),
    )
    op.create_table(
        "stock_transfers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("expected_day", sa.Text(), nullable=True),
        sa.Column("arrived_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_transfers")),
    )
    with op.batch_alter_table("stock_transfers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_transfers_status"), ["status"], unique=False)

    with op.batch_alter_table("stock_claims", schema=None) as batch_op:
        batch_op.add_column(sa.Column("line", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("min_days_left", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_index(batch_op.f("stock_claims_once"), sqlite_where=sa.text("status IN ('held', 'waiting')"))
        batch_op.create_index(
            "stock_claims_once",
            ["order_id", "sku", "location", "origin", "line"],
            unique=True,
            sqlite_where=sa.text("status IN ('held', 'waiting')"),
            postgresql_where=sa.text("status IN ('held', 'waiting')"),
        )

    with op.batch_alter_table("stock_levels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_lots", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lot", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
        batch_op.drop_constraint(batch_op.f("stock_moves_once"), type_="unique")
        batch_op.create_unique_constraint("stock_moves_once", ["source", "kind", "sku", "location", "lot"])


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.drop_constraint("stock_moves_once", type_="unique")
        batch_op.create_unique_constraint(batch_op.f("stock_moves_once"), ["source", "kind", "sku", "location"])
        batch_op.drop_column("reason")
        batch_op.drop_column("lot")

    with op.batch_alter_table("stock_levels", schema=None) as batch_op:
        batch_op.drop_column("has_lots")

    with op.batch_alter_table("stock_claims", schema=None) as batch_op:
        batch_op.drop_index(
            "stock_claims_once",
            sqlite_where=sa.text("status IN ('held', 'waiting')"),
            postgresql_where=sa.text("status IN ('held', 'waiting')"),
        )
        batch_op.create_index(
            batch_op.f("stock_claims_once"),
            ["order_id", "sku", "location", "origin"],
            unique=True,
            sqlite_where=sa.text("status IN ('held', 'waiting')"),
            postgresql_where=sa.text("status IN ('held', 'waiting')"),
        )
        batch_op.drop_column("min_days_left")
        batch_op.drop_column("line")

    with op.batch_alter_table("stock_transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_transfers_status"))

    op.drop_table("stock_transfers")
    op.drop_table("stock_transfer_lines")
    op.drop_table("stock_lots")
    op.drop_table("stock_lot_levels")
    op.drop_table("stock_locations")
    with op.batch_alter_table("stock_findings", schema=None) as batch_op:
        batch_op.drop_index(
            "stock_findings_open", sqlite_where=sa.text("gone_at IS NULL"), postgresql_where=sa.text("gone_at IS NULL")
        )

    op.drop_table("stock_findings")
    op.drop_table("stock_counts")
    op.drop_table("stock_claim_lots")
