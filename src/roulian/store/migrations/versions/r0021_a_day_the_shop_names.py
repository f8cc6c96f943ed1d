"""A day the shop names."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Go on to this revision."""
    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ship_day", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.drop_column("ship_day")
