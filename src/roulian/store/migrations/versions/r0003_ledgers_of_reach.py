"""Ledgers of reach."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "tell_closures",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "door", name=op.f("pk_tell_closures")),
    )
    op.create_table(
        "tell_followers",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("follow", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("member", "account", name=op.f("pk_tell_followers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tell_mass_sends",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("members_count", sa.Integer(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tell_mass_sends")),
    )
    op.create_table(
        "tell_mass_slots",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_tell_mass_slots_not_negative")),
        sa.PrimaryKeyConstraint("member", "account", "per", name=op.f("pk_tell_mass_slots")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tell_quotas",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_tell_quotas_not_negative")),
        sa.PrimaryKeyConstraint("account", "door", "per", name=op.f("pk_tell_quotas")),
    )
    op.create_table(
        "tell_windows",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("left_count", sa.Integer(), nullable=False),
        sa.Column("debited_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("left_count >= 0", name=op.f("ck_tell_windows_not_negative")),
        sa.PrimaryKeyConstraint("member", "account", "opener", name=op.f("pk_tell_windows")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("tell_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("message", sa.Text(), server_default="", nullable=False))
        batch_op.create_index(
            "ix_tell_attempts_message",
            ["message"],
            unique=False,
            sqlite_where=sa.text("message <> ''"),
            postgresql_where=sa.text("message <> ''"),
        )
        batch_op.create_index("ix_tell_attempts_tried_at", ["tried_at", "door", "status"], unique=False)

    op.execute(
        "UPDATE tell_attempts SET account = COALESCE("
        "(SELECT min(appid) FROM tell_accounts WHERE kind = 'mini_program'), '')"
        " WHERE door IN ('subscribe', 'user_notify')"
    )
    with op.batch_alter_table("tell_consents", schema=None) as batch_op:
        batch_op.create_index("ix_tell_consents_template", ["template", "left_count", "member"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("tell_consents", schema=None) as batch_op:
        batch_op.drop_index("ix_tell_consents_template")

    with op.batch_alter_table("tell_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_tell_attempts_tried_at")
        batch_op.drop_index(
            "ix_tell_attempts_message", sqlite_where=sa.text("message <> ''"), postgresql_where=sa.text("message <> ''")
        )
        batch_op.drop_column("message")
        batch_op.drop_column("account")

    op.drop_table("tell_windows")
    op.drop_table("tell_quotas")
    op.drop_table("tell_mass_slots")
    op.drop_table("tell_mass_sends")
    op.drop_table("tell_followers")
    op.drop_table("tell_closures")
