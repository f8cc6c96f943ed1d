"""What cases give back and exchange."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Go on to this revision."""
    with op.batch_alter_table("returns_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paid_fen", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("back_fen", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("replacement", sa.Text(), nullable=True))
    op.execute("UPDATE returns_items SET paid_fen = price_fen * qty, back_fen = price_fen * qty")


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("returns_items", schema=None) as batch_op:
        batch_op.drop_column("replacement")
        batch_op.drop_column("back_fen")
        batch_op.drop_column("paid_fen")
