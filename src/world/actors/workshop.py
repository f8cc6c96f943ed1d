"""The brand's workshop: it follows the plan evenly, and loses the days on which its line stands still."""

from world.catalogue import Brand
from world.days import parse_day
from world.doors import Platform, Work
from world.scenario import Mishap, Scenario
from world.tally import Count, Tally


class Workshop:
    """Every line of the brand."""

    def __init__(self, platform: Platform, scenario: Scenario, brand: Brand, *, tally: Tally) -> None:
        """Work off the work orders of `platform`."""
        self._platform, self._scenario, self._brand, self._tally = platform, scenario, brand, tally

    async def report(self, today: int) -> None:
        """Count at the end of the day what is finished in total."""
        for work in await self._platform.work():
            done_qty = self.done_qty(work, today=today)
            if done_qty > work.done_qty:
                await self._platform.report_work(work.id, done_qty)
                self._tally.add(Count.WORK_REPORTS)

    def done_qty(self, work: Work, *, today: int) -> int:
        """Units finished by the evening of `today`: the plan's even pace, moved by the days lost.

        A stop also moves work planned to start after it, one day less for every day between: that slack catches up.
        """
        start, due = parse_day(work.start_day), parse_day(work.due_day)
        span_days = due - start + 1
        worked_days = today - start + 1 - self._lost_days(work.line, start, today)
        if worked_days <= 0:
            return 0
        return work.qty * min(worked_days, span_days) // span_days

    def _lost_days(self, line: str, start: int, today: int) -> int:
        lost = 0
        for stop in self._scenario.mishaps(Mishap.LINE_DOWN, line):
            first = self._brand.first_day + stop.day - 1
            end = first + stop.days
            if today < first:
                continue
            backlog = stop.days if start < end else max(0, stop.days - (start - end) - 1)
            lost += min(backlog, today - max(first, start) + 1)
        return lost
