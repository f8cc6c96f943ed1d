"""An article as it is written, and what WeChat takes of it.

The document says that scripts and foreign pictures are *filtered*; by default they are refused here (45166), so that
what is published is what was sent. `SandboxSettings.article_content_filtered` plays the document.
Source: developers.weixin.qq.com, 新增草稿; 图文内容中插入小程序.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from wechat_sandbox.content.files import MediaKind
from wechat_sandbox.content.media import find_media
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

MOST_ARTICLES = 8
MOST_TITLE, MOST_AUTHOR, MOST_DIGEST, MOST_CONTENT = 64, 16, 128, 20_000
MOST_CONTENT_BYTES = 1_048_576
MOST_PICTURES = 20
SCRIPT = re.compile(r"<script\b.*?(?:</script\s*>|$)|\son\w+\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE | re.DOTALL)
PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
SOURCE = re.compile(r"\b(?:data-)?src\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
CARD = re.compile(r"<(?:mp-miniprogram|a)\b[^>]*data-miniprogram-appid[^>]*>", re.IGNORECASE)
CARD_APPID = re.compile(r"data-miniprogram-appid\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
CARD_IMAGE = re.compile(r"data-miniprogram-imageurl\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
OUR_PICTURES = re.compile(r"https?://mmbiz\.q(?:pic|logo)\.cn/\S+")


class Picture(msgspec.Struct):
    """One picture of a picture message."""

    image_media_id: str = ""


class Pictures(msgspec.Struct):
    """The pictures of a picture message, the first of them its cover."""

    image_list: list[Picture] = []


class Article(msgspec.Struct):
    """One article of a draft."""

    title: str = ""
    author: str = ""
    digest: str = ""
    content: str = ""
    content_source_url: str = ""
    thumb_media_id: str = ""
    need_open_comment: Literal[0, 1] = 0
    only_fans_can_comment: Literal[0, 1] = 0
    article_type: str = "news"
    image_info: Pictures = msgspec.field(default_factory=Pictures)


def checked(state: State, appid: str, articles: Sequence[Article]) -> list[Article]:
    """The articles as they will be kept.

    Raises `ApiError` 45166 (bad content), 45003, 45110, 45004, 45002 (title, author, digest, content too long) or
    40007 (no cover of the account's materials).
    """
    if not 1 <= len(articles) <= MOST_ARTICLES:
        raise ApiError(45166)
    return [_checked(state, appid, article) for article in articles]


def _checked(state: State, appid: str, article: Article) -> Article:
    is_pictures = article.article_type == "newspic"
    if not article.title or not (article.content or is_pictures) or article.article_type not in ("news", "newspic"):
        raise ApiError(45166)
    _check_lengths(article)
    content = _taken(state, article.content)
    _check_cards(state, appid, content)
    covers = [picture.image_media_id for picture in article.image_info.image_list] if is_pictures else None
    if covers is not None and not 1 <= len(covers) <= MOST_PICTURES:
        raise ApiError(45166)
    for media_id in covers if covers is not None else [article.thumb_media_id]:
        _check_picture(state, appid, media_id)
    return msgspec.structs.replace(article, content=content)


def _check_lengths(article: Article) -> None:
    if len(article.title) > MOST_TITLE:
        raise ApiError(45003)
    if len(article.author) > MOST_AUTHOR:
        raise ApiError(45110)
    if len(article.digest) > MOST_DIGEST:
        raise ApiError(45004)
    if len(article.content) > MOST_CONTENT or len(article.content.encode()) > MOST_CONTENT_BYTES:
        raise ApiError(45002)


def _taken(state: State, content: str) -> str:
    """The content without scripts and foreign pictures, or 45166 because of them."""
    cleaned = SCRIPT.sub("", content)
    for tag in PICTURE.findall(cleaned):
        if not _are_ours(SOURCE.findall(tag)):
            cleaned = cleaned.replace(tag, "")
    if cleaned != content and not state.settings.article_content_filtered:
        raise ApiError(45166)
    return cleaned


def _are_ours(urls: Iterable[str]) -> bool:
    return all(OUR_PICTURES.fullmatch(url) for url in urls)


def _check_cards(state: State, appid: str, content: str) -> None:
    linked = {row["mini_program"] for row in state.all("SELECT * FROM linked_mini_programs WHERE appid = ?", appid)}
    for tag in CARD.findall(content):
        if not linked.issuperset(CARD_APPID.findall(tag)) or not _are_ours(CARD_IMAGE.findall(tag)):
            raise ApiError(45166)


def _check_picture(state: State, appid: str, media_id: str) -> None:
    row = find_media(state, appid, media_id)
    if row is None or row["expires_ms"] is not None or row["kind"] not in (MediaKind.IMAGE, MediaKind.THUMB):
        raise ApiError(40007)


def news_item(state: State, article: Article, *, url: str) -> dict[str, object]:
    """The article as WeChat shows it in lists."""
    thumb = state.value("SELECT url FROM media WHERE media_id = ?", article.thumb_media_id)
    shown: dict[str, object] = {
        "article_type": article.article_type,
        "title": article.title,
        "author": article.author,
        "digest": article.digest,
        "content": article.content,
        "content_source_url": article.content_source_url,
        "thumb_media_id": article.thumb_media_id,
        "thumb_url": thumb or "",
        "show_cover_pic": 0,
        "need_open_comment": article.need_open_comment,
        "only_fans_can_comment": article.only_fans_can_comment,
        "url": url,
    }
    if article.article_type == "newspic":
        shown["image_info"] = msgspec.to_builtins(article.image_info)
    return shown
