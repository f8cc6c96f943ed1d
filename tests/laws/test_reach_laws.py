"""Laws of reach: the answer for many is the answer for each, and senders at once never take more than there is."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from threading import Thread

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import MORNING, SHOP, a_cap
from roulian import tell
from roulian.store import Store, Tx
from roulian.tell import AccountKind, Contact, Door, Each, Follow, NewNotice, Obstacle, Opener, Per, Route, Scenario
from roulian.words import Ids, MemberId, NoticeId, SimulatedClock

SERVICE = "wx_service"
FACTS = {"item": "灯", "promised_day": "2026-03-19", "was_day": "2026-03-12", "reason": "晚到"}
SENDERS = (
    tell.Sender(SHOP, AccountKind.MINI_PROGRAM, {Scenario.DELAY: "t_delay", Scenario.LAUNCH: "t_launch"}),
    tell.Sender(SERVICE, AccountKind.SERVICE, {Scenario.DELAY: "t_service"}),
)
WINDOW = tell.Window(
    kind=AccountKind.SERVICE,
    opener=Opener.MESSAGE,
    lasts_s=600,
    most=2,
    source="a test",
    date="2026-03",
    mark=tell.Mark.UNVERIFIED,
)


def limits(*, subscribe: int = 1000, answers: int = 1000, template: int = 1000) -> tell.Limits:
    service = AccountKind.SERVICE
    return tell.Limits(
        (
            a_cap(Door.SUBSCRIBE, subscribe),
            a_cap(Door.USER_NOTIFY, None),
            a_cap(Door.CUSTOMER_SERVICE, answers, kind=service),
            a_cap(Door.TEMPLATE, template, kind=service),
            a_cap(Door.MASS, 1000, kind=service),
            a_cap(Door.MASS, 1, kind=service, per=Per.MONTH, each=Each.MEMBER),
        ),
        (WINDOW,),
    )


@dataclass(frozen=True)
class Told:
    """What the ledgers are told of one member."""

    consents: int
    spent: int
    wrote_s_ago: int | None
    follow: Follow | None
    had_mass: bool
    has_card: bool


TOLD = st.builds(
    Told,
    consents=st.integers(0, 2),
    spent=st.integers(0, 2),
    wrote_s_ago=st.none() | st.sampled_from([10, 599, 600, 5000]),
    follow=st.none() | st.sampled_from(Follow),
    had_mass=st.booleans(),
    has_card=st.booleans(),
)


def enter(tx: Tx, member: MemberId, told: Told) -> None:
    for template in ("t_delay", "t_launch"):
        if told.consents:
            tell.grant(tx, member, template=template, n=told.consents, source=f"{member}:{template}")
        if told.spent >= told.consents > 0:
            tell.withdraw(tx, member, template=template, source=f"{member}:{template}")
    wrote_at = None if told.wrote_s_ago is None else MORNING.plus(timedelta(seconds=-told.wrote_s_ago))
    if told.follow is not None:
        before = MORNING.plus(timedelta(hours=-9))
        contact = Contact(SERVICE, before, follow=told.follow)
        tell.contacted(tx, member, contact, kind=AccountKind.SERVICE, limits=limits())
    if wrote_at is not None:
        contact = Contact(SERVICE, wrote_at, Opener.MESSAGE)
        tell.contacted(tx, member, contact, kind=AccountKind.SERVICE, limits=limits())
    if told.had_mass:
        tell.book_mass(tx, f"mass:{member}", sender=SENDERS[1], members=[member], limits=limits())


def expected(told: Told, scenario: Scenario, shut: Door | None) -> tell.Way:
    """The way as a person would find it, rule by rule."""
    template = "t_delay" if scenario is Scenario.DELAY else "t_launch"
    allows = told.consents > told.spent
    answerable = told.wrote_s_ago is not None and told.wrote_s_ago < WINDOW.lasts_s
    follows = told.follow is Follow.FOLLOWING
    open_ways = {
        Route(Door.SUBSCRIBE, SHOP, template): allows,
        Route(Door.USER_NOTIFY, SHOP): told.has_card,
        Route(Door.CUSTOMER_SERVICE, SERVICE): answerable,
        Route(Door.TEMPLATE, SERVICE, "t_service"): follows,
        Route(Door.MASS, SERVICE): follows and not told.had_mass,
    }
    ways = [way for way, is_open in open_ways.items() if is_open and way.door in scenario.chain]
    for way in ways:
        if way.door is not shut:
            return way
    is_delay = scenario is Scenario.DELAY
    hindered = {
        Obstacle.DOOR_SHUT: bool(ways),
        Obstacle.SLOTS_USED: not is_delay and follows and told.had_mass,
        Obstacle.WINDOW_CLOSED: is_delay and told.wrote_s_ago is not None and not answerable,
        Obstacle.CONSENT_SPENT: told.consents > 0 and not allows,
        Obstacle.LEFT: told.follow is Follow.LEFT,
        Obstacle.BLOCKED: told.follow is Follow.BLOCKED,
    }
    return next((obstacle for obstacle, holds in hindered.items() if holds), Obstacle.STRANGER)


@settings(max_examples=25, deadline=None)
@given(
    everyone=st.lists(TOLD, max_size=9),
    scenario=st.sampled_from([Scenario.DELAY, Scenario.LAUNCH]),
    shut=st.none() | st.sampled_from([Door.SUBSCRIBE, Door.CUSTOMER_SERVICE, Door.TEMPLATE]),
)
def test_the_answer_for_many_is_the_answer_for_each(
    fresh_url: Callable[[], str], everyone: list[Told], scenario: Scenario, shut: Door | None
):
    members = [MemberId(f"mem_{number}") for number in range(len(everyone))]
    holders = {member for member, told in zip(members, everyone, strict=True) if told.has_card}
    with closing(Store.open(fresh_url(), clock=SimulatedClock(MORNING), ids=Ids(lambda bits: 1))) as store:
        store.create_all()
        for member, told in zip(members, everyone, strict=True):
            store.call(lambda tx, member=member, told=told: enter(tx, member, told))
        if shut is not None:
            store.call(lambda tx: shut_door(tx, shut))

        found = store.read(
            lambda tx: tell.reach(tx, scenario, senders=SENDERS, limits=limits(), members=members, card_holders=holders)
        )
        counted = store.read(lambda tx: tell.audience(tx, found, senders=SENDERS, limits=limits()))

    wanted = [expected(told, scenario, shut) for told in everyone]
    assert [found.way(place) for place in range(len(members))] == wanted
    assert {way: n for way, n in found.counts().items() if n} == Counter(wanted)
    assert counted.reachable + sum(counted.obstacles.values()) == counted.targeted == len(everyone)
    for way in set(wanted):
        assert list(found.by(way)) == [member for member, each in zip(members, wanted, strict=True) if each == way]


def test_a_list_is_answered_in_its_order_each_member_once_and_nobody_else_is(store: Store):
    told = Told(consents=1, spent=0, wrote_s_ago=None, follow=None, had_mass=False, has_card=False)
    for member in ("mem_c", "mem_a", "mem_unasked"):
        store.call(lambda tx, member=member: enter(tx, MemberId(member), told))
    asked = [MemberId(member) for member in ("mem_c", "mem_stranger", "mem_a", "mem_c")]

    def reach(members: Sequence[MemberId] | None) -> tell.Reach:
        return store.read(lambda tx: tell.reach(tx, Scenario.DELAY, senders=SENDERS, limits=limits(), members=members))

    by_list, everyone, nobody = reach(asked), reach(None), reach([])

    allows = Route(Door.SUBSCRIBE, SHOP, "t_delay")
    assert by_list.members == ("mem_c", "mem_stranger", "mem_a")
    assert [by_list.way(place) for place in range(3)] == [allows, Obstacle.STRANGER, allows]
    assert sorted(everyone.members) == ["mem_a", "mem_c", "mem_unasked"]
    assert (nobody.members, nobody.codes) == ((), b"")


def shut_door(tx: Tx, door: Door) -> None:
    """WeChat says 45009 to somebody else's message through this door."""
    account = SHOP if door is Door.SUBSCRIBE else SERVICE
    tx.run(
        sa.text(
            "INSERT INTO tell_closures (account, door, code, closed_at, until_at)"
            " VALUES (:account, :door, '45009', 0, :until)"
        ),
        account=account,
        door=door.value,
        until=MORNING.plus(timedelta(hours=3)).ms,
    )


