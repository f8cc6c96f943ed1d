"""Refunds by number and cases of after sales."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "returns_asked",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_returns_asked_returns_asked_qty")),
        sa.PrimaryKeyConstraint("order_id", "line", name=op.f("pk_returns_asked")),
    )
    op.create_table(
        "returns_cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns_cases")),
        sa.UniqueConstraint("member", "key", name="returns_cases_once"),
    )
    with op.batch_alter_table("returns_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returns_cases_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_returns_cases_status"), ["status"], unique=False)

    op.create_table(
        "returns_items",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_returns_items_returns_items_qty")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["returns_cases.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "line", name=op.f("pk_returns_items")),
    )
    with op.batch_alter_table("sell_orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("returned_fen", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_sell_orders_sell_orders_returned"), "returned_fen BETWEEN 0 AND total_fen"
        )

    _number_refunds()


def _number_refunds() -> None:
    """A refund of all of an order bears the order's id, as WeChat Pay knows it already."""
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
        sa.ForeignKeyConstraint(["order_id"], ["sell_orders.id"]),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sell_refunds")),
    )
    with op.batch_alter_table("sell_refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sell_refunds_order_id"), ["order_id"], unique=False)
    op.execute(
        "INSERT INTO sell_refunds (number, order_id, amount_fen, why, due_at, refund_id, refunded_at)"
        " SELECT order_id, order_id, amount_fen, why, due_at, refund_id, refunded_at FROM sell_refunds_kept"
    )
    op.execute(
        "UPDATE sell_orders SET returned_fen = (SELECT amount_fen FROM sell_refunds WHERE order_id = sell_orders.id)"
        " WHERE id IN (SELECT order_id FROM sell_refunds)"
    )
    op.drop_table("sell_refunds_kept")


def downgrade() -> None:
    """Go back to the revision before."""
    _forget_parts()

    with op.batch_alter_table("sell_orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_sell_orders_sell_orders_returned"), type_="check")
        batch_op.drop_column("returned_fen")

    op.drop_table("returns_items")
    with op.batch_alter_table("returns_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_returns_cases_status"))
        batch_op.drop_index(batch_op.f("ix_returns_cases_order_id"))

    op.drop_table("returns_cases")
    op.drop_table("returns_asked")


def _forget_parts() -> None:
    """The revision before knows one refund per order: parts are forgotten."""
    op.execute("CREATE TABLE sell_refunds_kept AS SELECT * FROM sell_refunds WHERE number = order_id")
    op.drop_table("sell_refunds")
    op.create_table(
        "sell_refunds",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=True),
        sa.Column("refunded_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["sell_orders.id"]),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_sell_refunds")),
    )
    op.execute(
        "INSERT INTO sell_refunds (order_id, amount_fen, why, due_at, refund_id, refunded_at)"
        " SELECT order_id, amount_fen, why, due_at, refund_id, refunded_at FROM sell_refunds_kept"
    )
    op.drop_table("sell_refunds_kept")
