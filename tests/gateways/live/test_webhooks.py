"""A webhook is signed as Standard Webhooks says, goes to public addresses alone, and every failure is an answer."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from roulian.gateways.webhooks import Post, signed_headers
from roulian.gateways.webhooks.live import LiveWebhooks, is_public
from roulian.words import Instant, SimulatedClock, WallClock

pytestmark = pytest.mark.anyio
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
BODY = b'{"type":"sell.OrderPaid","data":{"order":"ord_1"}}'


def a_post(url: str) -> Post:
    return Post(url, "evt_1", BODY, (SECRET,))


@asynccontextmanager
async def a_receiver(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Someone on loopback who notes what comes and answers this."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head + await reader.readexactly(len(BODY)))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()
        await server.wait_closed()


def leading_to(*addresses: str) -> LiveWebhooks:
    """Posts with a resolver that knows these addresses for every name."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return LiveWebhooks(clock=WallClock(), resolve=resolve)


def test_an_independent_library_verifies_the_signature_and_refuses_another_body():
    headers = dict(signed_headers("evt_1", BODY, secrets=[SECRET], now=WallClock().now()))

    assert Webhook(SECRET).verify(BODY, headers)["data"] == {"order": "ord_1"}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


def test_while_a_secret_is_renewed_both_the_old_and_the_new_one_verify():
    headers = dict(signed_headers("evt_1", BODY, secrets=[OTHER, SECRET], now=WallClock().now()))

    assert Webhook(SECRET).verify(BODY, headers) == Webhook(OTHER).verify(BODY, headers)


def test_the_library_signs_the_same_message_the_same():
    now = Instant.parse("2026-03-02T08:00:00+08:00")
    ours = signed_headers("evt_1", BODY, secrets=[SECRET], now=now)["webhook-signature"]

    assert ours == Webhook(SECRET).sign("evt_1", datetime.fromtimestamp(now.ms / 1000).astimezone(), BODY.decode())


def test_a_message_that_is_old_is_not_verified():
    stale = WallClock().now().plus(timedelta(minutes=-6))
    headers = dict(signed_headers("evt_1", BODY, secrets=[SECRET], now=stale))

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "2002:7f00:0001::", "64:ff9b::7f00:1", "2001:db8::1"),
    ],
)
def test_no_address_behind_a_wall_is_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "119.29.29.29", "2400:3200::1", "::ffff:8.8.8.8"])
def test_addresses_of_the_public_are(address: str):
    assert is_public(address)


@pytest.mark.parametrize("found", [("127.0.0.1",), ("8.8.8.8", "127.0.0.1"), ("::ffff:127.0.0.1",)])
async def test_a_name_that_leads_inside_is_refused_and_nobody_is_called(found: tuple[str, ...]):
    async with a_receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as (port, heard):
        posted = await leading_to(*found).post(a_post(f"http://shop.example:{port}/hook"))

    assert (posted.status, posted.error, heard) == (None, "address_refused", [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433"])
async def test_an_address_written_in_any_way_is_seen_through(host: str):
    async with a_receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as (port, heard):
        posted = await LiveWebhooks(clock=WallClock()).post(a_post(f"http://{host}:{port}/hook"))

    assert posted.status is None
    assert heard == []


async def test_the_connection_goes_to_the_address_that_was_looked_at_under_the_name_that_was_asked_for():
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with a_receiver(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, heard):
        webhooks = LiveWebhooks(clock=WallClock(), resolve=resolve, may_be_inside=True)
        posted = await webhooks.post(a_post(f"http://nowhere.invalid:{port}/hook?a=1"))

    assert posted.status == 204
    assert heard[0].startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert f"host: nowhere.invalid:{port}\r\n".encode() in heard[0].lower()
    assert heard[0].endswith(BODY)


async def test_a_redirect_is_an_answer_and_is_not_followed():
    async with a_receiver(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n") as (
        port,
        heard,
    ):
        posted = await LiveWebhooks(clock=WallClock(), may_be_inside=True).post(a_post(f"http://127.0.0.1:{port}/"))

    assert (posted.status, len(heard)) == (302, 1)


async def test_a_receiver_that_says_nothing_is_not_waited_for_for_ever():
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    webhooks = LiveWebhooks(clock=WallClock(), may_be_inside=True, within_s=0.05)

    posted = await webhooks.post(a_post(f"http://127.0.0.1:{port}/"))

    server.close()
    assert (posted.status, posted.error) == (None, "TimeoutError")


async def test_a_door_nobody_stands_behind_and_a_name_nobody_has_are_answers_too():
    webhooks = LiveWebhooks(clock=SimulatedClock(Instant(0)), may_be_inside=True)

    closed = await webhooks.post(a_post("http://127.0.0.1:1/"))
    unknown = await webhooks.post(a_post("http://name.invalid/"))

    assert (closed.status, closed.error) == (None, "ConnectError")
    assert unknown.status is None
