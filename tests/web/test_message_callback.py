"""Account messages at our door: day-old, tampered, replayed or for another account, they change nothing."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from house import MINI, TEMPLATE_ID, House, Person
from roulian import tell
from roulian.tell import Scenario
from wechat_sandbox import Answer, Callback

pytestmark = pytest.mark.anyio
TEMPLATE = TEMPLATE_ID.format(Scenario.DELAY.value)


class Postman:
    """Keeps what WeChat sent to the mini-program's address, to be brought again."""

    def __init__(self, house: House) -> None:
        assert house.app.sandbox is not None
        self.letters: list[Callback] = []
        self._house, self._send = house, house.app.sandbox._send
        house.app.sandbox._send = self._keep

    async def _keep(self, callback: Callback) -> Answer:
        if f"/wechat/callback/{MINI}" in callback.url:
            self.letters.append(callback)
        answer = await self._send(callback)
        assert isinstance(answer, Answer)
        return answer

    async def bring(self, letter: Callback, *, appid: str = MINI, body: bytes = b"", **changed: str) -> httpx.Response:
        """Our door's answer to the letter, with its body or some of its query changed."""
        query = {**dict(parse_qsl(urlsplit(letter.url).query)), **changed}
        path = f"/wechat/callback/{appid}"
        return await self._house.shop.post(path, params=query, content=body or letter.body)


async def tapped(house: House) -> tuple[Person, Postman, Callback]:
    """Lin allowed one message, and the letter that said so."""
    lin, postman = await house.person("lin"), Postman(house)
    await house.control("consent", person="lin", appid=MINI, answers={TEMPLATE: "accept"})
    await house.settle()
    return lin, postman, postman.letters[-1]


def left(house: House, who: Person) -> Any:
    member = who.member
    return house.app.store.read(lambda tx: tell.consents(tx, [member]))[member].get(TEMPLATE, 0)


async def test_a_message_told_again_is_heard_once(house: House):
    lin, postman, letter = await tapped(house)

    answers = [await postman.bring(letter) for _ in range(3)]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "success")] * 3
    assert left(house, lin) == 1


async def test_a_day_old_message_is_refused(house: House):
    lin, postman, letter = await tapped(house)
    await house.after(days=1)

    answer = await postman.bring(letter)

    assert (answer.status_code, answer.text) == (403, "stale_timestamp")
    assert left(house, lin) == 1


async def test_what_is_heard_is_forgotten_only_when_it_is_stale(house: House):
    lin, postman, letter = await tapped(house)

    answers = []
    for _ in range(4):
        await house.after(minutes=2)
        answers.append((await postman.bring(letter)).status_code)

    assert answers == [200, 200, 403, 403]
    assert left(house, lin) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"msg_signature": "0" * 40}, "bad_signature"),
        ({"nonce": "1"}, "bad_signature"),
        ({"timestamp": "soon"}, "stale_timestamp"),
        ({"body": b"<xml><a>1</a></xml>"}, "not_encrypted"),
        ({"body": b"<xml><Encrypt>AAAA</Encrypt></xml>"}, "bad_signature"),
        ({"body": b"{"}, "bad_message"),
        ({"appid": "wx_stranger"}, "unknown_appid"),
    ],
)
async def test_a_message_that_is_not_provably_wechats_is_refused(house: House, changed: Any, code: str):
    lin, postman, letter = await tapped(house)

    answer = await postman.bring(letter, **changed)

    assert (answer.status_code, answer.text) == (403, code)
    assert left(house, lin) == 1


async def test_an_address_check_that_is_old_or_forged_is_not_echoed(house: House):
    await house.control("accounts/check_url", appid=MINI)
    question = await house.app.outside.wechat.inbox.question(MINI, nonce="7", echo="42")
    path = f"/wechat/callback/{MINI}"

    good = await house.shop.get(path, params=question)
    forged = await house.shop.get(path, params={**question, "nonce": "8"})
    await house.after(hours=1)
    late = await house.shop.get(path, params=question)

    assert (good.status_code, good.text) == (200, "42")
    assert (forged.status_code, late.status_code) == (403, 403)


async def test_a_message_is_sealed_for_its_own_account(house: House):
    _, postman, letter = await tapped(house)
    other = house.app.store.read(tell.publishers)[0]

    answer = await postman.bring(letter, appid=other)

    assert answer.status_code == 403
