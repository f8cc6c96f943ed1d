"""What a line is discounted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Go on to this revision."""
    with op.batch_alter_table("sell_order_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("discount_fen", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("sell_order_lines", schema=None) as batch_op:
        batch_op.drop_column("discount_fen")
