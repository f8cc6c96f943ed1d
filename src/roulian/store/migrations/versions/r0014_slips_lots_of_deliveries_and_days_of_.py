"""Slips, lots of deliveries and days of work orders."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "make_work_days",
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_make_work_days_ck_make_work_days_units")),
        sa.PrimaryKeyConstraint("work", "day", name=op.f("pk_make_work_days")),
    )
    op.create_table(
        "stock_slips",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_slips")),
    )
    with op.batch_alter_table("stock_slips", schema=None) as batch_op:
        batch_op.create_index("ix_stock_slips_entered", ["entered_at", "id"], unique=False)

    with op.batch_alter_table("make_arrivals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rejected_qty", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("place", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("lot", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("expires_day", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("by", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("make_arrivals", schema=None) as batch_op:
        batch_op.drop_column("by")
        batch_op.drop_column("expires_day")
        batch_op.drop_column("lot")
        batch_op.drop_column("place")
        batch_op.drop_column("rejected_qty")

    with op.batch_alter_table("stock_slips", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_slips_entered")

    op.drop_table("stock_slips")
    op.drop_table("make_work_days")
