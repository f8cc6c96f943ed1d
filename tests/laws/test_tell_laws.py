"""Laws of messages: values always fit WeChat, a closed door never reopens an earlier one, consents add up."""

from collections.abc import Callable

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import SHOP, limits_of
from roulian import tell
from roulian.store import Store
from roulian.tell import Door, NewNotice, Scenario
from roulian.tell.model import choose, shorten
from roulian.words import Ids, Instant, MemberId, SimulatedClock
from wechat_sandbox.values import fits

DAYS = st.dates().map(lambda day: f"{day.year:04d}-{day.month:02d}-{day.day:02d}")
AMOUNTS = st.integers(min_value=0, max_value=99_999_999)
SCENARIOS = st.sampled_from(Scenario)


def fact(name: str) -> st.SearchStrategy[str | int]:
    if name.endswith("_day"):
        return DAYS
    return AMOUNTS if name.endswith("_fen") else st.text(max_size=90)


@st.composite
def notices(draw: st.DrawFn) -> NewNotice:
    scenario = draw(SCENARIOS)
    facts = {name: draw(fact(name)) for name in sorted(scenario.template.facts_needed())}
    return NewNotice("k", MemberId("mem_1"), scenario, draw(st.text(max_size=50)), facts)


@given(new=notices())
def test_every_value_fits_the_field_it_goes_into(new: NewNotice):
    values = new.scenario.template.values({**new.facts, "about": new.about})

    assert set(values) == {field.name for field in new.scenario.template.fields}
    assert [name for name, value in values.items() if not fits(name, value)] == []


@given(text=st.text(max_size=90), most=st.integers(min_value=2, max_value=40))
def test_shortening_keeps_what_fits_and_never_exceeds(text: str, most: int):
    short = shorten(text, most=most)

    assert 1 <= len(short) <= most
    assert "\n" not in short
    if 0 < len(" ".join(text.split())) <= most:
        assert short == " ".join(text.split())


@given(scenario=SCENARIOS, closed=st.sets(st.sampled_from(Door)), also=st.sampled_from(Door))
def test_closing_a_door_never_reopens_an_earlier_one(scenario: Scenario, closed: set[Door], also: Door):
    def place(door: Door | None) -> int:
        return len(scenario.chain) if door is None else scenario.chain.index(door)

    before = choose(scenario, closed=closed)
    after = choose(scenario, closed=closed | {also})

    assert place(after) >= place(before)
    assert before not in closed


@given(scenario=SCENARIOS)
def test_nothing_is_advertised_through_the_doors_of_transactions(scenario: Scenario):
    transactional = {Door.TEMPLATE, Door.CUSTOMER_SERVICE, Door.USER_NOTIFY}

    assert not scenario.is_marketing or transactional.isdisjoint(scenario.chain)
    assert scenario.is_marketing or Door.MASS not in scenario.chain


STEPS = st.lists(
    st.sampled_from(["grant", "grant again", "withdraw", "send", "refuse 43101", "refuse", "lose"]), max_size=14
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_the_ledger_of_consents_always_adds_up_and_never_goes_below_zero(
    fresh_url: Callable[[], str], steps: list[str]
):
    clock = SimulatedClock(Instant.parse("2026-03-02T08:00:00+08:00"))
    store = Store.open(fresh_url(), clock=clock, ids=Ids(lambda bits: 1))
    store.create_all()
    member, template = MemberId("mem_1"), "t"
    facts = {"item": "灯", "promised_day": "2026-03-19", "was_day": "2026-03-12", "reason": "晚到"}

    senders = (tell.Sender(SHOP, tell.AccountKind.MINI_PROGRAM, {Scenario.DELAY: template}),)
    limits = limits_of({Door.SUBSCRIBE: 9})

    def send(number: int, answer: Callable[..., None], **words: object) -> None:
        (ident,) = store.call(
            lambda tx: tell.queue(tx, [NewNotice(str(number), member, Scenario.DELAY, "ord_1", facts)])
        )
        attempt = store.call(lambda tx: tell.next_attempt(tx, ident, senders=senders, limits=limits))
        if attempt is not None:
            store.call(lambda tx: answer(tx, ident, door=attempt.door, **words))

    for number, step in enumerate(steps):
        match step:
            case "grant":
                store.call(lambda tx, n=number: tell.grant(tx, member, template=template, n=2, source=str(n)))
            case "grant again":
                store.call(lambda tx: tell.grant(tx, member, template=template, n=1, source="same"))
            case "withdraw":
                store.call(lambda tx, n=number: tell.withdraw(tx, member, template=template, source=str(n)))
            case "send":
                send(number, tell.sent)
            case "refuse 43101":
                send(number, tell.refused, code="43101", senders=senders, limits=limits)
            case "refuse":
                send(number, tell.refused, code="47003", senders=senders, limits=limits)
            case _:
                send(number, tell.lost)
        counted = store.read(lambda tx: tell.consents(tx, [member]))[member].get(template, 0)
        (moved,) = store.read(lambda tx: tx.one(sa.text("SELECT coalesce(sum(change), 0) FROM tell_consent_moves")))
        assert counted == moved
        assert counted >= 0
    store.close()
