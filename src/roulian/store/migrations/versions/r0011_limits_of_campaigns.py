"""Limits of campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go on to this revision."""
    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("member_limit", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("cap_qty", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("extend_days", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.drop_column("extend_days")
        batch_op.drop_column("cap_qty")
        batch_op.drop_column("member_limit")
