"""Coupons and group-buys."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "offers_coupons",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("total_qty", sa.BigInteger(), nullable=False),
        sa.Column("given_qty", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("given_qty BETWEEN 0 AND total_qty", name=op.f("ck_offers_coupons_offers_coupons_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers_coupons")),
    )
    with op.batch_alter_table("offers_coupons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_coupons_status"), ["status"], unique=False)

    op.create_table(
        "offers_groupbuys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fill_hours", sa.Integer(), nullable=False),
        sa.Column("most_qty", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers_groupbuys")),
    )
    with op.batch_alter_table("offers_groupbuys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_groupbuys_sku"), ["sku"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_groupbuys_status"), ["status"], unique=False)

    op.create_table(
        "offers_groups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("groupbuy", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("seats_paid", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "seats_paid >= 0 AND seats_paid <= seats_taken AND seats_taken <= size",
            name=op.f("ck_offers_groups_offers_groups_seats"),
        ),
        sa.ForeignKeyConstraint(
            ["groupbuy"],
            ["offers_groupbuys.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers_groups")),
    )
    with op.batch_alter_table("offers_groups", schema=None) as batch_op:
        batch_op.create_index("offers_groups_filling", ["groupbuy", "status", "closes_at"], unique=False)

    op.create_table(
        "offers_holdings",
        sa.Column("coupon", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("given_qty", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coupon"],
            ["offers_coupons.id"],
        ),
        sa.PrimaryKeyConstraint("coupon", "member", name=op.f("pk_offers_holdings")),
    )
    op.create_table(
        "offers_vouchers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("coupon", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coupon"],
            ["offers_coupons.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers_vouchers")),
    )
    with op.batch_alter_table("offers_vouchers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_vouchers_coupon"), ["coupon"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_vouchers_member"), ["member"], unique=False)

    op.create_table(
        "offers_redemptions",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("voucher", sa.Text(), nullable=False),
        sa.Column("off_fen", sa.BigInteger(), nullable=False),
        sa.Column("freed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("off_fen > 0", name=op.f("ck_offers_redemptions_offers_redemptions_off")),
        sa.ForeignKeyConstraint(
            ["voucher"],
            ["offers_vouchers.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_offers_redemptions")),
    )
    with op.batch_alter_table("offers_redemptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_redemptions_voucher"), ["voucher"], unique=False)

    op.create_table(
        "offers_seats",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["offers_groups.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_offers_seats")),
    )
    with op.batch_alter_table("offers_seats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_seats_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_seats_member"), ["member"], unique=False)
        batch_op.create_index(
            "offers_seats_once",
            ["group_id", "member"],
            unique=True,
            sqlite_where=sa.text("status <> 'freed'"),
            postgresql_where=sa.text("status <> 'freed'"),
        )


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("offers_seats", schema=None) as batch_op:
        batch_op.drop_index(
            "offers_seats_once",
            sqlite_where=sa.text("status <> 'freed'"),
            postgresql_where=sa.text("status <> 'freed'"),
        )
        batch_op.drop_index(batch_op.f("ix_offers_seats_member"))
        batch_op.drop_index(batch_op.f("ix_offers_seats_group_id"))

    op.drop_table("offers_seats")
    with op.batch_alter_table("offers_redemptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_redemptions_voucher"))

    op.drop_table("offers_redemptions")
    with op.batch_alter_table("offers_vouchers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_vouchers_member"))
        batch_op.drop_index(batch_op.f("ix_offers_vouchers_coupon"))

    op.drop_table("offers_vouchers")
    op.drop_table("offers_holdings")
    with op.batch_alter_table("offers_groups", schema=None) as batch_op:
        batch_op.drop_index("offers_groups_filling")

    op.drop_table("offers_groups")
    with op.batch_alter_table("offers_groupbuys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_groupbuys_status"))
        batch_op.drop_index(batch_op.f("ix_offers_groupbuys_sku"))

    op.drop_table("offers_groupbuys")
    with op.batch_alter_table("offers_coupons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_coupons_status"))

    op.drop_table("offers_coupons")
