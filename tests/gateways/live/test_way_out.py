"""The way to WeChat may lead through a proxy, with an authority of one's own: so the platform finds the lone sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.serving import Served, served
from roulian.app import BadSetting, read
from roulian.gateways.skew import PAY_URL, skew_s
from roulian.gateways.transport import exchange, opened, through
from roulian.words import Unreachable, WallClock

API_URL = "https://api.weixin.qq.com"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("way") / "keys") as opened_doors:
        yield opened_doors


@pytest.mark.anyio
async def test_platform_speaks_to_the_lone_sandbox_through_its_proxy(sandbox: Served):
    way = through(sandbox.proxy, ca=Path(sandbox.ca))

    async with opened(API_URL, transport=way) as host:
        answer = await exchange(host, host.build_request("GET", "/cgi-bin/user/get"), is_repeatable=True)

    assert answer.json()["errcode"] == 41001


@pytest.mark.anyio
async def test_doctor_asks_pays_clock_through_the_proxy_too(sandbox: Served):
    ahead_s = await skew_s(PAY_URL, clock=WallClock(), transport=through(sandbox.proxy, ca=Path(sandbox.ca)))

    assert abs(ahead_s) < 60


@pytest.mark.anyio
async def test_authority_nobody_was_told_to_trust_is_not_trusted(sandbox: Served):
    way = through(sandbox.proxy, ca=None)

    async with opened(API_URL, transport=way) as host:
        with pytest.raises(Unreachable):
            await exchange(host, host.build_request("GET", "/cgi-bin/user/get"), is_repeatable=True)


@pytest.mark.parametrize(
    ("name", "value"), [("ROULIAN_WECHAT_PROXY", "proxy:3128"), ("ROULIAN_WECHAT_CA_FILE", "/nowhere/ca.pem")]
)
def test_a_way_that_cannot_be_gone_is_said_by_name(tmp_path: Path, name: str, value: str):
    with pytest.raises(BadSetting) as refused:
        read({name: value}, home=tmp_path)

    assert name in refused.value.text()
