"""Designs and requests made to measure."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "tailor_designs",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("product", name=op.f("pk_tailor_designs")),
    )
    op.create_table(
        "tailor_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("piece", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tailor_requests")),
        sa.UniqueConstraint("member", "key", name="tailor_requests_once"),
    )
    with op.batch_alter_table("tailor_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tailor_requests_standing"), ["standing"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("tailor_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tailor_requests_standing"))

    op.drop_table("tailor_requests")
    op.drop_table("tailor_designs")
