from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from content.hours import Opening, Week, clock_text, is_open, minutes, next_opening, problem_of, week_lines

LONDON = ZoneInfo("Europe/London")
DAY = (Opening("09:00", "12:00"), Opening("13:00", "17:30"))
WEEK = Week(monday=DAY, tuesday=DAY, wednesday=DAY, thursday=DAY, friday=DAY, saturday=(), sunday=())
CHRISTMAS = {datetime.date(2026, 12, 25), datetime.date(2026, 12, 28)}
NEVER = msgspec.structs.replace(WEEK, monday=(), tuesday=(), wednesday=(), thursday=(), friday=())


def london(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime.datetime:
    return datetime.datetime(year, month, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (london(23, 8, 59), False),
        (london(23, 9), True),
        (london(23, 12), False),
        (london(23, 13), True),
        (london(23, 17, 29), True),
        (london(23, 17, 30), False),
        (london(22, 10), False),
        (london(25, 10, month=12), False),
    ],
)
def test_it_is_open_from_opening_to_just_before_closing(now: datetime.datetime, expected: bool) -> None:
    assert is_open(WEEK, CHRISTMAS, LONDON, now) is expected


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (london(23, 7), london(23, 9)),
        (london(23, 12, 30), london(23, 13)),
        (london(23, 18), london(24, 9)),
        (london(27, 18), london(30, 9)),
        (london(24, 18, month=12), london(29, 9, month=12)),
    ],
)
def test_it_finds_the_next_opening_over_nights_weekends_and_holidays(
    now: datetime.datetime, opens: datetime.datetime
) -> None:
    assert next_opening(WEEK, CHRISTMAS, LONDON, now) == opens


def test_hours_are_local_when_the_clocks_change() -> None:
    friday_evening = datetime.datetime(2027, 3, 26, 20, tzinfo=datetime.timezone.utc)
    opens = next_opening(WEEK, set(), LONDON, friday_evening)
    assert opens is not None
    assert opens.astimezone(datetime.timezone.utc).hour == 8  # nine o'clock in British summer time


def test_a_moment_in_another_zone_is_read_in_the_clinics_own() -> None:
    sydney = datetime.datetime(2026, 11, 23, 20, 30, tzinfo=ZoneInfo("Australia/Sydney"))
    assert is_open(WEEK, set(), LONDON, sydney)


def test_a_clinic_that_never_opens_has_no_next_opening() -> None:
    assert next_opening(NEVER, set(), LONDON, london(23, 9)) is None


@pytest.mark.parametrize("clock", ["24:01", "25:00", "09:60", "9:00", "0900", "", "noon", "09:00 "])
def test_it_refuses_what_is_not_a_time_of_day(clock: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        minutes(clock)


def test_a_day_may_end_at_midnight() -> None:
    assert problem_of((Opening("18:00", "24:00"),)) is None
    assert clock_text(minutes("24:00")) == "midnight"


def test_touching_openings_count_as_overlapping() -> None:
    assert problem_of((Opening("09:00", "12:00"), Opening("12:00", "13:00"))) is not None


def test_like_days_stand_together_in_words() -> None:
    assert week_lines(WEEK) == [
        "Monday to Friday: 9:00 am to 12:00 pm and 1:00 pm to 5:30 pm",
        "Saturday and Sunday: closed",
    ]
