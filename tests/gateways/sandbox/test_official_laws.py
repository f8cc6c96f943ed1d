"""Whatever people do and accounts try: no tap is spent twice, no window lets more through, no month gives a fifth."""

import asyncio
from collections import Counter, defaultdict
from typing import Any

from hypothesis import settings, stateful
from hypothesis import strategies as st

from gateways.sandbox.driving import DAY_MS, MINUTE_MS, SERVICE, Driver, Key
from gateways.sandbox.official import a_follower, phone, post
from wechat_sandbox.official.mass_slots import month_of
from wechat_sandbox.official.windows import OPENINGS, Cause

PERSONS = ("p1", "p2", "p3")
TEMPLATE = "sub-arrival"
persons = st.sampled_from(PERSONS)


class Reach(stateful.RuleBasedStateMachine):
    """One service account, three persons, and a clock; the model counts what was allowed and what arrived."""

    key: Key
    platform_pem: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.driver = Driver(key=self.key, loop=self.loop, platform_pem=self.platform_pem)
        self.driver.control("accounts", appid=SERVICE, kind="service")
        self.driver.control("templates", appid=SERVICE, template_id=TEMPLATE, fields=["thing1"])
        self.driver.control("persons", names=list(PERSONS), appids=[SERVICE])
        self.taps: Counter[str] = Counter()
        self.spoken_ms: dict[str, int] = {}
        self.answered: Counter[str] = Counter()
        self.number = 0

    def teardown(self) -> None:
        self.driver.sandbox.close()
        self.loop.close()

    @stateful.rule(person=persons)
    def follow(self, person: str) -> None:
        a_follower(self.driver, person)

    @stateful.rule(person=persons)
    def unfollow(self, person: str) -> None:
        self.driver.control("unfollow", person=person, appid=SERVICE)
        self.spoken_ms.pop(person, None)

    @stateful.rule(person=persons, choice=st.sampled_from(["accept", "reject"]))
    def tap(self, person: str, choice: str) -> None:
        self.driver.control("consent", person=person, appid=SERVICE, answers={TEMPLATE: choice})
        self.taps[person] += choice == "accept"

    @stateful.rule(person=persons)
    def notify(self, person: str) -> None:
        data = {"thing1": {"value": "到货啦"}}
        openid = self.driver.openid(person, SERVICE)
        sent = post(self.driver, "/cgi-bin/message/subscribe/bizsend", touser=openid, template_id=TEMPLATE, data=data)

        assert sent["errcode"] == (0 if self.taps[person] else 43101)
        self.taps[person] -= sent["errcode"] == 0

    @stateful.rule(person=persons)
    def speak(self, person: str) -> None:
        a_follower(self.driver, person)
        self.driver.now_ms += MINUTE_MS
        self.driver.control("say", person=person, appid=SERVICE, text="在吗")
        self.spoken_ms[person], self.answered[person] = self.driver.now_ms, 0

    @stateful.precondition(lambda self: self.spoken_ms)
    @stateful.rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.spoken_ms)))
        given = OPENINGS[Cause.MESSAGE]
        is_open = self.driver.now_ms < self.spoken_ms[person] + given.life_ms
        openid = self.driver.openid(person, SERVICE)
        body: Any = {"touser": openid, "msgtype": "text", "text": {"content": "在"}}
        errcode = post(self.driver, "/cgi-bin/message/custom/send", **body)["errcode"]

        assert errcode == (45015 if not is_open else 45047 if self.answered[person] == given.messages else 0)
        self.answered[person] += errcode == 0

    @stateful.rule(to_all=st.booleans())
    def send_to_many(self, *, to_all: bool) -> None:
        self.number += 1
        body: dict[str, Any] = {"msgtype": "text", "text": {"content": f"第{self.number}次"}}
        if to_all:
            post(self.driver, "/cgi-bin/message/mass/sendall", filter={"is_to_all": True}, **body)
        else:
            openids = [self.driver.openid(person, SERVICE) for person in PERSONS]
            post(self.driver, "/cgi-bin/message/mass/send", touser=openids, **body)
        self.driver.pump(after_ms=3_000)

    @stateful.rule(days=st.sampled_from([1, 2, 9]))
    def wait(self, days: int) -> None:
        self.driver.now_ms += days * DAY_MS

    @stateful.invariant()
    def nobody_got_a_fifth_in_a_month(self) -> None:
        received: dict[tuple[str, str], int] = defaultdict(int)
        for person in PERSONS:
            for message in phone(self.driver, person, kind="mass"):
                received[person, month_of(message["at_ms"])] += 1
        assert max(received.values(), default=0) <= 4


def test_nothing_reaches_a_person_beyond_what_they_allowed(merchant_key: Key, platform_pem: str) -> None:
    Reach.key, Reach.platform_pem = merchant_key, platform_pem

    stateful.run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Reach, settings=settings(max_examples=25, stateful_step_count=30, deadline=None)
    )
