"""What a customer-service message may hold: each type's fields, and what is wrong with them (错误码 of 客服消息)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from wechat_sandbox.accounts import Account, AccountKind, find_account
from wechat_sandbox.official.media import COVER, PICTURE, VIDEO, VOICE, articles_of, check_media
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

MOST_TEXT_BYTES = 2048
MOST_NEWS = 1


class Text(msgspec.Struct):
    """A text; links to mini-programs are written inside it."""

    content: str = ""


class Media(msgspec.Struct):
    """A picture, a voice, or mpnews: one media_id."""

    media_id: str = ""


class Video(Media):
    """A video with its cover."""

    thumb_media_id: str = ""
    title: str = ""
    description: str = ""


class Music(msgspec.Struct):
    """A piece of music by its addresses."""

    title: str = ""
    description: str = ""
    musicurl: str = ""
    hqmusicurl: str = ""
    thumb_media_id: str = ""


class NewsArticle(msgspec.Struct):
    """A card that leads out of WeChat."""

    title: str = ""
    description: str = ""
    url: str = ""
    picurl: str = ""


class News(msgspec.Struct):
    """One card; more are refused since 2018 (45008)."""

    articles: list[NewsArticle] = []


class MpNewsArticle(msgspec.Struct):
    """A published article."""

    article_id: str = ""


class MenuItem(msgspec.Struct):
    """One line that can be tapped."""

    id: str | int = ""
    content: str = ""


class MsgMenu(msgspec.Struct):
    """A question with lines to tap; the tapped line comes back as a text with `bizmsgmenuid`."""

    head_content: str = ""
    items: list[MenuItem] = msgspec.field(name="list", default_factory=list)
    tail_content: str = ""


class WxCard(msgspec.Struct):
    """A coupon."""

    card_id: str = ""


class MiniProgramPage(msgspec.Struct):
    """A card that opens a mini-program's page; a mini-program sends its own, without `appid`."""

    title: str = ""
    appid: str = ""
    pagepath: str = ""
    thumb_media_id: str = ""


class Link(msgspec.Struct):
    """A mini-program's card that leads to an address."""

    title: str = ""
    description: str = ""
    url: str = ""
    thumb_url: str = ""


class Staff(msgspec.Struct):
    """In whose name it is sent."""

    kf_account: str = ""


class Message(msgspec.Struct):
    """Body of message/custom/send: `msgtype` names which of the contents counts."""

    touser: str = ""
    msgtype: str = ""
    text: Text | None = None
    image: Media | None = None
    voice: Media | None = None
    video: Video | None = None
    music: Music | None = None
    news: News | None = None
    mpnews: Media | None = None
    mpnewsarticle: MpNewsArticle | None = None
    msgmenu: MsgMenu | None = None
    wxcard: WxCard | None = None
    miniprogrampage: MiniProgramPage | None = None
    link: Link | None = None
    customservice: Staff | None = None


MINI_TYPES = frozenset({"text", "image", "link", "miniprogrampage"})
OFFICIAL_TYPES = frozenset(
    {
        "text",
        "image",
        "voice",
        "video",
        "music",
        "news",
        "mpnews",
        "mpnewsarticle",
        "msgmenu",
        "wxcard",
        "miniprogrampage",
    }
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and where what may be sent is kept."""

    state: State
    app: Account


def checked(sender: Sender, message: Message) -> Mapping[str, object]:
    """The message's content as the phone shows it; raises the `ApiError` of what is wrong with it."""
    types = MINI_TYPES if sender.app.kind is AccountKind.MINI_PROGRAM else OFFICIAL_TYPES
    if message.msgtype not in types:
        raise ApiError(40008)
    content = getattr(message, message.msgtype)
    if content is None:
        raise ApiError(44004)
    CHECKS[message.msgtype](sender, content)
    return {"msgtype": message.msgtype, message.msgtype: msgspec.to_builtins(content)}


def _text(sender: Sender, content: Text) -> None:
    del sender
    if not content.content:
        raise ApiError(44004)
    if len(content.content.encode()) > MOST_TEXT_BYTES:
        raise ApiError(45002)


def _image(sender: Sender, content: Media) -> None:
    check_media(sender.state, sender.app.appid, content.media_id, PICTURE)


def _voice(sender: Sender, content: Media) -> None:
    check_media(sender.state, sender.app.appid, content.media_id, VOICE)


def _video(sender: Sender, content: Video) -> None:
    check_media(sender.state, sender.app.appid, content.media_id, VIDEO)
    if content.thumb_media_id:
        check_media(sender.state, sender.app.appid, content.thumb_media_id, COVER)


def _music(sender: Sender, content: Music) -> None:
    if not content.musicurl or not content.hqmusicurl:
        raise ApiError(44004)
    check_media(sender.state, sender.app.appid, content.thumb_media_id, COVER)


def _news(sender: Sender, content: News) -> None:
    del sender
    if not content.articles:
        raise ApiError(44003)
    if len(content.articles) > MOST_NEWS:
        raise ApiError(45008)


def _mpnews(sender: Sender, content: Media) -> None:
    articles_of(sender.state, sender.app.appid, content.media_id)


def _mpnewsarticle(sender: Sender, content: MpNewsArticle) -> None:
    known = sender.state.value(
        "SELECT 1 FROM publications WHERE appid = ? AND article_id = ? AND status = 0",
        sender.app.appid,
        content.article_id,
    )
    if known is None:
        raise ApiError(53600)


def _msgmenu(sender: Sender, content: MsgMenu) -> None:
    del sender
    if not content.items or any(not item.content for item in content.items):
        raise ApiError(44004)


def _wxcard(sender: Sender, content: WxCard) -> None:
    known = sender.state.value(
        "SELECT 1 FROM coupons WHERE appid = ? AND card_id = ?", sender.app.appid, content.card_id
    )
    if known is None:
        raise ApiError(40073)


def _miniprogrampage(sender: Sender, content: MiniProgramPage) -> None:
    if not content.title or not content.pagepath:
        raise ApiError(45086)
    if sender.app.kind is not AccountKind.MINI_PROGRAM:
        target = find_account(sender.state, content.appid)
        if target is None or target.kind is not AccountKind.MINI_PROGRAM:
            raise ApiError(40013)
    check_media(sender.state, sender.app.appid, content.thumb_media_id, COVER)


def _link(sender: Sender, content: Link) -> None:
    del sender
    if not content.title or not content.url:
        raise ApiError(44004)


CHECKS: Mapping[str, Callable[..., None]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnews": _mpnews,
    "mpnewsarticle": _mpnewsarticle,
    "msgmenu": _msgmenu,
    "wxcard": _wxcard,
    "miniprogrampage": _miniprogrampage,
    "link": _link,
}
