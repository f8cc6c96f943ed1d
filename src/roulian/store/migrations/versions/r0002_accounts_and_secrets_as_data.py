"""Accounts and secrets as data."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "store_heard",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_store_heard")),
    )
    with op.batch_alter_table("store_heard", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_store_heard_until_at"), ["until_at"], unique=False)

    op.create_table(
        "store_locker",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_store_locker")),
    )
    op.create_table(
        "tell_account_denials",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("api", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("denied_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("appid", "api", name=op.f("pk_tell_account_denials")),
    )
    op.create_table(
        "tell_account_grants",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("permission_sets", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("appid", name=op.f("pk_tell_account_grants")),
    )
    op.create_table(
        "tell_account_secrets",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("appid", name=op.f("pk_tell_account_secrets")),
    )
    with op.batch_alter_table("tell_accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.Text(), server_default="content", nullable=False))
        batch_op.add_column(sa.Column("audience", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("mode", sa.Text(), server_default="own_secret", nullable=False))
        batch_op.add_column(sa.Column("quota_plan", sa.Text(), server_default="standard", nullable=False))
        batch_op.add_column(sa.Column("standing", sa.Text(), server_default="active", nullable=False))
    op.execute(
        "UPDATE tell_accounts SET role = CASE kind"
        " WHEN 'mini_program' THEN 'shop' WHEN 'service_account' THEN 'service' ELSE 'content' END"
    )


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("tell_accounts", schema=None) as batch_op:
        batch_op.drop_column("standing")
        batch_op.drop_column("quota_plan")
        batch_op.drop_column("mode")
        batch_op.drop_column("audience")
        batch_op.drop_column("role")

    op.drop_table("tell_account_secrets")
    op.drop_table("tell_account_grants")
    op.drop_table("tell_account_denials")
    op.drop_table("store_locker")
    with op.batch_alter_table("store_heard", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_store_heard_until_at"))

    op.drop_table("store_heard")
