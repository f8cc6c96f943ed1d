"""Catalogue entries and terms of SKUs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "sell_entries",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product"], ["sell_products.id"]),
        sa.PrimaryKeyConstraint("product", name=op.f("pk_sell_entries")),
    )
    with op.batch_alter_table("sell_skus", schema=None) as batch_op:
        batch_op.add_column(sa.Column("terms", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("owner", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("sell_skus", schema=None) as batch_op:
        batch_op.drop_column("owner")
        batch_op.drop_column("terms")

    op.drop_table("sell_entries")
