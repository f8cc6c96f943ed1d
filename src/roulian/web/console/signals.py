"""Signals: what shoppers do, by day and kind; how the brand's articles are read."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query

from roulian import sense, tell
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.names import sku_words
from roulian.web.console.shapes import Before, IsoDay, Limit, Listing, View, Words, iso
from roulian.words import ArticleId, Day, SkuId

ARTICLE_DAYS = 30
"""How many days of readers an article shows."""


class SignalDays(View):
    """Signals by kind over `days`; each series has one count per day."""

    days: tuple[IsoDay, ...]
    series: Mapping[str, tuple[int, ...]]


class SignalView(View):
    """One signal."""

    id: str
    member: str
    kind: str
    sku: str | None
    article: str | None
    region: str
    at_ms: int


class ArticleView(View):
    """An article: readers and sharers per day as WeChat counts them; `is_final` once they no longer change."""

    id: str
    account: str
    title: str
    skus: tuple[str, ...]
    published_day: IsoDay | None
    days: tuple[IsoDay, ...]
    readers: tuple[int, ...]
    sharers: tuple[int, ...]
    is_final: bool


def signals_router(deps: ConsoleDeps) -> APIRouter:
    """GET /signals, /signals/days and /articles."""
    router = APIRouter()

    @router.get("/signals")
    async def signals(
        kind: sense.SignalKind | None = None,
        sku: str | None = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Listing[SignalView]:
        """Signals, newest first."""
        of = SkuId(sku) if sku else None

        def read(tx: Tx) -> Listing[SignalView]:
            found = sense.signals_page(tx, sku=of, kind=kind, before=before, limit=limit + 1)
            shown = found[:limit]
            more = str(shown[-1].seq) if len(found) > limit else None
            return Listing(rows=tuple(map(_signal, shown)), names=_names(tx, shown), next=more)

        return await deps.store.ask(read)

    @router.get("/signals/days")
    async def days(sku: str | None = None, span_days: Annotated[int, Query(ge=1, le=366)] = 30) -> SignalDays:
        """Signals by day and kind up to today."""
        of = SkuId(sku) if sku else None
        return await deps.store.ask(lambda tx: _days(tx, of, span_days=span_days))

    @router.get("/articles")
    async def articles(before: Before = None, limit: Limit = 50) -> Listing[ArticleView]:
        """Articles and drafts with their readers of the last 30 days, newest first."""

        def read(tx: Tx) -> Listing[ArticleView]:
            found = tell.articles(tx, before=before, limit=limit + 1)
            shown = found[:limit]
            more = shown[-1].id if len(found) > limit else None
            names = sku_words(tx, (sku for article in shown for sku in article.skus))
            return Listing(rows=_articles(tx, shown), names=names, next=more)

        return await deps.store.ask(read)

    return router


def _signal(one: sense.Signal) -> SignalView:
    return SignalView(
        id=str(one.seq),
        member=one.member,
        kind=one.kind,
        sku=one.sku,
        article=one.article,
        region=one.region,
        at_ms=one.at.ms,
    )


def _names(tx: Tx, shown: tuple[sense.Signal, ...]) -> Mapping[str, Words]:
    titles = {str(article.id): Words(zh=article.title, en=article.title) for article in tell.articles(tx, limit=500)}
    return {**titles, **sku_words(tx, (one.sku for one in shown if one.sku))}


def _days(tx: Tx, sku: SkuId | None, *, span_days: int) -> SignalDays:
    last = tx.now.day()
    days = [last.plus(n + 1 - span_days) for n in range(span_days)]
    counts = {kind: dict.fromkeys(days, 0) for kind in sense.SignalKind}
    for one in sense.signal_days(tx, first=days[0], last=last, sku=sku):
        counts[one.kind][one.day] += one.n
    return SignalDays(
        days=tuple(day.iso() for day in days),
        series={kind.value: tuple(by_day.values()) for kind, by_day in counts.items()},
    )


def _articles(tx: Tx, articles: tuple[tell.Article, ...]) -> tuple[ArticleView, ...]:
    last = tx.now.day()
    first = last.plus(1 - ARTICLE_DAYS)
    counted: dict[str, dict[Day, sense.ArticleDay]] = {article.msgid: {} for article in articles}
    published = [ArticleId(article.msgid) for article in articles if article.msgid]
    for row in sense.article_days(tx, published, first=first, last=last):
        counted[row.article][row.ref_day] = row
    return tuple(_article(article, counted[article.msgid], first=first) for article in articles)


def _article(article: tell.Article, counted: Mapping[Day, sense.ArticleDay], *, first: Day) -> ArticleView:
    days = [first.plus(n) for n in range(ARTICLE_DAYS)]
    rows = [counted.get(day) for day in days]
    return ArticleView(
        id=article.id,
        account=article.account,
        title=article.title,
        skus=article.skus,
        published_day=iso(article.published_day),
        days=tuple(day.iso() for day in days),
        readers=tuple(row.readers if row else 0 for row in rows),
        sharers=tuple(row.sharers if row else 0 for row in rows),
        is_final=all(row.is_final for row in rows if row),
    )
