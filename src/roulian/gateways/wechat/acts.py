"""What people do towards an account, read from the pushes that tell of it: they follow, write, tap, scan, and get mail.

Which messages and events there are is WeChat's (接收普通消息, 接收事件推送). A message from WeChat's own menu of answers
(`bizmsgmenuid`) counts as a tap on a menu, and so do only those menu events that push something to us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from roulian.gateways.wechat.pushes import EVENT_LISTS, Message, items, text_of
from roulian.words.time import Instant


class ActKind(StrEnum):
    """What the person did."""

    MESSAGE = "message"
    MENU_TAP = "menu_tap"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"
    SESSION_ENTER = "session_enter"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a person, to the second in which WeChat saw it."""

    openid: str
    kind: ActKind
    at: Instant


@dataclass(frozen=True, slots=True)
class Delivery:
    """WeChat's word that it handed a subscription message to a person's phone; `message` is its id."""

    openid: str
    template: str
    message: str
    at: Instant


_MESSAGES = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link", "miniprogrampage"})
_EVENTS: Mapping[str, ActKind] = MappingProxyType(
    {
        "subscribe": ActKind.FOLLOW,
        "unsubscribe": ActKind.UNFOLLOW,
        "SCAN": ActKind.SCAN,
        "CLICK": ActKind.MENU_TAP,
        "scancode_push": ActKind.MENU_TAP,
        "scancode_waitmsg": ActKind.MENU_TAP,
        "user_enter_tempsession": ActKind.SESSION_ENTER,
    }
)


def act(message: Message) -> Act | None:
    """The act this push tells of, or None when it tells of none."""
    said_at = text_of(message, "CreateTime")
    kind = _kind(message)
    if kind is None or not said_at.isdecimal():
        return None
    return Act(text_of(message, "FromUserName"), kind, Instant(int(said_at) * 1000))


def _kind(message: Message) -> ActKind | None:
    what = text_of(message, "MsgType")
    if what == "event":
        return _EVENTS.get(text_of(message, "Event"))
    if what not in _MESSAGES:
        return None
    return ActKind.MENU_TAP if text_of(message, "bizmsgmenuid") else ActKind.MESSAGE


def deliveries(message: Message) -> tuple[Delivery, ...]:
    """The subscription messages a `subscribe_msg_sent_event` says were delivered; those that failed are passed over."""
    openid, said_at = text_of(message, "FromUserName"), text_of(message, "CreateTime")
    if not said_at.isdecimal():
        return ()
    nested = [found for name in EVENT_LISTS for found in items(message, name)]
    return tuple(
        Delivery(openid, text_of(item, "TemplateId"), text_of(item, "MsgID"), Instant(int(said_at) * 1000))
        for holder in (message, *nested)
        for item in items(holder, "List")
        if text_of(item, "ErrorCode") == "0"
    )
