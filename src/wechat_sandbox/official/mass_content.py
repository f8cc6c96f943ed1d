"""What a mass message may hold: articles, a text, a voice, pictures, a video or a coupon."""

from collections.abc import Mapping

import msgspec

from wechat_sandbox.official.media import PICTURE, VIDEO, VOICE, articles_of, check_media
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

MOST_TEXT_BYTES = 2048
MOST_IMAGES = 20
TYPES = frozenset({"mpnews", "text", "voice", "image", "mpvideo", "wxcard"})


class Media(msgspec.Struct):
    """Articles, a voice or a video by media_id."""

    media_id: str = ""
    title: str = ""
    description: str = ""


class Images(Media):
    """One picture, or several with a recommendation."""

    media_ids: list[str] = []
    recommend: str = ""
    need_open_comment: int = 0
    only_fans_can_comment: int = 0


class Text(msgspec.Struct):
    """A text."""

    content: str = ""


class Coupon(msgspec.Struct):
    """A coupon."""

    card_id: str = ""


class Content(msgspec.Struct):
    """The part of every mass body that says what is sent; pictures are `images` to many, `image` in a preview."""

    msgtype: str = ""
    mpnews: Media | None = None
    text: Text | None = None
    voice: Media | None = None
    image: Images | None = None
    images: Images | None = None
    mpvideo: Media | None = None
    wxcard: Coupon | None = None


def checked(state: State, appid: str, content: Content) -> Mapping[str, object]:
    """What the phone shows; raises `ApiError` 40008, 44004, 45002, 40007 or 40073 for what cannot be sent."""
    if content.msgtype not in TYPES:
        raise ApiError(40008)
    part = (content.images or content.image) if content.msgtype == "image" else getattr(content, content.msgtype)
    match part:
        case Text():
            _check_text(part)
        case Coupon():
            if state.value("SELECT 1 FROM coupons WHERE appid = ? AND card_id = ?", appid, part.card_id) is None:
                raise ApiError(40073)
        case Images():
            _check_images(state, appid, part)
        case Media() if content.msgtype == "mpnews":
            articles_of(state, appid, part.media_id)
        case Media():
            check_media(state, appid, part.media_id, VOICE if content.msgtype == "voice" else VIDEO)
        case _:
            raise ApiError(44004)
    return {"msgtype": content.msgtype, content.msgtype: msgspec.to_builtins(part)}


def _check_text(text: Text) -> None:
    if not text.content:
        raise ApiError(44004)
    if len(text.content.encode()) > MOST_TEXT_BYTES:
        raise ApiError(45002)


def _check_images(state: State, appid: str, images: Images) -> None:
    ids = images.media_ids or [images.media_id]
    if len(ids) > MOST_IMAGES:
        raise ApiError(45008)
    for media_id in ids:
        check_media(state, appid, media_id, PICTURE)


def media_id_of(content: Content) -> str:
    """The draft a mass message of articles is made of; empty for the other types."""
    return content.mpnews.media_id if content.msgtype == "mpnews" and content.mpnews is not None else ""
