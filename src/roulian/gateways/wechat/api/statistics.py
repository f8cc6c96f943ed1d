"""What WeChat counted: readers of articles, followers won and lost, visits to the mini-program."""

from dataclasses import dataclass

import msgspec

from roulian.gateways.wechat.line import Answer, Line
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class ArticleRead:
    """One article on one day: different people, not views. `is_final` is false while WeChat still counts the day."""

    appid: str
    msgid: str
    ref_day: Day
    readers: int
    sharers: int
    is_final: bool


@dataclass(frozen=True, slots=True)
class FollowerChange:
    """Followers won and lost on a day through one of WeChat's sources (`user_source`)."""

    ref_day: Day
    source: int
    came: int
    left: int


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits to a mini-program on a day: sessions opened, page views, different people, people never seen before."""

    ref_day: Day
    sessions: int
    views: int
    people: int
    newcomers: int


class _Span(msgspec.Struct):
    begin_date: str
    end_date: str


class _ArticleCounts(msgspec.Struct):
    read_user: int = 0
    share_user: int = 0


class _ArticleItem(msgspec.Struct):
    ref_date: str
    msgid: str
    detail: _ArticleCounts


class _Articles(Answer):
    articles: list[_ArticleItem] = msgspec.field(name="list", default_factory=list)
    is_delay: bool = False


class _UserItem(msgspec.Struct):
    ref_date: str
    user_source: int = 0
    new_user: int = 0
    cancel_user: int = 0


class _Users(Answer):
    users: list[_UserItem] = msgspec.field(name="list", default_factory=list)


class _VisitItem(msgspec.Struct):
    ref_date: str
    session_cnt: int = 0
    visit_pv: int = 0
    visit_uv: int = 0
    visit_uv_new: int = 0


class _Visits(Answer):
    visits: list[_VisitItem] = msgspec.field(name="list", default_factory=list)


class StatisticsApi:
    """Figures of past days; WeChat has yesterday's from about 08:00 China time."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def article_reads(self, appid: str, first: Day, last: Day) -> tuple[ArticleRead, ...]:
        """Readers and sharers per article and day of an official account, `first` to `last`, both included.

        WeChat gives one day per call, so a span of n days costs 2n calls.
        """
        found: list[ArticleRead] = []
        for number in range(first.number, last.number + 1):
            found.extend(await self._day_of_articles(appid, Day(number)))
        return tuple(found)

    async def _day_of_articles(self, appid: str, day: Day) -> list[ArticleRead]:
        reads, shares = [
            await self._line.post(appid, path, _span(day, day), _Articles, is_repeatable=True)
            for path in ("/datacube/getarticleread", "/datacube/getarticleshare")
        ]
        readers = {item.msgid: item.detail.read_user for item in reads.articles}
        sharers = {item.msgid: item.detail.share_user for item in shares.articles}
        is_final = not (reads.is_delay or shares.is_delay)
        return [
            ArticleRead(appid, msgid, day, readers.get(msgid, 0), sharers.get(msgid, 0), is_final)
            for msgid in sorted(readers.keys() | sharers.keys())
        ]

    async def follower_changes(self, appid: str, first: Day, last: Day) -> tuple[FollowerChange, ...]:
        """Followers won and lost, at most seven days at once. Refused 61500, 61501."""
        answer = await self._line.post(
            appid, "/datacube/getusersummary", _span(first, last), _Users, is_repeatable=True
        )
        return tuple(
            FollowerChange(Day.parse(item.ref_date), item.user_source, item.new_user, item.cancel_user)
            for item in answer.users
        )

    async def visits(self, appid: str, day: Day) -> Visits | None:
        """The mini-program's visits on one day; None while WeChat has not counted it. Refused 61500, 61501."""
        date = day.iso().replace("-", "")
        body = _Span(date, date)
        path = "/datacube/getweanalysisappiddailyvisittrend"
        answer = await self._line.post(appid, path, body, _Visits, is_repeatable=True)
        counted = [Visits(day, v.session_cnt, v.visit_pv, v.visit_uv, v.visit_uv_new) for v in answer.visits]
        return counted[0] if counted else None


def _span(first: Day, last: Day) -> _Span:
    return _Span(begin_date=first.iso(), end_date=last.iso())
