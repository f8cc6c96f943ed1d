"""Where the ledger of one-off consents is kept.

WeChat has no way to ask how many are left, so the ledger is ours: every change is a row in `tell_consent_moves`, and
`tell_consents` holds their sum, guarded by a CHECK.
"""

from enum import StrEnum

import sqlalchemy as sa

from roulian.store import METADATA, any_of


class ConsentMove(StrEnum):
    """Why the number of consents changed."""

    GRANT = "grant"
    SPEND = "spend"
    RETURN = "return"
    REJECT = "reject"
    DECLINE = "decline"
    CARRY = "carry"


CONSENTS = sa.Table(
    "tell_consents",
    METADATA,
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("template", sa.Text, primary_key=True),
    sa.Column("left_count", sa.Integer, nullable=False),
    sa.CheckConstraint("left_count >= 0", name="not_negative"),
    sa.Index("ix_tell_consents_template", "template", "left_count", "member"),
)
CONSENT_MOVES = sa.Table(
    "tell_consent_moves",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("change", sa.Integer, nullable=False),
    sa.Column("moved_at", sa.BigInteger, nullable=False),
    sa.Index("tell_consent_moves_of", "member", "template"),
)

ADD_MOVE = sa.text(
    "INSERT INTO tell_consent_moves (source, member, template, kind, change, moved_at)"
    " VALUES (:source, :member, :template, :kind, :change, :at) ON CONFLICT (source) DO NOTHING",
)
ADD_CONSENTS = sa.text(
    "INSERT INTO tell_consents (member, template, left_count) VALUES (:member, :template, :change)"
    " ON CONFLICT (member, template) DO UPDATE SET left_count = tell_consents.left_count + excluded.left_count",
)
SPEND_CONSENT = sa.text(
    "UPDATE tell_consents SET left_count = left_count - 1"
    " WHERE member = :member AND template = :template AND left_count > 0",
)
CLOSE_CONSENTS = sa.text(
    "UPDATE tell_consents SET left_count = 0"
    " WHERE member = :member AND template = :template AND left_count = :left_count",
)
CONSENTS_LEFT = sa.select(CONSENTS.c.left_count).where(
    CONSENTS.c.member == sa.bindparam("member"),
    CONSENTS.c.template == sa.bindparam("template"),
)
CONSENTS_HELD = CONSENTS_LEFT.with_for_update()
CONSENTS_TO_CARRY = (
    sa.select(CONSENTS.c.template, CONSENTS.c.left_count)
    .where(CONSENTS.c.member == sa.bindparam("member"), CONSENTS.c.left_count > 0)
    .order_by(CONSENTS.c.template)
    .with_for_update()
)
CARRIED = (
    sa.select(CONSENT_MOVES.c.template, -sa.func.sum(CONSENT_MOVES.c.change))
    .where(CONSENT_MOVES.c.member == sa.bindparam("member"), CONSENT_MOVES.c.kind == ConsentMove.CARRY.value)
    .group_by(CONSENT_MOVES.c.template)
    .having(sa.func.sum(CONSENT_MOVES.c.change) < 0)
    .order_by(CONSENT_MOVES.c.template)
)
TAKE_BACK = sa.text(
    "UPDATE tell_consents SET left_count = left_count - :change"
    " WHERE member = :member AND template = :template AND left_count >= :change",
)
FORGET = (
    CONSENTS.delete().where(any_of(CONSENTS.c.member, "members")),
    CONSENT_MOVES.delete().where(any_of(CONSENT_MOVES.c.member, "members")),
)