class WeChat:
    """The outside with its own books: what people allowed and what each account sent today."""

    def __init__(self, allowed: dict[MemberId, int], *, caps: dict[Door, int]) -> None:
        self.allowed, self.caps = Counter(allowed), caps
        self.sent: Counter[NoticeId] = Counter()
        self.calls: Counter[Door] = Counter()

    def take(self, attempt: tell.Attempt) -> None:
        """One message arrives, and is held to what was allowed."""
        self.sent[attempt.notice] += 1
        self.calls[attempt.door] += 1
        if attempt.door is Door.SUBSCRIBE:
            self.allowed[attempt.member] -= 1


def test_senders_at_once_spend_no_consent_twice_and_pass_no_cap(store_url: str):
    sends, members, senders = (20_000, 2_000, 4) if store_url.startswith("sqlite") else (2_000, 300, 3)
    caps = {Door.SUBSCRIBE: sends // 4, Door.CUSTOMER_SERVICE: sends // 20, Door.TEMPLATE: sends // 8}
    allowed_most = limits(subscribe=sends // 4, answers=sends // 20, template=sends // 8)
    chance = Random(3)
    everyone = [MemberId(f"mem_{number}") for number in range(members)]
    with ExitStack() as stack:
        clock = SimulatedClock(MORNING)
        stores = [
            stack.enter_context(closing(Store.open(store_url, clock=clock, ids=Ids(Random(n).getrandbits))))
            for n in range(senders)
        ]
        stores[0].create_all()
        allowed = {member: chance.randrange(12) for member in everyone}
        stores[0].call(lambda tx: settle_in(tx, allowed, chance))
        new = [NewNotice(f"{n}", chance.choice(everyone), Scenario.DELAY, "ord_1", FACTS) for n in range(sends)]
        notices = stores[0].call(lambda tx: tell.queue(tx, new))
        outside = WeChat(allowed, caps=caps)

        run_at_once(
            [
                lambda n=n: send_all(stores[n], notices[n::senders], outside, allowed_most, Random(n))
                for n in range(senders)
            ]
        )

        found = stores[0].read(lambda tx: tell.quotas(tx, senders=SENDERS, limits=allowed_most))
        left = stores[0].read(lambda tx: tell.consents(tx, everyone))
        (moved,) = stores[0].read(lambda tx: tx.one(sa.text("SELECT sum(change) FROM tell_consent_moves")))
    assert max(outside.sent.values()) == 1
    assert min(outside.allowed.values()) >= 0
    assert {quota.cap.door: quota.used for quota in found if quota.used} == dict(outside.calls)
    assert all(outside.calls[door] <= most for door, most in caps.items())
    assert outside.calls[Door.SUBSCRIBE] == caps[Door.SUBSCRIBE]
    assert sum(sum(each.values()) for each in left.values()) == moved >= 0


def settle_in(tx: Tx, allowed: dict[MemberId, int], chance: Random) -> None:
    for member, taps in allowed.items():
        if taps:
            tell.grant(tx, member, template="t_delay", n=taps, source=member)
        contact = Contact(SERVICE, MORNING, chance.choice([None, Opener.MESSAGE]), Follow.FOLLOWING)
        tell.contacted(tx, member, contact, kind=AccountKind.SERVICE, limits=limits())


def send_all(store: Store, notices: Sequence[NoticeId], outside: WeChat, allowed: tell.Limits, chance: Random) -> None:
    """Twenty at a time: tried, then answered by any of the answers WeChat may give, one in twenty by none."""
    for first in range(0, len(notices), 20):
        batch = notices[first : first + 20]
        attempts = store.call(
            lambda tx, batch=batch: [tell.next_attempt(tx, n, senders=SENDERS, limits=allowed) for n in batch]
        )
        sent = [attempt for attempt in attempts if attempt is not None]
        for attempt in sent:
            outside.take(attempt)
        answers = [chance.random() for _ in sent]
        store.call(lambda tx, sent=sent, answers=answers: answer_all(tx, sent, answers, allowed))


def answer_all(tx: Tx, sent: list[tell.Attempt], answers: list[float], allowed: tell.Limits) -> None:
    for attempt, answer in zip(sent, answers, strict=True):
        if answer < 0.9:
            tell.sent(tx, attempt.notice, door=attempt.door)
        elif answer < 0.95:
            tell.lost(tx, attempt.notice, door=attempt.door)


def run_at_once(works: Sequence[Callable[[], None]]) -> None:
    failed: list[Exception] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever a sender raises fails the test below
            failed.append(error)

    threads = [Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
