"""WeChat's accounts, seen from our side: what we ask of them and what they tell us.

Owns: the protocol, its value types, and the reading of WeChat's messages into facts.
Says: nothing; it raises `Rejected` (WeChat said no, with its errcode and rid) or `Unreachable`.
Never: keeps anything but an access token; never sends twice what may have been sent.
"""

from collections.abc import Mapping
from typing import Protocol

from roulian.gateways.wechat.messages import Message, PathReport, Tap, accepted, path_reports, withdrawn
from roulian.gateways.wechat.tokens import Token, TokenShelf, TokensInProcess
from roulian.gateways.wechat.values import AccountKeys, ArticleRead, CodeSession
from roulian.words.time import Day, Instant

__all__ = [
    "AccountKeys",
    "ArticleRead",
    "CodeSession",
    "Message",
    "PathReport",
    "Tap",
    "Token",
    "TokenShelf",
    "TokensInProcess",
    "WeChat",
    "accepted",
    "path_reports",
    "withdrawn",
]


class WeChat(Protocol):
    """The calls the ring makes to WeChat, and the two it answers.

    Every call raises `Rejected(errcode, trace=rid)` or `Unreachable` (`lost` when it may have taken effect and
    must not be repeated blindly).
    """

    async def code_session(self, js_code: str) -> CodeSession:
        """Who just opened the mini-program. Rejected 40029 (bad code), 40163 (used code): ask for a new login."""
        ...

    async def send_subscribe(self, *, openid: str, template: str, page: str, values: Mapping[str, str]) -> str:
        """The id of the subscription message sent; one consent is spent. Rejected 43101 (none left), 47003, 40037."""
        ...

    async def set_user_notify(
        self,
        *,
        openid: str,
        pay_no: str,
        status: int,
        content: Mapping[str, str],
        pay_fen: int,
        paid_at: Instant,
    ) -> None:
        """The service card of the payment `pay_no` (transaction id) shows `status`. Rejected 85448 (shown already)."""
        ...

    async def article_reads(self, first: Day, last: Day) -> tuple[ArticleRead, ...]:
        """Readers and sharers per article and day of every official account, `first` to `last`, both included."""
        ...

    async def upload_shipping(
        self,
        *,
        out_trade_no: str,
        openid: str,
        waybill: str,
        carrier: str,
        item_desc: str,
        at: Instant,
    ) -> None:
        """The order counts as shipped with WeChat; the same again changes nothing. Rejected 10060001 (not yet known)."""
        ...

    async def special_order(self, *, order_id: str, delay_to: Instant) -> None:
        """The order is filed as a presale shipping by `delay_to`, 15 to 330 days after payment. Rejected 268546002."""
        ...

    async def trade_managed(self) -> bool:
        """Whether WeChat holds the mini-program's money until shipping is entered."""
        ...

    def prove_address(self, appid: str, query: Mapping[str, str]) -> str:
        """What to answer when WeChat checks our callback address. Rejected when the question is not WeChat's."""
        ...

    def open_callback(self, appid: str, query: Mapping[str, str], body: bytes) -> Message:
        """The message WeChat pushed, verified and decrypted. Rejected when it is not WeChat's or not for `appid`."""
        ...
