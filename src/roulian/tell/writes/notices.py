"""Notices on their way: queued once, tried door by door, settled once.

Each try is a job `("tell.send", key, body=notice id)`: claim it with `next_attempt`, call WeChat with no
transaction open, record the answer with `sent`, `refused` or `lost`. A refusal queues the try of the next door.
"""

from collections.abc import Collection, Iterator, Sequence

from roulian.store import Tx
from roulian.tell.events import NoticeFailed, NoticeSent
from roulian.tell.model import (
    AccountKind,
    Attempt,
    AttemptStatus,
    Door,
    Limits,
    NewNotice,
    Notice,
    NoticeStatus,
    Route,
    Sender,
    UnknownNotice,
    choose,
    consent_is_void,
)
from roulian.tell.tables import contacts as contact_tables
from roulian.tell.tables import notices as tables
from roulian.tell.writes import consents, contacts
from roulian.tell.writes.quotas import close_door, give_quota_back, hold_quotas, take_quota
from roulian.words.ids import MemberId, NoticeId
from roulian.words.time import Instant

_JOB = "tell.send"
_A_SECOND_MS = 1000


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


def next_attempt(tx: Tx, notice: NoticeId, *, senders: Sequence[Sender], limits: Limits) -> Attempt | None:
    """The call to make now for this notice, its consent, window and quota already taken; None when there is none.

    `senders` are the accounts that may write now, `limits` what WeChat lets them: a door without a row there, or with
    no account to go through, is closed to this notice. Settles the notice by itself when only the order page is left
    (`NoticeSent`) or nothing is (`NoticeFailed`). Asked again before an answer came it returns the same attempt
    and takes nothing twice. Raises `UnknownNotice`.
    """
    found = _notice(tx, notice)
    tried = tx.rows(tables.ATTEMPTS_OF, notice=notice)
    if found.status is not NoticeStatus.QUEUED:
        return None
    under_way = [row for row in tried if row[1] == AttemptStatus.TRYING]
    if under_way:
        door, _, template, account = under_way[0]
        return _attempt(found, Route(Door(door), account, template))
    route = _take_route(tx, found, tried={Door(row[0]) for row in tried}, senders=senders, limits=limits)
    return _begin(tx, found, route)


def _take_route(
    tx: Tx, notice: Notice, *, tried: Collection[Door], senders: Sequence[Sender], limits: Limits
) -> Route | None:
    """The first way whose quota, and whose consent or window if it costs one, could be taken."""
    hold_quotas(tx, senders)
    shut = set(tried)
    while (door := choose(notice.scenario, closed=shut)) not in (None, Door.ORDER_PAGE):
        assert door is not None
        for sender, template in _ways(tx, notice, door, senders=senders):
            if _pay(tx, notice, sender, door=door, template=template, limits=limits):
                return Route(door, sender.appid, template)
        shut.add(door)
    return None if door is None else Route(door)


def _ways(tx: Tx, notice: Notice, door: Door, *, senders: Sequence[Sender]) -> Iterator[tuple[Sender, str]]:
    """The accounts that could send the notice through the door, each with the template it would use."""
    match door:
        case Door.SUBSCRIBE:
            for sender in senders:
                template = sender.templates.get(notice.scenario, "")
                if sender.kind is AccountKind.MINI_PROGRAM and template:
                    yield sender, template
        case Door.USER_NOTIFY:
            yield from ((sender, "") for sender in senders if sender.kind is AccountKind.MINI_PROGRAM)
        case Door.CUSTOMER_SERVICE:
            closing = [
                row[0] for row in tx.rows(contact_tables.WINDOWS_OF, member=notice.member, now=tx.now.ms) if row[3]
            ]
            by_appid = {sender.appid: sender for sender in senders}
            yield from ((by_appid[account], "") for account in dict.fromkeys(closing) if account in by_appid)
        case Door.TEMPLATE:
            followed = {row[0] for row in tx.rows(contact_tables.FOLLOWED_BY, member=notice.member)}
            for sender in senders:
                template = sender.templates.get(notice.scenario, "")
                if sender.kind is AccountKind.SERVICE and template and sender.appid in followed:
                    yield sender, template
        case Door.MASS | Door.ORDER_PAGE:
            return


