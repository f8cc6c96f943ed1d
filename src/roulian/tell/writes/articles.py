"""Articles: a draft is made by rule, publishing stays with people."""

from collections.abc import Sequence

from roulian.store import Tx
from roulian.tell.model import Article, Facts, crisis_text
from roulian.tell.tables import articles as tables
from roulian.words.ids import ArticleId, SkuId


def save_articles(tx: Tx, articles: Sequence[Article]) -> None:
    """These articles are as given: new ones added, known ones replaced (published, with WeChat's `msgid`)."""
    for article in articles:
        tx.run(tables.SAVE_ARTICLE, **tables.article_values(article))


def draft_article(
    tx: Tx,
    key: str,
    *,
    account: str,
    skus: Sequence[SkuId],
    facts: Facts,
    members_hit: int,
    from_members: int,
) -> ArticleId | None:
    """One draft article per `key` that explains a delay to everyone; None when fewer than `from_members` are hit.

    `facts`: item, reason in words, promised_day (the latest). A second call with the key changes nothing.
    """
    if members_hit < from_members:
        return None
    title, body = crisis_text({**facts, "members": members_hit})
    ident = tx.new_id("art")
    skus_text = tables.skus_text(skus)
    tx.run(tables.ADD_DRAFT, id=ident, key=key, account=account, title=title, body=body, skus=skus_text)
    row = tx.one(tables.ARTICLE_BY_KEY, key=key)
    assert row is not None
    return ArticleId(row[0])
