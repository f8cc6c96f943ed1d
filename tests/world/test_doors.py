"""The two ways to knock: in process and over loopback, with the same answers."""

import asyncio
import socket
from typing import Any

import pytest
import uvicorn

from world import AsgiDoor, BrokenDoor, Door, HttpDoor
from world.doors import Platform, Reply


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it was asked; `/broken` answers 500."""
    if scope["type"] == "lifespan":
        return
    message = await receive()
    token = dict(scope["headers"]).get(b"authorization", b"")
    status = 500 if scope["path"] == "/sim/clock" else 207
    said = b"|".join(
        (scope["method"].encode(), scope["path"].encode(), scope["query_string"], token, message.get("body", b""))
    )
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": said[:10], "more_body": True})
    await send({"type": "http.response.body", "body": said[10:]})


async def _asked(door: Door) -> Reply:
    return await door.call("POST", "/a%20b?x=1", body=b'{"k":1}', headers={"Authorization": "Bearer t"})


EXPECTED = Reply(207, b'POST|/a b|x=1|Bearer t|{"k":1}')


def test_a_call_in_process_carries_method_path_query_headers_and_body() -> None:
    assert asyncio.run(_asked(AsgiDoor(_echo))) == EXPECTED


def test_a_call_over_loopback_gets_the_same_answer() -> None:
    async def run() -> Reply:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(_echo, log_level="error", lifespan="off"))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            door = HttpDoor(f"http://127.0.0.1:{listener.getsockname()[1]}")
            try:
                return await _asked(door)
            finally:
                await door.close()
                server.should_exit = True
                await serving

    assert asyncio.run(run()) == EXPECTED


def test_a_platform_that_fails_stops_the_world_and_is_named() -> None:
    with pytest.raises(BrokenDoor, match="GET /sim/clock answered 500"):
        asyncio.run(Platform(AsgiDoor(_echo)).clock())


def test_an_answer_that_is_not_in_the_contract_stops_the_world() -> None:
    with pytest.raises(BrokenDoor, match="/api/store/session"):
        asyncio.run(Platform(AsgiDoor(_echo)).sign_in("code", region="浙江"))
