"""Reports of compared books."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "books_reports",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("compared_at", sa.BigInteger(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("refunds", sa.Integer(), nullable=False),
        sa.Column("refunded_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_books_reports")),
    )
    op.create_table(
        "books_differences",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("ours_fen", sa.BigInteger(), nullable=True),
        sa.Column("theirs_fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["day"],
            ["books_reports.day"],
        ),
        sa.PrimaryKeyConstraint("day", "place", name=op.f("pk_books_differences")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("books_differences")
    op.drop_table("books_reports")
