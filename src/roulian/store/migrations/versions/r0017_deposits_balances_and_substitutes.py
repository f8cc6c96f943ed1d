"""Deposits, balances and substitutes."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Go on to this revision."""
    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deposit_fen", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("balance_days", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("unpaid", sa.Text(), server_default="refund", nullable=False))
        batch_op.add_column(sa.Column("substitute", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("answer_days", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("sell_order_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_dropped", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("substitute", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("substitute_fen", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("answer_by", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("sell_orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deposit_fen", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("paid_fen", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("balance_by", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE sell_orders SET paid_fen = (SELECT amount_fen FROM sell_payments WHERE order_id = sell_orders.id)"
        " WHERE id IN (SELECT order_id FROM sell_payments)"
    )
    _rebuild_payments(
        sa.Column("part", sa.Text(), server_default="first", nullable=False),
        sa.UniqueConstraint("order_id", "part", name="sell_payments_once"),
    )
    _rebuild_refunds()


def _rebuild_payments(*parts: sa.schema.SchemaItem) -> None:
    """An order has as many payments as trades: the table's unique order goes, which SQLite can only do by copying."""
    op.execute("CREATE TABLE sell_payments_kept AS SELECT * FROM sell_payments")
    op.drop_table("sell_payments")
    op.create_table(
        "sell_payments",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        *(part for part in parts if isinstance(part, sa.Column)),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sell_orders.id"]),
        sa.PrimaryKeyConstraint("provider", "transaction_id", name=op.f("pk_sell_payments")),
        *(part for part in parts if isinstance(part, sa.Constraint)),
    )
    op.execute(
        "INSERT INTO sell_payments (provider, transaction_id, order_id, amount_fen, paid_at, entered_at)"
        " SELECT provider, transaction_id, order_id, amount_fen, paid_at, entered_at FROM sell_payments_kept"
    )
    op.drop_table("sell_payments_kept")


def _rebuild_refunds() -> None:
    """Every refund so far was one claim on one payment: its own number is its claim."""
    op.execute("CREATE TABLE sell_refunds_kept AS SELECT * FROM sell_refunds")
    op.drop_table("sell_refunds")
    op.create_table(
        "sell_refunds",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=True),
        sa.Column("refunded_at", sa.BigInteger(), nullable=True),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), server_default="first", nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sell_orders.id"]),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sell_refunds")),
    )
    with op.batch_alter_table("sell_refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sell_refunds_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sell_refunds_claim"), ["claim"], unique=False)
    op.execute(
        "INSERT INTO sell_refunds (number, order_id, amount_fen, why, due_at, refund_id, refunded_at, claim)"
        " SELECT number, order_id, amount_fen, why, due_at, refund_id, refunded_at, number FROM sell_refunds_kept"
    )
    op.drop_table("sell_refunds_kept")


def downgrade() -> None:
    """Go back to the revision before, which knows one payment an order: balances and what went back of them are forgotten."""
    op.execute("DELETE FROM sell_refunds WHERE part = 'balance'")
    op.execute("DELETE FROM sell_payments WHERE part = 'balance'")
    with op.batch_alter_table("sell_refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sell_refunds_claim"))
        batch_op.drop_column("part")
        batch_op.drop_column("claim")
    _rebuild_payments(sa.UniqueConstraint("order_id", name=op.f("uq_sell_payments_order_id")))

    with op.batch_alter_table("sell_orders", schema=None) as batch_op:
        batch_op.drop_column("balance_by")
        batch_op.drop_column("paid_fen")
        batch_op.drop_column("deposit_fen")

    with op.batch_alter_table("sell_order_lines", schema=None) as batch_op:
        batch_op.drop_column("answer_by")
        batch_op.drop_column("substitute_fen")
        batch_op.drop_column("substitute")
        batch_op.drop_column("is_dropped")

    with op.batch_alter_table("sell_campaigns", schema=None) as batch_op:
        batch_op.drop_column("answer_days")
        batch_op.drop_column("substitute")
        batch_op.drop_column("unpaid")
        batch_op.drop_column("balance_days")
        batch_op.drop_column("deposit_fen")
