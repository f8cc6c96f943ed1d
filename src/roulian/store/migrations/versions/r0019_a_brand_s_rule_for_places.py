"""A brand's rule for places."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "stock_terms",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_stock_terms_stock_terms_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_terms")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("stock_terms")
