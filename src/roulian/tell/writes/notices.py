"""Notices on their way: queued once, tried door by door, settled once.

Each try is a job `("tell.send", key, body=notice id)`: claim it with `next_attempt`, call WeChat with no
transaction open, record the answer with `sent`, `refused` or `lost`. A refusal queues the try of the next door.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from roulian.store import Tx
from roulian.tell.events import NoticeFailed, NoticeSent
from roulian.tell.model import (
    Attempt,
    AttemptStatus,
    Door,
    NewNotice,
    Notice,
    NoticeStatus,
    Scenario,
    UnknownNotice,
    choose,
    consent_is_void,
)
from roulian.tell.tables import notices as tables
from roulian.tell.writes import consents
from roulian.words.ids import NoticeId

_JOB = "tell.send"
_DAY = timedelta(days=1)


def queue(tx: Tx, notices: Sequence[NewNotice]) -> tuple[NoticeId, ...]:
    """The ids of the notices that are new; a member already told this key of this scenario is not told again."""
    return tuple(ident for wanted in notices if (ident := _queue_one(tx, wanted)) is not None)


def _queue_one(tx: Tx, wanted: NewNotice) -> NoticeId | None:
    ident = NoticeId(tx.new_id("ntc"))
    added = tx.run(
        tables.QUEUE,
        id=ident,
        scenario=wanted.scenario.value,
        member=wanted.member,
        key=wanted.key,
        about=wanted.about,
        facts=tables.facts_text(wanted.facts),
        at=tx.now.ms,
    )
    if not added:
        return None
    tx.job(_JOB, ident, ident)
    return ident


def next_attempt(
    tx: Tx,
    notice: NoticeId,
    *,
    appid: str,
    templates: Mapping[Scenario, str],
    limits: Mapping[Door, int],
) -> Attempt | None:
    """The call to make now for this notice, its consent and quota already taken; None when there is none to make.

    `templates` are the account's template ids, `limits` the messages per day each door of `appid` allows: a door
    without a limit is closed to this notice. Settles the notice by itself when only the order page is left
    (`NoticeSent`) or nothing is (`NoticeFailed`). Asked again before an answer came it returns the same attempt
    and takes nothing twice. Raises `UnknownNotice`.
    """
    found = _notice(tx, notice)
    tried = tx.rows(tables.ATTEMPTS_OF, notice=notice)
    if found.status is not NoticeStatus.QUEUED:
        return None
    under_way = [(Door(door), template) for door, status, template in tried if status == AttemptStatus.TRYING]
    if under_way:
        return _attempt(found, *under_way[0])
    template = templates.get(found.scenario, "")
    closed = {Door(door) for door, _, _ in tried} | (set(Door) - set(limits) - {Door.ORDER_PAGE})
    door = _take_door(tx, found, appid=appid, template=template, limits=limits, closed=closed)
    return _begin(tx, found, door=door, template=template if door is Door.SUBSCRIBE else "")


def _take_door(
    tx: Tx,
    notice: Notice,
    *,
    appid: str,
    template: str,
    limits: Mapping[Door, int],
    closed: Collection[Door],
) -> Door | None:
    """The first door whose quota, and whose consent if it costs one, could be taken."""
    left = consents.left_of(tx, notice.member, template=template) if template else 0
    shut = set(closed)
    while (door := choose(notice.scenario, consents_left=left, closed=shut)) not in (None, Door.ORDER_PAGE):
        assert door is not None
        has_quota = tx.take(f"wx:{appid}:{door}", limit=limits[door], per=_DAY)
        if has_quota and _pay(tx, notice, door=door, template=template):
            return door
        shut.add(door)
    return door


def _pay(tx: Tx, notice: Notice, *, door: Door, template: str) -> bool:
    if door is not Door.SUBSCRIBE:
        return True
    return consents.spend(tx, notice.member, template=template, source=notice.id)


def _begin(tx: Tx, notice: Notice, *, door: Door | None, template: str) -> Attempt | None:
    if door is None:
        if tx.run(tables.FAIL, id=notice.id):
            tx.emit(NoticeFailed(notice.id))
        return None
    tx.run(tables.CLAIM, id=notice.id)
    tx.run(tables.TRY, notice=notice.id, door=door.value, template=template, at=tx.now.ms)
    if door is Door.ORDER_PAGE:
        sent(tx, notice.id, door=door)
        return None
    return _attempt(notice, door, template)


def _attempt(notice: Notice, door: Door, template: str) -> Attempt:
    status = notice.scenario.template.card_status
    return Attempt(
        notice.id,
        notice.member,
        notice.scenario,
        notice.about,
        door,
        template,
        notice.values(),
        status,
    )


def sent(tx: Tx, notice: NoticeId, *, door: Door) -> None:
    """The door accepted the notice; said once (`NoticeSent`), a second answer changes nothing."""
    if not _answer(tx, notice, door=door, status=AttemptStatus.SENT):
        return
    if tx.run(tables.SETTLE, id=notice, status=NoticeStatus.SENT.value, door=door.value, at=tx.now.ms):
        tx.emit(NoticeSent(notice, door))


def refused(tx: Tx, notice: NoticeId, *, door: Door, code: str) -> None:
    """The door said no: the consent comes back unless there was none (43101), and the next door is queued."""
    if not _answer(tx, notice, door=door, status=AttemptStatus.REFUSED, code=code):
        return
    found = _notice(tx, notice)
    if door is Door.SUBSCRIBE:
        _settle_consent(tx, found, code=code)
    tx.job(_JOB, f"{notice}.{found.attempts}", notice)


def _settle_consent(tx: Tx, notice: Notice, *, code: str) -> None:
    template = next(t for door, _, t in tx.rows(tables.ATTEMPTS_OF, notice=notice.id) if door == Door.SUBSCRIBE)
    if consent_is_void(code):
        consents.withdraw(tx, notice.member, template=template, source=notice.id)
    else:
        consents.give_back(tx, notice.member, template=template, source=notice.id)


def lost(tx: Tx, notice: NoticeId, *, door: Door) -> None:
    """The answer was lost on the way: WeChat may have sent it and has no key to ask by, so it is not sent again.

    The notice ends `UNCERTAIN`, its consent counts as spent, and the order page shows the same news.
    """
    if _answer(tx, notice, door=door, status=AttemptStatus.LOST):
        tx.run(tables.SETTLE, id=notice, status=NoticeStatus.UNCERTAIN.value, door=door.value, at=tx.now.ms)


def _answer(tx: Tx, notice: NoticeId, *, door: Door, status: AttemptStatus, code: str = "") -> bool:
    return tx.run(tables.ANSWER, notice=notice, door=door.value, status=status.value, code=code) > 0


def _notice(tx: Tx, notice: NoticeId) -> Notice:
    rows = tx.rows(tables.NOTICES_OF, ids=[notice])
    if not rows:
        raise UnknownNotice(notice)
    return tables.notice(rows[0])
