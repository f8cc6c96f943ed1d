"""WeChat Pay's side of a notice, and a door of ours that takes it: keys, signatures and ciphertext are the real ones."""

import base64
import random
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.live.home import a_private_key
from roulian import sell
from roulian.gateways.pay import MerchantKeys
from roulian.gateways.pay.keys import Signer
from roulian.gateways.pay.live import LivePay
from roulian.gateways.wechat import NoRightsKnown, TokensInProcess, WeChat
from roulian.gateways.wechat.live import LiveLine
from roulian.store import Store
from roulian.tell import Limits
from roulian.web.callbacks import CallbackDeps
from roulian.web.wire import Call
from roulian.words import Clock, Instant

MCHID, SERIAL, KEY = "1900000001", "PUB_KEY_ID_0119000000012024", "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Platform:
    """Pay's side: it signs each sending anew. `keys` are what our door needs to believe it."""

    signer: Signer
    keys: MerchantKeys
    chance: random.Random = field(default_factory=lambda: random.Random(3))

    @classmethod
    def new(cls) -> "Platform":
        """A platform and a merchant with new keys."""
        (private, _), (platform, public) = a_private_key(), a_private_key()
        return cls(Signer(platform), MerchantKeys(MCHID, "S", private, KEY, {SERIAL: public}))

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
        sealed = AESGCM(KEY.encode()).encrypt(nonce.encode(), msgspec.json.encode(said), b"transaction")
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


def door(store: Store, clock: Clock, keys: MerchantKeys) -> CallbackDeps:
    """Our door for Pay's notices."""
    pay = LivePay(keys, appid="wx", clock=clock, chance=random.Random(1).getrandbits)
    line = LiveLine(Book(), shelf=TokensInProcess(), rights=NoRightsKnown(), clock=clock)
    wechat = WeChat(line, book=Book(), clock=clock, mchid=MCHID)
    return CallbackDeps(store=store, wechat=wechat, pay=pay, limits=Limits((), ()))
