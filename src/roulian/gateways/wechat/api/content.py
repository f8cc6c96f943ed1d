"""Articles on their way to readers: pictures, drafts, publishing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from roulian.gateways.wechat.line import Answer, Line, Upload


class PublishState(IntEnum):
    """How far a publication is (`publish_status`)."""

    DONE = 0
    UNDER_WAY = 1
    NOT_ORIGINAL = 2
    FAILED = 3
    JUDGED_UNFIT = 4
    DELETED = 5
    BANNED = 6


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to be drafted; `cover` is the media id of a picture added by `add_image`."""

    title: str
    content_html: str
    cover: str
    author: str = ""
    digest: str = ""
    takes_comments: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture kept with WeChat."""

    media: str
    url: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication: its state, and once it is done its article's id and addresses."""

    state: PublishState
    article: str
    urls: tuple[str, ...]


class _Article(msgspec.Struct):
    title: str
    content: str
    thumb_media_id: str
    author: str
    digest: str
    need_open_comment: int


class _Media(Answer):
    media_id: str = ""
    url: str = ""


class _Submitted(Answer):
    publish_id: str | int = ""


class _Address(msgspec.Struct):
    article_url: str = ""


class _Addresses(msgspec.Struct):
    item: list[_Address] = msgspec.field(default_factory=list)


class _Published(Answer):
    publish_status: int = 1
    article_id: str = ""
    article_detail: _Addresses = msgspec.field(default_factory=_Addresses)


class _Count(Answer):
    total_count: int = 0


class ContentApi:
    """Drafts and publications of an official account. Since July 2025 unverified accounts are refused: 48001."""

    def __init__(self, line: Line) -> None:
        """Write over `line`."""
        self._line = line

    async def upload_image(self, appid: str, picture: Upload) -> str:
        """The address under which an article may show this picture (1 MB, jpg or png). Refused 40005, 40009."""
        return (await self._line.upload(appid, "/cgi-bin/media/uploadimg", picture, _Media, params={})).url

    async def add_image(self, appid: str, picture: Upload) -> Picture:
        """The picture kept for good: as an article's cover. Refused 40005, 40009, 45001."""
        path = "/cgi-bin/material/add_material"
        answer = await self._line.upload(appid, path, picture, _Media, params={"type": "image"})
        return Picture(answer.media_id, answer.url)

    async def add_draft(self, appid: str, articles: Sequence[NewArticle]) -> str:
        """The media id of a new draft of one to eight articles. Refused 45166 (content), 40007 (cover), 48001."""
        body = {"articles": [_article(one) for one in articles]}
        return (await self._line.post(appid, "/cgi-bin/draft/add", body, _Media, is_repeatable=False)).media_id

    async def update_draft(self, appid: str, draft: str, place: int, article: NewArticle) -> None:
        """The article at `place` of the draft is this one. Refused 40007, 40114, 45166."""
        body = {"media_id": draft, "index": place, "articles": _article(article)}
        await self._line.post(appid, "/cgi-bin/draft/update", body, Answer, is_repeatable=True)

    async def delete_draft(self, appid: str, draft: str) -> None:
        """The draft is gone. Refused 40007."""
        await self._line.post(appid, "/cgi-bin/draft/delete", {"media_id": draft}, Answer, is_repeatable=True)

    async def draft_count(self, appid: str) -> int:
        """How many drafts there are: the cheapest way to learn whether the account may write at all. Refused 48001."""
        return (await self._line.get(appid, "/cgi-bin/draft/count", {}, _Count)).total_count

    async def publish(self, appid: str, draft: str) -> str:
        """The id of a publication that begins now; its end comes as an event. Refused 53503, 53504, 53505, 40007."""
        path, body = "/cgi-bin/freepublish/submit", {"media_id": draft}
        return str((await self._line.post(appid, path, body, _Submitted, is_repeatable=False)).publish_id)

    async def publication(self, appid: str, publish_id: str) -> Publication:
        """How far a publication is; a hundred questions a day, so wait for the event first."""
        path, body = "/cgi-bin/freepublish/get", {"publish_id": publish_id}
        answer = await self._line.post(appid, path, body, _Published, is_repeatable=True)
        urls = tuple(item.article_url for item in answer.article_detail.item)
        return Publication(PublishState(answer.publish_status), answer.article_id, urls)

    async def withdraw(self, appid: str, article: str) -> None:
        """All articles of a publication are taken down; this cannot be undone. Refused 53600."""
        path, body = "/cgi-bin/freepublish/delete", {"article_id": article, "index": 0}
        await self._line.post(appid, path, body, Answer, is_repeatable=True)


def _article(one: NewArticle) -> _Article:
    return _Article(one.title, one.content_html, one.cover, one.author, one.digest, int(one.takes_comments))
