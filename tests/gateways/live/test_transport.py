"""One exchange, in process and over a socket: the same request arrives, the same answer comes back."""

import asyncio
import socket
from typing import Any

import httpx
import pytest
import uvicorn

from roulian.gateways.transport import exchange, in_process, opened
from roulian.words import Unreachable


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = (await receive()).get("body", b"")
    headers = dict(scope["headers"])
    said = b"|".join(
        (scope["method"].encode(), scope["path"].encode(), scope["query_string"], headers[b"x-mark"], body)
    )
    status = 502 if scope["path"] == "/broken" else 418
    await send({"type": "http.response.start", "status": status, "headers": [(b"wechatpay-serial", b"7")]})
    await send({"type": "http.response.body", "body": said[:5], "more_body": True})
    await send({"type": "http.response.body", "body": said[5:]})


async def asked(base_url: str, transport: httpx.AsyncBaseTransport | None, path: str = "/v3/订单") -> httpx.Response:
    async with opened(base_url, transport=transport) as host:
        request = host.build_request("POST", path, params={"no": "a b&c"}, content=b"{}", headers={"X-Mark": "m"})
        return await exchange(host, request, is_repeatable=False)


async def over_a_socket(path: str = "/v3/订单") -> httpx.Response:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(echo, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            return await asked(f"http://127.0.0.1:{listener.getsockname()[1]}", None, path)
        finally:
            server.should_exit = True
            await serving


def test_a_request_arrives_whole_in_process_and_over_a_socket() -> None:
    answers = asyncio.run(asked("https://wechat.example/", in_process(echo))), asyncio.run(over_a_socket())

    for answer in answers:
        assert answer.status_code == 418
        assert answer.content.decode() == "POST|/v3/订单|no=a+b%26c|m|{}"
        assert answer.headers["wechatpay-serial"] == "7"


def test_a_failing_server_leaves_the_outcome_open_either_way() -> None:
    with pytest.raises(Unreachable, match="POST /broken: HTTP 502") as within:
        asyncio.run(asked("https://wechat.example", in_process(echo), "/broken"))
    with pytest.raises(Unreachable, match="POST /broken: HTTP 502") as without:
        asyncio.run(over_a_socket("/broken"))

    assert within.value.lost
    assert without.value.lost


def test_a_closed_port_was_never_reached_so_nothing_is_open() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]

    with pytest.raises(Unreachable, match="ConnectError") as refused:
        asyncio.run(asked(f"http://127.0.0.1:{port}", None))

    assert not refused.value.lost


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"], ids=["silent", "dripping"])
def test_an_answer_that_never_ends_is_given_up(says: bytes) -> None:
    hung_up = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gone = asyncio.create_task(reader.read())
        writer.write(says)
        while not gone.done():
            writer.write(says[-1:])
            await asyncio.wait([gone], timeout=0.1)
        writer.close()
        hung_up.set()

    async def story() -> None:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            try:
                async with opened(address, transport=None, within_s=0.5) as host:
                    await exchange(host, host.build_request("POST", "/send"), is_repeatable=False)
            finally:
                await hung_up.wait()

    with pytest.raises(Unreachable, match="POST /send: TimeoutError") as given_up:
        asyncio.run(story())

    assert given_up.value.lost
