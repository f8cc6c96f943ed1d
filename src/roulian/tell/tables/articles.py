"""Where articles and drafts are kept."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.store import METADATA
from roulian.tell.model import Article
from roulian.words.ids import ArticleId, SkuId
from roulian.words.time import Day

ARTICLES = sa.Table(
    "tell_articles",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("skus", sa.Text, nullable=False),
    sa.Column("published_day", sa.Text),
    sa.Column("msgid", sa.Text, nullable=False),
)

ARTICLE_COLUMNS = (
    ARTICLES.c.id,
    ARTICLES.c.account,
    ARTICLES.c.title,
    ARTICLES.c.body,
    ARTICLES.c.skus,
    ARTICLES.c.published_day,
    ARTICLES.c.msgid,
)

SAVE_ARTICLE = sa.text(
    "INSERT INTO tell_articles (id, key, account, title, body, skus, published_day, msgid)"
    " VALUES (:id, :key, :account, :title, :body, :skus, :published_day, :msgid)"
    " ON CONFLICT (id) DO UPDATE SET account = excluded.account, title = excluded.title, body = excluded.body,"
    " skus = excluded.skus, published_day = excluded.published_day, msgid = excluded.msgid",
)
ADD_DRAFT = sa.text(
    "INSERT INTO tell_articles (id, key, account, title, body, skus, msgid)"
    " VALUES (:id, :key, :account, :title, :body, :skus, '') ON CONFLICT (key) DO NOTHING",
)
ARTICLE_BY_KEY = sa.select(ARTICLES.c.id).where(ARTICLES.c.key == sa.bindparam("key"))


def skus_text(skus: Iterable[SkuId]) -> str:
    """SKUs as JSON."""
    return msgspec.json.encode(list(skus)).decode()


def article(row: tuple[Any, ...]) -> Article:
    """A row of `ARTICLE_COLUMNS` as an article."""
    skus = tuple(SkuId(sku) for sku in msgspec.json.decode(row[4], type=list[str]))
    published = None if row[5] is None else Day.parse(row[5])
    return Article(ArticleId(row[0]), row[1], row[2], row[3], skus, published, row[6])


def article_values(piece: Article) -> Mapping[str, str | None]:
    """An article as the parameters of `SAVE_ARTICLE`; its own id is its key."""
    return {
        "id": piece.id,
        "key": piece.id,
        "account": piece.account,
        "title": piece.title,
        "body": piece.body,
        "skus": skus_text(piece.skus),
        "published_day": None if piece.published_day is None else piece.published_day.iso(),
        "msgid": piece.msgid,
    }
