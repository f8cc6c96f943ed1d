"""The ledgers of reach: quotas counted before the call, windows opened by people, slots that come back with the month."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from builders import SHOP, a_cap, limits_of
from roulian import tell
from roulian.store import Store
from roulian.tell import AccountKind, Contact, Door, Follow, NewNotice, NoticeStatus, Opener, Per, Scenario
from roulian.words import Instant, MemberId, NoticeId, SimulatedClock

LIN, CHEN = MemberId("mem_lin"), MemberId("mem_chen")
SERVICE, NEWS = "wx_service", "wx_news"
FACTS = {"item": "灯", "promised_day": "2026-03-19", "was_day": "2026-03-12", "reason": "晚到"}


def evidence() -> dict[str, object]:
    return {"source": "a test", "date": "2026-03", "mark": tell.Mark.UNVERIFIED}


def a_window(opener: Opener, *, lasts_s: int, most: int) -> tell.Window:
    return tell.Window(kind=AccountKind.SERVICE, opener=opener, lasts_s=lasts_s, most=most, **evidence())


ANSWERS = a_cap(Door.CUSTOMER_SERVICE, 100, kind=AccountKind.SERVICE)
TEMPLATES = a_cap(Door.TEMPLATE, 100, kind=AccountKind.SERVICE)
MASS_A_MONTH = a_cap(Door.MASS, 2, kind=AccountKind.SERVICE, per=Per.MONTH, each=tell.Each.MEMBER)
MASS_A_DAY = a_cap(Door.MASS, 3, kind=AccountKind.SERVICE)
ONE_A_DAY = a_cap(Door.MASS, 1, kind=AccountKind.SUBSCRIPTION)
LIMITS = tell.Limits(
    (ANSWERS, TEMPLATES, MASS_A_MONTH, MASS_A_DAY, ONE_A_DAY),
    (a_window(Opener.MESSAGE, lasts_s=172_800, most=5), a_window(Opener.MENU_CLICK, lasts_s=60, most=3)),
)
SERVICE_SENDER = tell.Sender(SERVICE, AccountKind.SERVICE, {Scenario.DELAY: "tpl_service"})
NEWS_SENDER = tell.Sender(NEWS, AccountKind.SUBSCRIPTION, {})
SENDERS = (SERVICE_SENDER,)


def told(store: Store, key: str, *, member: MemberId = LIN) -> NoticeId:
    new = NewNotice(key, member, Scenario.DELAY, "ord_1", FACTS)
    (ident,) = store.call(lambda tx: tell.queue(tx, [new]))
    return ident


def tried(
    store: Store, notice: NoticeId, *, senders: Sequence[tell.Sender] = SENDERS, limits: tell.Limits = LIMITS
) -> tell.Attempt | None:
    return store.call(lambda tx: tell.next_attempt(tx, notice, senders=senders, limits=limits))


def sent(store: Store, key: str, *, senders: Sequence[tell.Sender] = SENDERS, limits: tell.Limits = LIMITS) -> Door:
    """The door a fresh notice leaves through."""
    notice = told(store, key)
    attempt = tried(store, notice, senders=senders, limits=limits)
    if attempt is None:
        return Door.ORDER_PAGE
    store.call(lambda tx: tell.sent(tx, notice, door=attempt.door))
    return attempt.door


def refused(store: Store, notice: NoticeId, door: Door, code: str, limits: tell.Limits = LIMITS) -> None:
    store.call(lambda tx: tell.refused(tx, notice, door=door, code=code, senders=SENDERS, limits=limits))


def did(
    store: Store,
    at: Instant,
    opener: Opener | None = None,
    *,
    follow: Follow | None = None,
    account: str = SERVICE,
    kind: AccountKind = AccountKind.SERVICE,
) -> None:
    contact = Contact(account, at, opener, follow)
    store.call(lambda tx: tell.contacted(tx, LIN, contact, kind=kind, limits=LIMITS))


def left(store: Store) -> list[int]:
    return [window.left for window in store.read(lambda tx: tell.windows(tx, LIN))]


def quota(store: Store, senders: Sequence[tell.Sender] = SENDERS, limits: tell.Limits = LIMITS) -> dict[Door, int]:
    found = store.read(lambda tx: tell.quotas(tx, senders=senders, limits=limits))
    return {one.cap.door: one.used for one in found if one.used}


def booked(
    store: Store, key: str, *, sender: tell.Sender = SERVICE_SENDER, members: Sequence[MemberId] = (LIN, CHEN)
) -> tuple[MemberId, ...] | None:
    return store.call(lambda tx: tell.book_mass(tx, key, sender=sender, members=members, limits=LIMITS))


def test_message_opens_a_window_of_five_answers(store: Store, clock: SimulatedClock):
    did(store, clock.now(), Opener.MESSAGE)

    doors = [sent(store, f"{number}") for number in range(6)]

    assert doors == [Door.CUSTOMER_SERVICE] * 5 + [Door.ORDER_PAGE]
    assert quota(store) == {Door.CUSTOMER_SERVICE: 5}


def test_window_closes_when_its_time_is_over(store: Store, clock: SimulatedClock):
    did(store, clock.now(), Opener.MENU_CLICK)
    clock.move_to(clock.now().plus(timedelta(seconds=60)))

    assert sent(store, "1") is Door.ORDER_PAGE
    assert left(store) == []


def test_counts_of_two_windows_do_not_add_up(store: Store, clock: SimulatedClock):
    did(store, clock.now(), Opener.MESSAGE)
    did(store, clock.now(), Opener.MENU_CLICK)

    doors = [sent(store, f"{number}") for number in range(6)]

    assert doors.count(Door.CUSTOMER_SERVICE) == 5


def test_same_act_told_twice_opens_one_window_and_refills_nothing(store: Store, clock: SimulatedClock):
    said_at = clock.now()
    did(store, said_at, Opener.MESSAGE)
    clock.move_to(clock.now().plus(timedelta(seconds=5)))
    sent(store, "1")

    did(store, said_at, Opener.MESSAGE)

    assert left(store) == [4]


def test_older_act_told_later_changes_nothing(store: Store, clock: SimulatedClock):
    early, late = clock.now(), clock.now().plus(timedelta(seconds=30))
    clock.move_to(late)
    did(store, late, Opener.MESSAGE)
    before = store.read(lambda tx: tell.windows(tx, LIN))

    did(store, early, Opener.MESSAGE)

    assert store.read(lambda tx: tell.windows(tx, LIN)) == before


def test_late_news_of_an_act_does_not_refill_what_was_sent_since(store: Store, clock: SimulatedClock):
    did(store, clock.now(), Opener.MESSAGE)
    second = clock.now().plus(timedelta(seconds=10))
    clock.move_to(second.plus(timedelta(seconds=5)))
    sent(store, "1")

    did(store, second, Opener.MESSAGE)

    assert left(store) == [4]


@pytest.mark.parametrize("leaves_first", [True, False])
def test_who_left_is_not_answered_whatever_came_first(store: Store, clock: SimulatedClock, leaves_first: bool):
    wrote, gone = clock.now(), clock.now().plus(timedelta(seconds=9))
    clock.move_to(gone.plus(timedelta(seconds=1)))
    acts = [(wrote, Opener.MESSAGE, None), (gone, None, Follow.LEFT)]

    for at, opener, follow in reversed(acts) if leaves_first else acts:
        did(store, at, opener, follow=follow)

    assert sent(store, "1") is Door.ORDER_PAGE
    assert store.read(lambda tx: tell.follows(tx, LIN)) == {SERVICE: Follow.LEFT}


def test_of_two_words_in_one_second_the_one_that_forbids_wins(store: Store, clock: SimulatedClock):
    did(store, clock.now(), follow=Follow.LEFT)

    did(store, clock.now(), follow=Follow.FOLLOWING)

    assert store.read(lambda tx: tell.follows(tx, LIN)) == {SERVICE: Follow.LEFT}


def test_follower_gets_a_template_message_about_an_order(store: Store, clock: SimulatedClock):
    did(store, clock.now(), follow=Follow.FOLLOWING)

    attempt = tried(store, told(store, "1"))

    assert attempt is not None
    assert (attempt.door, attempt.account, attempt.template) == (Door.TEMPLATE, SERVICE, "tpl_service")


@pytest.mark.parametrize(("code", "follow"), [("43004", Follow.LEFT), ("43019", Follow.BLOCKED)])
def test_refusal_tells_who_does_not_follow(store: Store, clock: SimulatedClock, code: str, follow: Follow):
    did(store, clock.now(), follow=Follow.FOLLOWING)
    notice = told(store, "1")
    tried(store, notice)

    refused(store, notice, Door.TEMPLATE, code)

    assert store.read(lambda tx: tell.follows(tx, LIN)) == {SERVICE: follow}
    assert sent(store, "2") is Door.ORDER_PAGE


@pytest.mark.parametrize("code", ["45015", "45047"])
def test_refusal_tells_that_the_window_is_closed(store: Store, clock: SimulatedClock, code: str):
    did(store, clock.now(), Opener.MESSAGE)
    notice = told(store, "1")
    tried(store, notice)

    refused(store, notice, Door.CUSTOMER_SERVICE, code)

    assert left(store) == [0]
    assert sent(store, "2") is Door.ORDER_PAGE


@pytest.mark.parametrize(
    ("code", "opens"),
    [("45009", timedelta(hours=16)), ("45011", timedelta(minutes=1))],
)
def test_refusal_shuts_the_door_for_everyone_until_the_count_begins_anew(
    store: Store, clock: SimulatedClock, code: str, opens: timedelta
):
    did(store, clock.now(), follow=Follow.FOLLOWING)
    notice = told(store, "1")
    tried(store, notice)

    refused(store, notice, Door.TEMPLATE, code)

    assert sent(store, "2") is Door.ORDER_PAGE
    (shut,) = [one for one in store.read(lambda tx: tell.quotas(tx, senders=SENDERS, limits=LIMITS)) if one.code]
    assert (shut.cap.door, shut.code, shut.left) == (Door.TEMPLATE, code, 0)
    clock.move_to(clock.now().plus(opens))
    assert sent(store, "3") is Door.TEMPLATE


def test_another_refusal_shuts_no_door(store: Store, clock: SimulatedClock):
    did(store, clock.now(), follow=Follow.FOLLOWING)
    notice = told(store, "1")
    tried(store, notice)

    refused(store, notice, Door.TEMPLATE, "47003")

    assert sent(store, "2") is Door.TEMPLATE


def test_used_up_day_begins_anew_at_midnight_in_china(store: Store, clock: SimulatedClock):
    limits = tell.Limits((a_cap(Door.TEMPLATE, 1, kind=AccountKind.SERVICE),), ())
    did(store, clock.now(), follow=Follow.FOLLOWING)
    assert [sent(store, key, limits=limits) for key in "ab"] == [Door.TEMPLATE, Door.ORDER_PAGE]

    clock.move_to(clock.now().day().plus(1).at(0).plus(timedelta(milliseconds=-1)))
    before_midnight = sent(store, "c", limits=limits)
    clock.move_to(clock.now().plus(timedelta(milliseconds=1)))

    assert before_midnight is Door.ORDER_PAGE
    assert sent(store, "d", limits=limits) is Door.TEMPLATE


def test_full_minute_costs_nothing_of_the_day(store: Store, clock: SimulatedClock):
    minute = a_cap(Door.TEMPLATE, 1, kind=AccountKind.SERVICE, per=Per.MINUTE)
    limits = tell.Limits((a_cap(Door.TEMPLATE, 9, kind=AccountKind.SERVICE), minute), ())
    did(store, clock.now(), follow=Follow.FOLLOWING)

    doors = [sent(store, key, limits=limits) for key in "ab"]

    assert doors == [Door.TEMPLATE, Door.ORDER_PAGE]
    used = {one.cap.per: one.used for one in store.read(lambda tx: tell.quotas(tx, senders=SENDERS, limits=limits))}
    assert used == {Per.MINUTE: 1, Per.DAY: 1}


def test_plan_of_an_account_stands_for_the_standard_row(store: Store, clock: SimulatedClock):
    big = a_cap(Door.TEMPLATE, 2, kind=AccountKind.SERVICE, plan="big")
    limits = tell.Limits((a_cap(Door.TEMPLATE, 1, kind=AccountKind.SERVICE), big), ())
    sender = tell.Sender(SERVICE, AccountKind.SERVICE, {Scenario.DELAY: "t"}, plan="big")
    did(store, clock.now(), follow=Follow.FOLLOWING)

    doors = [sent(store, key, senders=[sender], limits=limits) for key in "abc"]

    assert doors == [Door.TEMPLATE, Door.TEMPLATE, Door.ORDER_PAGE]


def test_door_that_wechat_denied_the_account_is_not_tried(store: Store, clock: SimulatedClock):
    account = tell.Account.of(SERVICE, kind="service_account", name="柔链")
    store.call(lambda tx: tell.save_accounts(tx, [account]))
    store.call(lambda tx: tell.deny(tx, SERVICE, api="/cgi-bin/message/template/send", code="48001"))
    did(store, clock.now(), follow=Follow.FOLLOWING)

    senders = store.read(lambda tx: tell.senders(tx, templates={SERVICE: {Scenario.DELAY: "t"}}))

    assert senders[0].denied == {Door.TEMPLATE}
    assert sent(store, "1", senders=senders) is Door.ORDER_PAGE
    assert quota(store) == {}


def test_account_that_stands_still_sends_nothing(store: Store):
    account = tell.Account.of(SERVICE, kind="service_account", name="柔链")
    store.call(lambda tx: tell.save_accounts(tx, [account]))
    store.call(lambda tx: tell.stand(tx, SERVICE, standing=tell.Standing.DOWN))

    assert store.read(lambda tx: tell.senders(tx, templates={})) == ()


def test_mass_message_takes_a_slot_of_every_reader(store: Store):
    assert [booked(store, key) for key in "abc"] == [(LIN, CHEN), (LIN, CHEN), ()]


def test_slots_come_back_with_the_month(store: Store, clock: SimulatedClock):
    for key in "ab":
        booked(store, key)

    clock.move_to(Per.MONTH.ends(clock.now()))

    assert booked(store, "c") == (LIN, CHEN)


def test_mass_message_of_the_same_key_is_one_message(store: Store):
    assert booked(store, "a", members=[LIN]) == (LIN,)

    assert booked(store, "a", members=[LIN, CHEN]) is None
    assert booked(store, "b") == (LIN, CHEN)
    assert booked(store, "c") == (CHEN,)


def test_refused_mass_message_gives_its_slots_back_once(store: Store):
    def refuse(key: str, code: str) -> None:
        words = {"code": code, "sender": SERVICE_SENDER, "members": [LIN, CHEN], "limits": LIMITS}
        store.call(lambda tx: tell.mass_refused(tx, key, **words))

    for key in "ab":
        booked(store, key)
    refuse("b", "45066")
    refuse("b", "45066")

    assert booked(store, "c") == (LIN, CHEN)
    assert booked(store, "d") is None


def test_no_mass_left_shuts_the_door_until_the_month_ends(store: Store, clock: SimulatedClock):
    booked(store, "a")
    words = {"code": "45028", "sender": SERVICE_SENDER, "members": [LIN, CHEN], "limits": LIMITS}
    store.call(lambda tx: tell.mass_refused(tx, "a", **words))

    clock.move_to(clock.now().plus(timedelta(days=3)))
    shut = booked(store, "b")
    clock.move_to(Per.MONTH.ends(clock.now()))

    assert shut is None
    assert booked(store, "b") == (LIN, CHEN)


def test_subscription_account_sends_once_a_day(store: Store, clock: SimulatedClock):
    assert [booked(store, key, sender=NEWS_SENDER) for key in "ab"] == [(LIN, CHEN), None]

    clock.move_to(clock.now().day().plus(1).at(0))

    assert booked(store, "b", sender=NEWS_SENDER) == (LIN, CHEN)


def test_lost_answer_is_found_by_the_event_of_its_delivery(store: Store, clock: SimulatedClock):
    senders = (tell.Sender(SHOP, AccountKind.MINI_PROGRAM, {Scenario.DELAY: "t"}),)
    limits = limits_of({Door.SUBSCRIBE: 9})
    store.call(lambda tx: tell.grant(tx, LIN, template="t", n=3, source="tap"))
    notices = [told(store, key) for key in "ab"]
    for notice in notices:
        tried(store, notice, senders=senders, limits=limits)
    store.call(lambda tx: tell.sent(tx, notices[0], door=Door.SUBSCRIBE, message="41"))
    store.call(lambda tx: tell.lost(tx, notices[1], door=Door.SUBSCRIBE))

    def heard(message: str) -> None:
        store.call(lambda tx: tell.heard_sent(tx, LIN, template="t", message=message, at=clock.now()))

    heard("41")
    assert store.read(lambda tx: tell.notices(tx, notices))[notices[1]].status is NoticeStatus.UNCERTAIN
    heard("42")
    heard("42")

    assert store.read(lambda tx: tell.notices(tx, notices))[notices[1]].status is NoticeStatus.SENT
    assert store.read(lambda tx: tell.consents(tx, [LIN]))[LIN] == {"t": 1}


def test_two_members_that_are_one_have_one_ledger(store: Store, clock: SimulatedClock):
    store.call(lambda tx: tell.grant(tx, CHEN, template="t", n=1, source="tap-1"))
    store.call(lambda tx: tell.grant(tx, LIN, template="t", n=2, source="tap-2"))
    did(store, clock.now(), Opener.MESSAGE, follow=Follow.FOLLOWING)
    booked(store, "a")

    store.call(lambda tx: tell.carry_over(tx, CHEN, gone=LIN))
    store.call(lambda tx: tell.carry_over(tx, CHEN, gone=LIN))

    assert store.read(lambda tx: tell.consents(tx, [LIN, CHEN])) == {LIN: {"t": 0}, CHEN: {"t": 3}}
    assert store.read(lambda tx: tell.windows(tx, LIN)) == ()
    assert [window.left for window in store.read(lambda tx: tell.windows(tx, CHEN))] == [5]
    assert store.read(lambda tx: tell.follows(tx, CHEN)) == {SERVICE: Follow.FOLLOWING}
    assert booked(store, "b", members=[CHEN]) == ()


def test_declined_tap_is_noted_and_takes_nothing(store: Store):
    store.call(lambda tx: tell.grant(tx, LIN, template="t", n=1, source="tap-1"))

    store.call(lambda tx: tell.decline(tx, LIN, template="t", source="tap-2"))

    assert store.read(lambda tx: tell.consents(tx, [LIN]))[LIN] == {"t": 1}
