"""Questions about articles."""

import sqlalchemy as sa

from roulian.store import Tx
from roulian.tell.model import Article
from roulian.tell.tables import articles as tables
from roulian.tell.tables.articles import ARTICLE_COLUMNS, ARTICLES

_BEFORE = sa.bindparam("before", type_=sa.Text)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_ARTICLES = (
    sa.select(*ARTICLE_COLUMNS)
    .where(sa.or_(_BEFORE.is_(None), ARTICLES.c.id < _BEFORE))
    .order_by(ARTICLES.c.id.desc())
    .limit(_LIMIT)
)


def articles(tx: Tx, *, before: str | None = None, limit: int = 50) -> tuple[Article, ...]:
    """Articles and drafts, newest id first, at most `limit`, older than the id `before`."""
    return tuple(tables.article(row) for row in tx.rows(_ARTICLES, before=before, limit=limit))
