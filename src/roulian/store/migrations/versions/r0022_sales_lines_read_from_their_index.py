"""Sales lines read from their index."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_index("ix_sense_sales_sku_day_units", "sense_sales", ["sku", "day", "units"])
    op.drop_index("ix_sense_sales_sku_day", table_name="sense_sales")


def downgrade() -> None:
    """Go back to the revision before."""
    op.create_index("ix_sense_sales_sku_day", "sense_sales", ["sku", "day"])
    op.drop_index("ix_sense_sales_sku_day_units", table_name="sense_sales")
