"""webhooks and kept answers."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "connect_answers",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key_sha256", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key_sha256", name=op.f("pk_connect_answers")),
    )
    with op.batch_alter_table("connect_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connect_answers_until_at"), ["until_at"], unique=False)

    op.create_table(
        "connect_subscriptions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Integer(), nullable=False),
        sa.Column("why_off", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_until", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connect_subscriptions")),
    )
    op.create_table(
        "connect_deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("round_tries", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["connect_subscriptions.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connect_deliveries")),
        sa.UniqueConstraint("subscription", "event", name="connect_deliveries_once"),
    )
    with op.batch_alter_table("connect_deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_connect_deliveries_standing", ["subscription", "status", "id"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("connect_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_connect_deliveries_standing")

    op.drop_table("connect_deliveries")
    op.drop_table("connect_subscriptions")
    with op.batch_alter_table("connect_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_connect_answers_until_at"))

    op.drop_table("connect_answers")
