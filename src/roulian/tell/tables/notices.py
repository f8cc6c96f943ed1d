"""Where notices and their attempts are kept. One notice per (scenario, member, key) is a UNIQUE constraint, not a habit."""

from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.store import METADATA, any_of
from roulian.tell.model import Door, Facts, Notice, NoticeStatus, Scenario
from roulian.words.ids import MemberId, NoticeId
from roulian.words.time import Instant

NOTICES = sa.Table(
    "tell_notices",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("scenario", sa.Text, nullable=False),
    sa.Column("member", sa.Text, nullable=False, index=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False, index=True),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("door", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("sent_at", sa.BigInteger),
    sa.UniqueConstraint("scenario", "member", "key"),
)
_HAS_MESSAGE = sa.text("message <> ''")
ATTEMPTS = sa.Table(
    "tell_attempts",
    METADATA,
    sa.Column("notice", sa.Text, primary_key=True),
    sa.Column("door", sa.Text, primary_key=True),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("tried_at", sa.BigInteger, nullable=False),
    sa.Column("account", sa.Text, nullable=False, server_default=""),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_tell_attempts_tried_at", "tried_at", "door", "status"),
    sa.Index("ix_tell_attempts_message", "message", sqlite_where=_HAS_MESSAGE, postgresql_where=_HAS_MESSAGE),
)

NOTICE_COLUMNS = (
    NOTICES.c.id,
    NOTICES.c.member,
    NOTICES.c.scenario,
    NOTICES.c.about,
    NOTICES.c.facts,
    NOTICES.c.status,
    NOTICES.c.door,
    NOTICES.c.attempts,
    NOTICES.c.made_at,
    NOTICES.c.sent_at,
)

QUEUE = sa.text(
    "INSERT INTO tell_notices (id, scenario, member, key, about, facts, status, attempts, made_at)"
    " VALUES (:id, :scenario, :member, :key, :about, :facts, 'queued', 0, :at)"
    " ON CONFLICT (scenario, member, key) DO NOTHING",
)
NOTICES_OF = sa.select(*NOTICE_COLUMNS).where(any_of(NOTICES.c.id, "ids")).order_by(NOTICES.c.id)
CLAIM = sa.text("UPDATE tell_notices SET attempts = attempts + 1 WHERE id = :id AND status = 'queued'")
SETTLE = sa.text(
    "UPDATE tell_notices SET status = :status, door = :door, sent_at = :at WHERE id = :id AND status = 'queued'",
)
FAIL = sa.text("UPDATE tell_notices SET status = 'failed' WHERE id = :id AND status = 'queued'")
ATTEMPTS_OF = (
    sa.select(ATTEMPTS.c.door, ATTEMPTS.c.status, ATTEMPTS.c.template, ATTEMPTS.c.account)
    .where(ATTEMPTS.c.notice == sa.bindparam("notice"))
    .order_by(ATTEMPTS.c.tried_at, ATTEMPTS.c.door)
)
TRY = sa.text(
    "INSERT INTO tell_attempts (notice, door, template, status, code, tried_at, account)"
    " VALUES (:notice, :door, :template, 'trying', '', :at, :account)",
)
ANSWER = sa.text(
    "UPDATE tell_attempts SET status = :status, code = :code, message = :message"
    " WHERE notice = :notice AND door = :door AND status = 'trying'",
)
ATTEMPT_OF_MESSAGE = sa.select(ATTEMPTS.c.notice).where(
    ATTEMPTS.c.message == sa.bindparam("message"), ATTEMPTS.c.message != ""
)
UNANSWERED = sa.text(
    "SELECT tell_attempts.notice, tell_attempts.door FROM tell_attempts"
    " JOIN tell_notices ON tell_notices.id = tell_attempts.notice"
    " WHERE tell_notices.member = :member AND tell_attempts.template = :template"
    " AND tell_attempts.status IN ('trying', 'lost') AND tell_attempts.tried_at < :before"
    " ORDER BY tell_attempts.tried_at, tell_attempts.notice LIMIT 1",
)
FOUND = sa.text(
    "UPDATE tell_attempts SET status = 'sent', message = :message"
    " WHERE notice = :notice AND door = :door AND status IN ('trying', 'lost')",
)
SETTLE_FOUND = sa.text(
    "UPDATE tell_notices SET status = 'sent', door = :door, sent_at = :at"
    " WHERE id = :id AND status IN ('queued', 'uncertain')",
)
_SETTLED = sa.select(NOTICES.c.id).where(any_of(NOTICES.c.member, "members"), NOTICES.c.status != NoticeStatus.QUEUED)
FORGET = (
    ATTEMPTS.delete().where(ATTEMPTS.c.notice.in_(_SETTLED)),
    NOTICES.delete().where(any_of(NOTICES.c.member, "members"), NOTICES.c.status != NoticeStatus.QUEUED),
    sa.update(NOTICES).where(any_of(NOTICES.c.member, "members")).values(status=NoticeStatus.FAILED.value),
)
"""What waits in a queue keeps its row, so that the job that comes for it finds it settled."""


def facts_text(facts: Facts) -> str:
    """Facts as JSON, keys in order, so that equal facts are equal text."""
    return msgspec.json.encode(dict(facts), order="sorted").decode()


def notice(row: tuple[Any, ...]) -> Notice:
    """A row of `NOTICE_COLUMNS` as a notice."""
    facts = msgspec.json.decode(row[4], type=dict[str, str | int])
    door = None if row[6] is None else Door(row[6])
    sent_at = None if row[9] is None else Instant(row[9])
    scenario, status = Scenario(row[2]), NoticeStatus(row[5])
    ident, member = NoticeId(row[0]), MemberId(row[1])
    return Notice(ident, member, scenario, row[3], facts, status, door, row[7], Instant(row[8]), sent_at)
