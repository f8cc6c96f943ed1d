"""WeChat's accounts, seen from our side: what we ask of them, subject by subject, and what they tell us.

Owns: the face (`WeChat`), the one protocol below it (`Line`), what refusals mean, and the reading of pushes into facts.
Says: nothing; it raises `Refused` (WeChat said no: errcode, reaction, rid) or `Unreachable`.
Never: keeps anything itself: tokens, accounts and rights are looked up where the composition root says;
never sends twice what may have been sent.
"""

from roulian.gateways.wechat.acts import Act, ActKind, Delivery, act, deliveries
from roulian.gateways.wechat.address import answer_of
from roulian.gateways.wechat.api.content import ContentApi, NewArticle, Picture, Publication, PublishState
from roulian.gateways.wechat.api.express import ExpressApi, ParcelState, Shown, Tracked
from roulian.gateways.wechat.api.followers import Follower, FollowersApi
from roulian.gateways.wechat.api.links import LinksApi, QrCode
from roulian.gateways.wechat.api.login import CodeSession, LoginApi, Phone
from roulian.gateways.wechat.api.messages import MassSent, MessagesApi, MiniPage
from roulian.gateways.wechat.api.platform import LOGIN_PAGE, Authorisation, AuthorisedAccount, PlatformApi
from roulian.gateways.wechat.api.safety import Advice, SafetyApi, TextScene, Verdict
from roulian.gateways.wechat.api.shipping import OrderState, Parcel, ShippingApi, ShippingOrder
from roulian.gateways.wechat.api.statistics import ArticleRead, FollowerChange, StatisticsApi, Visits
from roulian.gateways.wechat.api.waybills import AccountSeen, Consignment, Party, Waybill, WaybillsApi
from roulian.gateways.wechat.inbox import Inbox, Push
from roulian.gateways.wechat.line import AccountBook, Line, NoRightsKnown, Rights, Upload
from roulian.gateways.wechat.pushes import (
    Message,
    PathReport,
    Tap,
    accepted,
    declined,
    path_reports,
    text_of,
    withdrawn,
)
from roulian.gateways.wechat.reactions import Reaction, Refused, reaction_to
from roulian.gateways.wechat.rights import ASK_AGAIN_AFTER, NOT_GRANTED, is_granted
from roulian.gateways.wechat.tokens import Token, TokenShelf, TokensInProcess, ticket_name
from roulian.gateways.wechat.values import AccountKeys
from roulian.words.time import Clock

__all__ = [
    "ASK_AGAIN_AFTER",
    "LOGIN_PAGE",
    "NOT_GRANTED",
    "AccountBook",
    "AccountKeys",
    "AccountSeen",
    "Act",
    "ActKind",
    "Advice",
    "ArticleRead",
    "Authorisation",
    "AuthorisedAccount",
    "CodeSession",
    "Consignment",
    "ContentApi",
    "Delivery",
    "ExpressApi",
    "Follower",
    "FollowerChange",
    "FollowersApi",
    "Inbox",
    "Line",
    "LinksApi",
    "LoginApi",
    "MassSent",
    "Message",
    "MessagesApi",
    "MiniPage",
    "NewArticle",
    "NoRightsKnown",
    "OrderState",
    "Parcel",
    "ParcelState",
    "Party",
    "PathReport",
    "Phone",
    "Picture",
    "PlatformApi",
    "Publication",
    "PublishState",
    "Push",
    "QrCode",
    "Reaction",
    "Refused",
    "Rights",
    "SafetyApi",
    "ShippingApi",
    "ShippingOrder",
    "Shown",
    "StatisticsApi",
    "Tap",
    "TextScene",
    "Token",
    "TokenShelf",
    "TokensInProcess",
    "Tracked",
    "Upload",
    "Verdict",
    "Visits",
    "Waybill",
    "WaybillsApi",
    "WeChat",
    "accepted",
    "act",
    "answer_of",
    "declined",
    "deliveries",
    "is_granted",
    "path_reports",
    "reaction_to",
    "text_of",
    "ticket_name",
    "withdrawn",
]


class WeChat:
    """One brand's WeChat, by subject. Every call names the account it is made for; close it when done."""

    def __init__(self, line: Line, *, book: AccountBook, clock: Clock, mchid: str) -> None:
        """Speak over `line`, read what is pushed to the accounts of `book`; `mchid` owns the payments."""
        self._line = line
        self.login = LoginApi(line)
        self.followers = FollowersApi(line)
        self.messages = MessagesApi(line)
        self.content = ContentApi(line)
        self.links = LinksApi(line)
        self.safety = SafetyApi(line)
        self.shipping = ShippingApi(line, mchid=mchid)
        self.express = ExpressApi(line)
        self.waybills = WaybillsApi(line)
        self.statistics = StatisticsApi(line)
        self.platform = PlatformApi(line)
        self.inbox = Inbox(book, clock=clock)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._line.aclose()
