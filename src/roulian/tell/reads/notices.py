"""Questions about notices and what the doors said to them."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from roulian.store import Tx, any_of
from roulian.tell.model import Answer, AttemptStatus, Door, Notice, NoticeStatus, Scenario
from roulian.tell.tables import notices as tables
from roulian.tell.tables.notices import ATTEMPTS, NOTICE_COLUMNS, NOTICES
from roulian.words.ids import MemberId, NoticeId
from roulian.words.time import Instant

_BEFORE = sa.bindparam("before", type_=sa.Text)
_MEMBER = sa.bindparam("member", type_=sa.Text)
_ABOUT = sa.bindparam("about", type_=sa.Text)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_PAGE = (
    sa.select(*NOTICE_COLUMNS)
    .where(
        any_of(NOTICES.c.status, "statuses"),
        any_of(NOTICES.c.scenario, "scenarios"),
        sa.or_(_MEMBER.is_(None), NOTICES.c.member == _MEMBER),
        sa.or_(_ABOUT.is_(None), NOTICES.c.about == _ABOUT),
        sa.or_(_BEFORE.is_(None), NOTICES.c.id < _BEFORE),
    )
    .order_by(NOTICES.c.id.desc())
    .limit(_LIMIT)
)
_ANSWERS = (
    sa.select(ATTEMPTS.c.notice, ATTEMPTS.c.door, ATTEMPTS.c.status, ATTEMPTS.c.code, ATTEMPTS.c.tried_at)
    .where(any_of(ATTEMPTS.c.notice, "notices"))
    .order_by(ATTEMPTS.c.notice, ATTEMPTS.c.tried_at, ATTEMPTS.c.door)
)
_BY_STATUS = (
    sa.select(NOTICES.c.status, sa.func.count())
    .where(sa.or_(NOTICES.c.made_at >= sa.bindparam("since"), NOTICES.c.status == NoticeStatus.QUEUED))
    .group_by(NOTICES.c.status)
)
_BY_DOOR = sa.text(
    "SELECT door, COUNT(*) FROM tell_notices WHERE status = 'sent' AND made_at >= :since GROUP BY door ORDER BY door"
)


def notices(tx: Tx, ids: Collection[NoticeId]) -> Mapping[NoticeId, Notice]:
    """The notices by id; unknown ids are absent."""
    found = (tables.notice(row) for row in tx.rows(tables.NOTICES_OF, ids=list(ids)))
    return {notice.id: notice for notice in found}


def notices_page(
    tx: Tx,
    *,
    statuses: Collection[NoticeStatus] = tuple(NoticeStatus),
    scenarios: Collection[Scenario] = tuple(Scenario),
    member: MemberId | None = None,
    about: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Notice, ...]:
    """Notices, newest first, at most `limit`, older than the id `before`; `about` is an order's or SKU's id."""
    rows = tx.rows(
        _PAGE,
        statuses=[status.value for status in statuses],
        scenarios=[scenario.value for scenario in scenarios],
        member=member,
        about=about,
        before=before,
        limit=limit,
    )
    return tuple(tables.notice(row) for row in rows)


def answers(tx: Tx, notices: Collection[NoticeId]) -> Mapping[NoticeId, tuple[Answer, ...]]:
    """What each door said to each notice, in the order they were tried; untried notices have none."""
    found: dict[NoticeId, list[Answer]] = {notice: [] for notice in notices}
    for notice, door, status, code, tried_at in tx.rows(_ANSWERS, notices=list(notices)):
        answer = Answer(Door(door), AttemptStatus(status), code, Instant(tried_at))
        found[NoticeId(notice)].append(answer)
    return {notice: tuple(said) for notice, said in found.items()}


def notice_counts(tx: Tx, *, since: Instant) -> Mapping[NoticeStatus, int]:
    """How many notices made at `since` or later stand in each status; those still queued count whatever their age."""
    found = {row[0]: row[1] for row in tx.rows(_BY_STATUS, since=since.ms)}
    return {status: found.get(status.value, 0) for status in NoticeStatus}


def door_counts(tx: Tx, *, since: Instant) -> Mapping[Door, int]:
    """How many notices made at `since` or later left through each door."""
    return {Door(row[0]): row[1] for row in tx.rows(_BY_DOOR, since=since.ms)}