def _pay(tx: Tx, notice: Notice, sender: Sender, *, door: Door, template: str, limits: Limits) -> bool:
    """Whether everything this way costs could be taken; what one process cannot get, none of it takes."""
    if door is Door.SUBSCRIBE and not consents.left_of(tx, notice.member, template=template):
        return False
    if not take_quota(tx, sender, door=door, limits=limits):
        return False
    match door:
        case Door.SUBSCRIBE:
            paid = consents.spend(tx, notice.member, template=template, source=notice.id)
        case Door.CUSTOMER_SERVICE:
            paid = contacts.take_window(tx, notice.member, account=sender.appid)
        case _:
            return True
    if not paid:
        give_quota_back(tx, sender, door=door, limits=limits)
    return paid


def _begin(tx: Tx, notice: Notice, route: Route | None) -> Attempt | None:
    if route is None:
        if tx.run(tables.FAIL, id=notice.id):
            tx.emit(NoticeFailed(notice.id))
        return None
    tx.run(tables.CLAIM, id=notice.id)
    tx.run(
        tables.TRY,
        notice=notice.id,
        door=route.door.value,
        template=route.template,
        at=tx.now.ms,
        account=route.account,
    )
    if route.door is Door.ORDER_PAGE:
        sent(tx, notice.id, door=route.door)
        return None
    return _attempt(notice, route)


def _attempt(notice: Notice, route: Route) -> Attempt:
    return Attempt(
        notice=notice.id,
        member=notice.member,
        scenario=notice.scenario,
        about=notice.about,
        door=route.door,
        account=route.account,
        template=route.template,
        values=notice.values(),
        text=notice.text(),
        card_status=notice.scenario.template.card_status,
    )


def sent(tx: Tx, notice: NoticeId, *, door: Door, message: str = "") -> None:
    """The door accepted the notice under WeChat's id `message`; said once (`NoticeSent`), a second answer changes nothing."""
    if not _answer(tx, notice, door=door, status=AttemptStatus.SENT, message=message):
        return
    if tx.run(tables.SETTLE, id=notice, status=NoticeStatus.SENT.value, door=door.value, at=tx.now.ms):
        tx.emit(NoticeSent(notice, door))


def heard_sent(tx: Tx, member: MemberId, *, template: str, message: str, at: Instant) -> None:
    """WeChat's event tells that a subscription message reached the member's phone at `at`: a lost answer is found.

    The event names WeChat's own id of the message. One we know is no news. Another one belongs to the oldest try of
    this template to this member whose answer never came: it was sent, and the consent it spent is rightly gone.
    """
    if tx.rows(tables.ATTEMPT_OF_MESSAGE, message=message):
        return
    rows = tx.rows(tables.UNANSWERED, member=member, template=template, before=at.ms + _A_SECOND_MS)
    for notice, door in rows:
        tx.run(tables.FOUND, notice=notice, door=door, message=message)
        if tx.run(tables.SETTLE_FOUND, id=notice, door=door, at=at.ms):
            tx.emit(NoticeSent(notice, door))


def refused(tx: Tx, notice: NoticeId, *, door: Door, code: str, senders: Sequence[Sender], limits: Limits) -> None:
    """The door said no: the ledgers learn what WeChat's code tells them, and the next door is queued.

    The consent comes back unless there was none (43101). The account's door shuts where its quota is used up, the
    member's window where WeChat says it is closed.
    """
    if not _answer(tx, notice, door=door, status=AttemptStatus.REFUSED, code=code):
        return
    found = _notice(tx, notice)
    row = next(row for row in tx.rows(tables.ATTEMPTS_OF, notice=notice) if row[0] == door)
    route = Route(door, account=row[3], template=row[2])
    if door is Door.SUBSCRIBE:
        _settle_consent(tx, found, template=route.template, code=code)
    contacts.correct_contact(tx, found.member, account=route.account, code=code)
    for sender in senders:
        if sender.appid == route.account:
            close_door(tx, sender, door=door, code=code, limits=limits)
    tx.job(_JOB, f"{notice}.{found.attempts}", notice)


def _settle_consent(tx: Tx, notice: Notice, *, template: str, code: str) -> None:
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


def _answer(tx: Tx, notice: NoticeId, *, door: Door, status: AttemptStatus, code: str = "", message: str = "") -> bool:
    answer = {"status": status.value, "code": code, "message": message}
    return tx.run(tables.ANSWER, notice=notice, door=door.value, **answer) > 0


def _notice(tx: Tx, notice: NoticeId) -> Notice:
    rows = tx.rows(tables.NOTICES_OF, ids=[notice])
    if not rows:
        raise UnknownNotice(notice)
    return tables.notice(rows[0])
