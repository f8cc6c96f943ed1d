"""Know people by a graph, keep the record of readings, have staff."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go on to this revision."""
    op.create_table(
        "people_addresses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("blind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_addresses")),
    )
    with op.batch_alter_table("people_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_addresses_blind"), ["blind"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_addresses_member"), ["member"], unique=False)

    op.create_table(
        "people_api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_api_keys")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_people_api_keys_token_sha256")),
    )
    op.create_table(
        "people_handles",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("blind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "member", "blind", name=op.f("pk_people_handles")),
    )
    with op.batch_alter_table("people_handles", schema=None) as batch_op:
        batch_op.create_index("ix_people_handles_blind", ["blind"], unique=False)
        batch_op.create_index("ix_people_handles_member", ["member"], unique=False)

    op.create_table(
        "people_merge_proposals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_merge_proposals")),
        sa.UniqueConstraint("one", "other", "evidence", name=op.f("uq_people_merge_proposals_one_other_evidence")),
    )
    with op.batch_alter_table("people_merge_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_merge_proposals_status"), ["status"], unique=False)

    op.create_table(
        "people_readings",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_people_readings")),
    )
    with op.batch_alter_table("people_readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_readings_read_at"), ["read_at"], unique=False)

    op.create_table(
        "people_readings_end",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_readings_end")),
    )
    op.create_table(
        "people_staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_sealed", sa.Text(), nullable=True),
        sa.Column("has_totp", sa.Integer(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_people_staff_login")),
    )
    op.create_table(
        "people_staff_sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_people_staff_sessions")),
    )
    with op.batch_alter_table("people_staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_staff_sessions_staff"), ["staff"], unique=False)

    op.drop_index(op.f("ix_people_members_phone_index"), table_name="people_members")
    op.drop_column("people_members", "phone_sealed")
    op.drop_column("people_members", "phone_index")
    op.add_column("people_members", sa.Column("unionid_at", sa.BigInteger(), nullable=True))
    op.add_column("people_members", sa.Column("unionid_through", sa.Text(), nullable=True))
    op.add_column("people_members", sa.Column("erased_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("people_members", "erased_at")
    op.drop_column("people_members", "unionid_through")
    op.drop_column("people_members", "unionid_at")
    op.add_column("people_members", sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("people_members", sa.Column("phone_index", sa.Text(), nullable=True))
    op.create_index(op.f("ix_people_members_phone_index"), "people_members", ["phone_index"], unique=False)

    with op.batch_alter_table("people_staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_staff_sessions_staff"))

    op.drop_table("people_staff_sessions")
    op.drop_table("people_staff")
    op.drop_table("people_readings_end")
    with op.batch_alter_table("people_readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_readings_read_at"))

    op.drop_table("people_readings")
    with op.batch_alter_table("people_merge_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_merge_proposals_status"))

    op.drop_table("people_merge_proposals")
    with op.batch_alter_table("people_handles", schema=None) as batch_op:
        batch_op.drop_index("ix_people_handles_member")
        batch_op.drop_index("ix_people_handles_blind")

    op.drop_table("people_handles")
    op.drop_table("people_api_keys")
    with op.batch_alter_table("people_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_addresses_member"))
        batch_op.drop_index(batch_op.f("ix_people_addresses_blind"))

    op.drop_table("people_addresses")
