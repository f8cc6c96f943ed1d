"""What should never happen still gets an answer: the house's body, a trace to quote, the whole story in the log."""

import logging

import httpx
import pytest
from fastapi import FastAPI

from roulian.web import errors
from roulian.web.hot import Dispatcher, Route
from roulian.web.wire import Call, Reply

pytestmark = pytest.mark.anyio


async def _break(_: Call) -> Reply:
    raise RuntimeError("the wheel came off")


def shop() -> httpx.AsyncClient:
    api = FastAPI()
    errors.install(api)

    @api.get("/slow/{number}")
    async def slow(number: int) -> int:
        return 1 // number

    app = Dispatcher([Route("GET", "/hot", _break)], api)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=False), base_url="http://shop.test"
    )


async def test_a_fault_behind_a_hot_door_and_behind_fastapi_answers_alike(caplog):
    async with shop() as door:
        hot, slow = await door.get("/hot"), await door.get("/slow/0")

    for reply in (hot, slow):
        error = reply.json()["error"]
        assert (reply.status_code, error["code"]) == (500, "fault")
        assert error["trace"] in error["message"]
        assert error["trace"] in caplog.text
    assert "the wheel came off" in caplog.text
    assert "the wheel came off" not in hot.text


async def test_the_same_fault_has_the_same_trace(caplog):
    caplog.set_level(logging.CRITICAL)
    async with shop() as door:
        first, second, other = [(await door.get(path)).json()["error"]["trace"] for path in ("/hot", "/hot", "/slow/0")]

    assert first == second != other


async def test_a_query_fastapi_cannot_read_gets_the_houses_body_in_both_languages():
    async with shop() as door:
        zh = (await door.get("/slow/x")).json()["error"]
        en = (await door.get("/slow/x", headers={"accept-language": "en"})).json()["error"]

    assert (zh["code"], en["code"]) == ("bad_body", "bad_body")
    assert zh["message"].startswith("请求内容有误:path.number")
    assert en["message"].startswith("The request is not valid: path.number")
