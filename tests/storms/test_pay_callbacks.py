"""Ten thousand of Pay's notices in disorder, most told twice, some replayed to the byte: each order is paid once."""

import asyncio
import base64
import random
from collections import Counter

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from builders import open_shop, place, said
from gateways.live.home import a_private_key
from roulian import sell
from roulian.gateways.pay import MerchantKeys
from roulian.gateways.pay.keys import Signer
from roulian.gateways.pay.live import LivePay
from roulian.gateways.wechat import NoRightsKnown, TokensInProcess, WeChat
from roulian.gateways.wechat.live import LiveLine
from roulian.store import Store, Tx
from roulian.tell import Limits
from roulian.web.callbacks import CallbackDeps
from roulian.web.callbacks.routes import pay_notice
from roulian.web.wire import Call
from roulian.words import Instant, MemberId, SimulatedClock

ORDERS, VALID = 5_000, 10_000
MCHID, SERIAL, KEY = "1900000001", "PUB_KEY_ID_0119000000012024", "0123456789abcdef0123456789abcdef"
OURS, PAYS = a_private_key(), a_private_key()
AT_ONCE = 500


class Platform:
    """Pay's side: it signs each sending anew."""

    def __init__(self) -> None:
        self.signer, self.aead, self.chance = Signer(PAYS[0]), AESGCM(KEY.encode()), random.Random(3)

    def notice(self, order: sell.Order, *, at: Instant) -> Call:
        """One sending of the notice that `order` was paid."""
        said = {
            "mchid": MCHID,
            "out_trade_no": sell.out_trade_no(order.id),
            "transaction_id": f"wx_{order.id}",
            "trade_state": "SUCCESS",
            "success_time": at.iso(),
            "amount": {"total": order.total_fen, "currency": "CNY"},
            "payer": {"openid": "o"},
        }
        nonce = f"{self.chance.getrandbits(48):012x}"
        sealed = self.aead.encrypt(nonce.encode(), msgspec.json.encode(said), b"transaction")
        resource = {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "nonce": nonce,
            "associated_data": "transaction",
        }
        body = msgspec.json.encode({"event_type": "TRANSACTION.SUCCESS", "resource": resource})
        stamp, mark = str(at.ms // 1000), f"{self.chance.getrandbits(128):032X}"
        signature = self.signer.sign(f"{stamp}\n{mark}\n".encode() + body + b"\n")
        names = ("timestamp", "nonce", "serial", "signature")
        proof = dict(zip(names, (stamp, mark, SERIAL, signature), strict=True))
        return Call({}, {f"wechatpay-{name}": value for name, value in proof.items()}, body)


class Book:
    """No account of WeChat's is needed here."""

    async def keys(self, appid: str) -> None:
        return None

    async def platform(self) -> None:
        return None

    async def renewed(self, appid: str, refresh_token: str) -> None:
        raise AssertionError(appid)


def door(store: Store, clock: SimulatedClock) -> CallbackDeps:
    keys = MerchantKeys(MCHID, "S", OURS[0], KEY, {SERIAL: PAYS[1]})
    pay = LivePay(keys, appid="wx", clock=clock, chance=random.Random(1).getrandbits)
    line = LiveLine(Book(), shelf=TokensInProcess(), rights=NoRightsKnown(), clock=clock)
    wechat = WeChat(line, book=Book(), clock=clock, mchid=MCHID)
    return CallbackDeps(store=store, wechat=wechat, pay=pay, limits=Limits((), ()))


def placed(tx: Tx) -> list[sell.Order]:
    open_shop(tx)
    return [place(tx, "k", member=MemberId(f"mem_{number}")) for number in range(ORDERS)]


async def brought(deps: CallbackDeps, calls: list[Call]) -> list[int]:
    """What our door answers, so many at once."""
    statuses: list[int] = []
    for first in range(0, len(calls), AT_ONCE):
        replies = await asyncio.gather(*(pay_notice(deps, call) for call in calls[first : first + AT_ONCE]))
        statuses += [reply.status for reply in replies]
    return statuses


@pytest.fixture(params=["sqlite"])
def store_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'brand.db'}"


def test_ten_thousand_notices_in_disorder_pay_each_order_once(store: Store, clock: SimulatedClock):
    orders, platform, now = store.call(placed), Platform(), clock.now()
    first = [platform.notice(order, at=now) for order in orders]
    anew = [platform.notice(order, at=now) for order in orders]
    replays = first[ORDERS // 2 :]
    calls = [*first, *anew, *replays]
    random.Random(11).shuffle(calls)

    statuses = asyncio.run(brought(door(store, clock), calls))

    assert len(first) + len(anew) == VALID
    assert Counter(statuses) == {200: VALID, 401: len(replays)}
    assert len(said(store, "sell.OrderPaid")) == ORDERS
    money = store.read(sell.money)
    assert (money.received_fen, money.refused_fen) == (sum(order.total_fen for order in orders), 0)


def test_what_was_heard_is_forgotten_when_it_could_no_longer_be_fresh(store: Store, clock: SimulatedClock):
    orders, platform = store.call(placed)[:50], Platform()
    deps = door(store, clock)

    for order in orders:
        clock.move_to(Instant(clock.now().ms + 60_000))
        call = platform.notice(order, at=clock.now())
        assert asyncio.run(brought(deps, [call, call])) in ([200, 401], [401, 200])

    heard = store.read(_heard)
    assert heard <= 12


def _heard(tx: Tx) -> int:
    import sqlalchemy as sa

    row = tx.one(sa.text("SELECT COUNT(*) FROM store_heard"))
    assert row is not None
    return int(row[0])
