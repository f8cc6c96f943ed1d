"""One process of a brand that begins to speak to WeChat when its standard input says so: run by `test_tokens_shared`."""

import asyncio
import secrets
import sys

from gateways.live.home import MCHID, MINI
from roulian.app.memory import Memory, StoredAccounts, StoredRights, locker
from roulian.gateways.wechat import WeChat
from roulian.gateways.wechat.live import LiveLine
from roulian.store import KeyRing, Store
from roulian.words import Ids, WallClock

KEY = "k1:" + "11" * 32
TASKS = 4


def opened(database_url: str) -> Store:
    """The brand's store, as every process opens it."""
    return Store.open(database_url, clock=WallClock(), ids=Ids(secrets.randbits))


def speaker(store: Store, api_url: str) -> WeChat:
    """The gateway as the composition root builds it."""
    ring, memory = KeyRing.parse(KEY, draw=secrets.token_bytes), Memory(store)
    book = StoredAccounts(memory, ring=ring, platform=None)
    rights = StoredRights(memory, clock=WallClock())
    line = LiveLine(book, shelf=locker(memory, ring), rights=rights, clock=WallClock(), api_url=api_url)
    return WeChat(line, book=book, clock=WallClock(), mchid=MCHID)


async def speak(store: Store, api_url: str, *, tasks: int) -> None:
    """So many calls at once, on a cold cache."""
    wechat = speaker(store, api_url)
    await asyncio.gather(*(wechat.shipping.is_trade_managed(MINI) for _ in range(tasks)))
    await wechat.aclose()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(database_url: str, api_url: str) -> None:
    """Say that all is ready, wait for the word, speak."""
    store = opened(database_url)
    _say("ready")
    sys.stdin.readline()
    asyncio.run(speak(store, api_url, tasks=TASKS))
    store.close()
    _say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
