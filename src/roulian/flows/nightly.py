"""Every night: yesterday is judged against its forecast, tomorrow is forecast, the shelf is put in order.

The thinking runs as a job with no transaction open; what it found is kept in one.
"""

import asyncio

from numpy.random import default_rng

from roulian import decide, learn, make, predict, sell, sense, stock, tell
from roulian.flows import shortage
from roulian.flows.outgoing import Outside
from roulian.gateways.wechat import ArticleRead, Reaction, reaction_to
from roulian.store import Errand, Job, Tx
from roulian.words import ArticleId, Day, Rejected

HISTORY_DAYS = 182
HORIZON_DAYS = 35
FORECAST_HOUR = 1
ARTICLES_HOUR = 9
ARTICLE_DAYS = 7
BACKTEST_HORIZON_DAYS = 14
BACKTEST_ORIGINS = 4
BACKTEST_EVERY_DAYS = 7


def begin(tx: Tx) -> None:
    """The first night and the first morning are set; each sets the next."""
    today = tx.now.day()
    tx.at_first(today.at(FORECAST_HOUR), "nightly.forecast", "forecast")
    tx.at_first(today.at(FORECAST_HOUR, 30), "nightly.backtest", "backtest")
    tx.at_first(today.at(ARTICLES_HOUR), "nightly.articles", "articles")


def call_forecast(tx: Tx, key: str) -> None:
    """Ask for tonight's forecast and set tomorrow night's."""
    tx.job("predict.forecast", tx.now.day().iso())
    tx.at(tx.now.day().plus(1).at(FORECAST_HOUR), "nightly.forecast", key)


def call_backtest(tx: Tx, key: str) -> None:
    """Ask how well such forecasts did, and set next week's question."""
    tx.job("predict.backtest", tx.now.day().iso())
    tx.at(tx.now.day().plus(BACKTEST_EVERY_DAYS).at(FORECAST_HOUR, 30), "nightly.backtest", key)


def call_articles(tx: Tx, key: str) -> None:
    """Ask WeChat who read what, and set tomorrow morning's question."""
    tx.job("sense.articles", tx.now.day().iso())
    tx.at(tx.now.day().plus(1).at(ARTICLES_HOUR), "nightly.articles", key)


def forecasting(outside: Outside) -> Errand:
    """Forecast every SKU from the demand up to yesterday, then judge, save and put the shelf in order."""

    async def call(job: Job) -> str:
        yesterday = Day.parse(job.key).before(1)
        store = outside.memory()
        await store.run(lambda tx: _draw_bulk_lines(tx, yesterday), cause=job.id)
        panel = await store.ask(lambda tx: _history(tx, yesterday))
        rng = default_rng(yesterday.number)
        bands = await asyncio.to_thread(predict.forecast, panel.units, horizon_days=HORIZON_DAYS, rng=rng)
        await store.run(lambda tx: predict.save(tx, panel.skus, made_day=yesterday, bands=bands), cause=job.id)
        return yesterday.iso()

    def record(tx: Tx, _: Job, answer: str) -> None:
        review(tx, Day.parse(answer))

    return Errand(call=call, record=record, rejected=_never_rejected, lost=_again)


def backtesting(outside: Outside) -> Errand:
    """Judge the method on the last weeks as if it had forecast them then, beside the textbook formula."""

    async def call(job: Job) -> str:
        yesterday = Day.parse(job.key).before(1)
        store = outside.memory()
        panel = await store.ask(lambda tx: _history(tx, yesterday))
        cuts = predict.recent_cuts(HISTORY_DAYS, horizon_days=BACKTEST_HORIZON_DAYS, most=BACKTEST_ORIGINS)
        rng = default_rng(yesterday.number)
        found = await asyncio.to_thread(
            predict.backtest, panel.units, horizon_days=BACKTEST_HORIZON_DAYS, cuts=cuts, rng=rng
        )
        await store.run(lambda tx: predict.save_accuracy(tx, found, day=yesterday), cause=job.id)
        return yesterday.iso()

    return Errand(call=call, record=_kept, rejected=_never_rejected, lost=_again)


def _window(last: Day) -> Day:
    return last.before(HISTORY_DAYS).plus(1)


def _draw_bulk_lines(tx: Tx, last: Day) -> None:
    sizes = sense.line_sizes(tx, list(sell.skus(tx)), first=_window(last), last=last)
    decide.set_bulk_lines(tx, decide.bulk_lines_of(sizes))


def _history(tx: Tx, last: Day) -> sense.DemandPanel:
    skus = list(sell.skus(tx))
    return sense.demand(tx, skus, first=_window(last), last=last, spot_below=decide.bulk_lines(tx, skus))


def review(tx: Tx, day: Day) -> None:
    """Judge `day`, set every safety line from the fresh forecast, buy what is short, close the books of the day."""
    skus = list(sell.skus(tx))
    actual = sense.units_on(tx, skus, day=day, spot_below=decide.bulk_lines(tx, skus))
    predict.judge(tx, day=day, actual=actual)
    sourcing = make.sourcing(tx, skus)
    stock.set_safety(tx, decide.safety_lines(sourcing, predict.latest(tx, skus)))
    shortage.restock(tx, list(sourcing))
    learn.close_day(tx, learn.stock_day(day, shelves=stock.levels(tx, skus), skus=sell.skus(tx, list(sourcing))))


def propose(tx: Tx, event: predict.AnomalyFound) -> None:
    """A day outside the band becomes options with cost and gain; the best waits for a person."""
    sku = event.sku
    sourcing = make.sourcing(tx, [sku]).get(sku)
    forecast = predict.latest(tx, [sku]).get(sku)
    if sourcing is None or forecast is None:
        return
    surprise = decide.surprise(
        event,
        price_fen=sell.skus(tx, [sku])[sku].price_fen,
        sourcing=sourcing,
        forecast=forecast,
        shelf=stock.levels(tx, [sku]).get(sku),
        inbound=make.inbound(tx, [sku]).get(sku, ()),
    )
    decide.file(tx, decide.best_draft(surprise))


def articles(outside: Outside) -> Errand:
    """Readers and sharers per article and day, asked again until WeChat calls them final."""

    async def call(job: Job) -> str:
        today = Day.parse(job.key)
        rows = await _article_reads(outside, today.before(ARTICLE_DAYS), today.before(1))
        found = tuple(
            sense.ArticleDay(
                article=ArticleId(row.msgid),
                ref_day=row.ref_day,
                readers=row.readers,
                sharers=row.sharers,
                is_final=row.is_final,
            )
            for row in rows
        )
        await outside.memory().run(lambda tx: sense.save_article_days(tx, found), cause=job.id)
        return str(len(found))

    return Errand(call=call, record=_kept, rejected=_never_rejected, lost=_again)


async def _article_reads(outside: Outside, first: Day, last: Day) -> list[ArticleRead]:
    """What WeChat counted of every account that publishes; one without the right to its figures has none."""
    found: list[ArticleRead] = []
    for appid in await outside.memory().ask(tell.publishers):
        try:
            found.extend(await outside.wechat.statistics.article_reads(appid, first, last))
        except Rejected as no:
            match reaction_to(no):
                case Reaction.NOT_AUTHORISED:
                    continue
                case _:
                    raise
    return found


def _kept(_tx: Tx, _job: Job, _answer: str) -> None:
    """The call itself kept what it found; repeating it changes nothing."""


def _never_rejected(_tx: Tx, _job: Job, _error: Rejected) -> None:
    """A no from WeChat stands on the job's row, for the console."""


def _again(tx: Tx, job: Job) -> None:
    tx.job(job.kind, job.key, job.body)
