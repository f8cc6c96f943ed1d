"""The console's page opens at every address of its own, and at none of a program's."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from roulian.web.console import console_page
from roulian.web.errors import install

pytestmark = pytest.mark.anyio


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "index.html").write_text("<!doctype html><p>柔链</p>")
    app = FastAPI()
    install(app)
    app.mount("/", console_page(tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://shop.example") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/orders", "/orders/ord_1"])
async def test_a_page_of_the_console_opens_at_its_own_address(browser: httpx.AsyncClient, path: str):
    reply = await browser.get(path)

    assert reply.status_code == 200
    assert "柔链" in reply.text


@pytest.mark.parametrize("path", ["/api/store/nowhere", "/api/nowhere", "/wechat/nowhere", "/sim/nowhere", "/gone.js"])
async def test_a_door_that_does_not_exist_says_so(browser: httpx.AsyncClient, path: str):
    reply = await browser.get(path)

    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")
