"""Reactions to refusals, and rights that are remembered: what WeChat denied is not asked again for a day."""

from datetime import timedelta
from typing import Any

import pytest

from gateways.live.home import NEWS, Home
from roulian.gateways.wechat import ASK_AGAIN_AFTER, Reaction, Refused, is_granted, reaction_to
from roulian.gateways.wechat.reactions import REACTIONS
from roulian.words import Rejected, SimulatedClock

COUNT = "/cgi-bin/draft/count"


class RightsInProcess:
    """What one test's accounts were denied."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock = clock
        self.known: dict[tuple[str, str], tuple[int, Any]] = {}

    async def barred(self, appid: str, api: str) -> int:
        errcode, at = self.known.get((appid, api), (0, None))
        return errcode if at is not None and self.clock.now() < at.plus(ASK_AGAIN_AFTER) else 0

    async def denied(self, appid: str, api: str, *, errcode: int) -> None:
        self.known[appid, api] = errcode, self.clock.now()


async def count(home: Home) -> int:
    try:
        return await home.wechat.content.draft_count(NEWS)
    except Refused as no:
        return -no.errcode


@pytest.mark.parametrize("errcode", [48001, 48004, 61007])
def test_a_denied_right_is_not_asked_for_again_for_a_day(play, errcode):
    async def story(home: Home) -> Any:
        home.rights = RightsInProcess(home.clock)
        home.wechat = home.another_process()
        await home.control("faults", kind="errcode", path=COUNT, errcode=errcode)
        answers = [await count(home), await count(home)]
        calls = home.wire.asked.count(COUNT)
        home.clock.move_to(home.clock.now().plus(timedelta(days=1, seconds=1)))
        return [*answers, await count(home)], calls, home.wire.asked.count(COUNT)

    assert play(story) == ([-errcode, -errcode, 0], 1, 2)


def test_another_refusal_is_no_denial(play):
    async def story(home: Home) -> Any:
        home.rights = RightsInProcess(home.clock)
        home.wechat = home.another_process()
        await home.control("faults", kind="errcode", path=COUNT, errcode=45009)
        return [await count(home), await count(home)], home.rights.known

    assert play(story) == ([-45009, 0], {})


@pytest.mark.parametrize(("errcode", "told"), [(50002, 50002), (61003, 61003), (45009, None)])
def test_a_frozen_or_lost_account_is_told(play, errcode, told):
    async def story(home: Home) -> Any:
        home.rights = RightsInProcess(home.clock)
        home.wechat = home.another_process()
        await home.control("faults", kind="errcode", path=COUNT, errcode=errcode)
        await count(home)
        return home.rights.known.get((NEWS, COUNT), (None,))[0]

    assert play(story) == told


@pytest.mark.parametrize(
    ("errcode", "reaction"),
    [
        (-1, Reaction.BACK_OFF),
        (40001, Reaction.RENEW_TOKEN),
        (40003, Reaction.DROP_RECIPIENT),
        (40164, Reaction.FIX_ACCOUNT),
        (40163, Reaction.LOG_IN_AGAIN),
        (47003, Reaction.FIX_CONTENT),
        (43101, Reaction.CLOSE_CONSENT),
        (45009, Reaction.PAUSE_UNTIL_RESET),
        (45047, Reaction.SWITCH_DOOR),
        (45065, Reaction.DONE_ALREADY),
        (47001, Reaction.MEND_CALL),
        (61007, Reaction.NOT_AUTHORISED),
        (50002, Reaction.ACCOUNT_DOWN),
        (61023, Reaction.AUTHORISE_AGAIN),
        (89002, Reaction.BIND_OPEN_ACCOUNT),
        (12345, Reaction.PERMANENT),
    ],
)
def test_every_errcode_says_what_to_do(errcode, reaction):
    no = Refused(errcode, "some words rid: 65f0-1-2")

    assert (no.reaction, reaction_to(no)) == (reaction, reaction)
    assert (no.code, no.message, no.trace) == (str(errcode), "some words", "65f0-1-2")


def test_a_refusal_that_is_not_wechats_is_permanent():
    assert reaction_to(Rejected("http_404")) is Reaction.PERMANENT
    assert set(REACTIONS.values()) | {Reaction.PERMANENT} == set(Reaction)


def test_permission_sets_open_what_they_cover():
    assert is_granted("/datacube/getarticleread", frozenset({7}))
    assert not is_granted("/datacube/getarticleread", frozenset({1}))
    assert is_granted("/wxa/sec/order/get_order", frozenset({142}))
    assert not is_granted("/wxa/sec/order/get_order", frozenset())
    assert is_granted("/cgi-bin/express/delivery/open_msg/trace_waybill", frozenset({71}))
    assert is_granted("/cgi-bin/some/thing", frozenset())
