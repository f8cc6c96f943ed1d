from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roulian.words import Day, Instant, SimulatedClock

NAIVE = datetime(1992, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
MOMENTS = st.datetimes(*NAIVE, timezones=st.just(UTC))


@given(MOMENTS)
def test_the_day_of_an_instant_is_shanghais(moment):
    local = moment.astimezone(ZoneInfo("Asia/Shanghai"))
    instant = Instant(int(moment.timestamp()) * 1000)

    assert instant.day().iso() == local.date().isoformat()
    assert instant.hour() == local.hour
    assert instant.day().weekday() == local.weekday()


@given(MOMENTS)
def test_an_instant_reads_what_it_writes(moment):
    instant = Instant(int(moment.timestamp() * 1000))

    assert Instant.parse(instant.iso()) == instant


@given(st.integers(0, 60_000), st.integers(-500, 500))
def test_days_count_as_the_calendar_does(number, days):
    day = Day(number)

    assert Day.parse(day.iso()) == day
    assert day.plus(days).since(day) == days
    assert day.at(0).day() == day
    assert day.at(23, 59).day() == day


def test_a_naive_moment_is_no_instant():
    with pytest.raises(ValueError, match="time zone"):
        Instant.of(datetime(2026, 6, 3))  # noqa: DTZ001 - the point of the test


def test_simulated_time_never_goes_back():
    clock = SimulatedClock(Instant(1000))

    clock.move_to(Instant(500))
    assert clock.now() == Instant(1000)
    clock.move_to(clock.now().plus(timedelta(seconds=2)))
    assert clock.now() == Instant(3000)
