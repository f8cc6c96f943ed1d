"""Mark bots and drop the batch of signals."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go on to this revision."""
    with op.batch_alter_table("sense_signals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_bot", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_index(batch_op.f("ix_sense_signals_batch"))
        batch_op.drop_column("batch")


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("sense_signals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch", sa.TEXT(), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_sense_signals_batch"), ["batch"], unique=False)
        batch_op.drop_column("is_bot")
