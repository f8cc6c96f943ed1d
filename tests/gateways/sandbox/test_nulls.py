"""What clients send when their caller gave nothing: null, which counts as left out."""

import json

import pytest

from gateways.sandbox.driving import MINI, Driver
from wechat_sandbox.errcodes import TEXTS


def test_null_counts_as_left_out_wherever_it_stands(driver: Driver) -> None:
    driver.control("consent", person="p1", appid=MINI, answers={"tpl-delay": "accept"})
    words = {
        "thing1": {"value": "陶杯"},
        "date2": {"value": "2026年3月9日"},
        "amount3": {"value": "¥1.00"},
        "gone": None,
    }

    sent = driver.api(
        "/cgi-bin/message/subscribe/send",
        touser=driver.openid(),
        template_id="tpl-delay",
        page=None,
        lang=None,
        data=words,
    )

    assert sent["errcode"] == 0, sent


@pytest.mark.parametrize("body", [b"null", b"[null]", b'{"touser": 1}', b'{"touser": null', b"\xff"])
def test_what_is_wrong_without_its_nulls_stays_wrong(driver: Driver, body: bytes) -> None:
    refused = driver.send("POST", f"/cgi-bin/message/subscribe/send?access_token={driver.stable_token()}", body).json

    assert refused["errcode"] == 47001
    assert refused["errmsg"].startswith(TEXTS[47001])
    assert json.dumps(driver.look("messages", person="p1", appid=MINI)["messages"]) == "[]"
