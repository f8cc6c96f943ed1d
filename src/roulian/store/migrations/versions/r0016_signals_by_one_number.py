"""Signals by one number.

Signals kept before have no key, as those whose owner was forgotten: one of them that is sent again counts again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_KEPT = "member, kind, sku, article, region, seen_at, is_bot"


def upgrade() -> None:
    """Go on to this revision."""
    op.execute("CREATE TABLE sense_signals_before AS SELECT * FROM sense_signals")
    op.drop_table("sense_signals")
    op.create_table(
        "sense_signals",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=True),
        *_columns(),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sense_signals")),
        sa.UniqueConstraint("key", name=op.f("uq_sense_signals_key")),
    )
    op.create_index(op.f("ix_sense_signals_seen_at"), "sense_signals", ["seen_at"])
    op.execute(f"INSERT INTO sense_signals ({_KEPT}) SELECT {_KEPT} FROM sense_signals_before ORDER BY seen_at, id")
    op.drop_table("sense_signals_before")


def downgrade() -> None:
    """Go back to the revision before."""
    op.execute("CREATE TABLE sense_signals_after AS SELECT * FROM sense_signals")
    op.drop_table("sense_signals")
    op.create_table(
        "sense_signals",
        sa.Column("id", sa.Text(), nullable=False),
        *_columns(),
        sa.Column("seen_day", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sense_signals")),
    )
    op.create_index(op.f("ix_sense_signals_seen_at"), "sense_signals", ["seen_at"])
    op.execute(f"INSERT INTO sense_signals (id, {_KEPT}) SELECT 'sig_' || seq, {_KEPT} FROM sense_signals_after")
    op.drop_table("sense_signals_after")


def _columns() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    return (
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("is_bot", sa.Integer(), server_default="0", nullable=False),
    )
