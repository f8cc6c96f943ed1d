"""Clients that others wrote, unmodified, cannot tell the sandbox from WeChat."""

from collections.abc import Mapping

import pytest

from conformance.clients import CLIENTS, Call, Client, Verdict, Walked, judged, walk_all
from conformance.outside import LEFT_OUT, named, reason
from conformance.table import PAGE, page

pytestmark = pytest.mark.xdist_group("conformance")
RECEIVERS = [client for client in CLIENTS if client.family == "receivers of pushes"]


@pytest.fixture(scope="session")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Client, Walked]:
    return walk_all(tmp_path_factory.mktemp("conformance") / "keys")


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_every_call_a_client_has_does_its_work_or_asks_for_what_is_not_served(
    walks: Mapping[Client, Walked], client: Client
) -> None:
    failed = [call for call in walks[client].calls.values() if call.verdict is Verdict.FAILS]

    assert failed == []
    assert any(call.verdict is Verdict.PASSES for call in walks[client].calls.values())


@pytest.mark.parametrize("client", RECEIVERS, ids=lambda client: client.name)
def test_a_receiver_opens_every_push_at_the_first_try(walks: Mapping[Client, Walked], client: Client) -> None:
    pushes = walks[client].callbacks

    assert {(push["status"], push["tries"]) for push in pushes} == {("done", 1)}


def test_the_table_in_the_docs_is_what_happened(walks: Mapping[Client, Walked]) -> None:
    assert PAGE.read_text("utf-8") == page(walks), "run `make sandbox-clients` and read the difference"


def step(call: str, path: str, code: str = "0", **more: object) -> dict[str, object]:
    requests = [{"method": "POST", "path": path, "code": code}]
    return {"call": call, "requests": requests, "problem": "", "meets": [], **more}


SEND = "/cgi-bin/message/subscribe/send"


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([step("send", SEND)], Verdict.PASSES),
        ([step("send", SEND), step("send", SEND, "43101")], Verdict.FAILS),
        ([step("send", SEND), step("send", SEND, "43101", meets=["43101"])], Verdict.PASSES),
        ([step("send", SEND, problem="KeyError: 'errcode'")], Verdict.FAILS),
        ([step("send", SEND, probed=True)], Verdict.FAILS),
        ([step("send", "/card/create", "40066", probed=True)], Verdict.NOT_SERVED),
        ([step("send", "/cgi-bin/token", probed=True)], Verdict.FAILS),
        ([step("send", "", requests=[])], Verdict.LOCAL),
        ([step("send", "", requests=[], probed=True)], Verdict.FAILS),
    ],
)
def test_a_call_is_judged_by_all_that_became_of_it(steps: list[dict[str, object]], verdict: Verdict) -> None:
    call: Call = judged(steps)["send"]

    assert call.verdict is verdict


@pytest.mark.parametrize("path", ["/wxabusiness/new", "/card/new", "/cgi-bin/poi/addpoi/more", "/wxa/commit2"])
def test_an_api_that_is_left_out_without_a_reason_is_a_gap(path: str) -> None:
    assert reason("/card/create").startswith("cards")
    assert reason("/v3/payscore/serviceorder/2026-03-01/pay").startswith("pay scores")

    with pytest.raises(LookupError, match=path):
        reason(path)


def test_every_reason_is_for_an_api_that_a_client_asks_for_and_the_sandbox_does_not_serve(
    walks: Mapping[Client, Walked],
) -> None:
    calls = [call for walked in walks.values() for call in walked.calls.values()]
    asked = {named(one.partition(" ")[2]) for call in calls if call.verdict is Verdict.NOT_SERVED for one in call.asked}

    assert asked == set(LEFT_OUT)
