"""Opening hours: whether the clinic is open at a moment, and when it opens next. The moment is always passed in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from zoneinfo import ZoneInfo

import msgspec

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60
LOOK_AHEAD_DAYS = 60


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stretch of a day, local time, "09:00" to "17:30"; `close` may be "24:00"."""

    open: str
    close: str


class Week(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The openings of each weekday, in order; an empty list is a closed day."""

    monday: tuple[Opening, ...]
    tuesday: tuple[Opening, ...]
    wednesday: tuple[Opening, ...]
    thursday: tuple[Opening, ...]
    friday: tuple[Opening, ...]
    saturday: tuple[Opening, ...]
    sunday: tuple[Opening, ...]

    def on(self, day: datetime.date) -> tuple[Opening, ...]:
        openings: tuple[Opening, ...] = getattr(self, DAYS[day.weekday()])
        return openings


def minutes(clock: str) -> int:
    """Return the minutes since midnight of "HH:MM". Raises ValueError for anything that is not a time of day."""
    match = re.fullmatch(r"(\d\d):(\d\d)", clock)
    if not match or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > MIDNIGHT:
        raise ValueError(f'"{clock}" is not a time of day. Write it like "09:00" or "17:30".')
    return int(match[1]) * 60 + int(match[2])


def problem_of(openings: tuple[Opening, ...]) -> tuple[int, str] | None:
    """Return (index, what is wrong) for the first impossible opening of a day, or None."""
    closed_at = -1
    for index, opening in enumerate(openings):
        try:
            start, end = minutes(opening.open), minutes(opening.close)
        except ValueError as error:
            return index, str(error)
        if end <= start:
            return index, f"closes at {opening.close}, which is not after it opens at {opening.open}."
        if start <= closed_at:
            return index, f"opens at {opening.open}, before the one above it has closed. Put them in order, apart."
        closed_at = end
    return None


def is_open(week: Week, closed_on: Collection[datetime.date], zone: ZoneInfo, now: datetime.datetime) -> bool:
    """Return whether the clinic is open at `now` (an aware datetime)."""
    local = now.astimezone(zone)
    if local.date() in closed_on:
        return False
    minute = local.hour * 60 + local.minute
    return any(minutes(opening.open) <= minute < minutes(opening.close) for opening in week.on(local.date()))


def next_opening(
    week: Week, closed_on: Collection[datetime.date], zone: ZoneInfo, now: datetime.datetime
) -> datetime.datetime | None:
    """Return the next moment after `now` at which the clinic opens, in local time; None if not within 60 days."""
    local = now.astimezone(zone)
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + datetime.timedelta(days=ahead)
        for opening in () if day in closed_on else week.on(day):
            hour, minute = divmod(minutes(opening.open), 60)
            start = datetime.datetime.combine(day, datetime.time(hour, minute), zone)
            if start > local:
                return start
    return None


def clock_text(minute_of_day: int) -> str:
    """Return "9:00 am", "12:30 pm" or "midnight"."""
    if minute_of_day % MIDNIGHT == 0:
        return "midnight"
    hour, minute = divmod(minute_of_day, 60)
    return f"{hour % 12 or 12}:{minute:02d} {'am' if hour < 12 else 'pm'}"


def date_text(day: datetime.date) -> str:
    """Return "Monday 28 December"."""
    return f"{day:%A} {day.day} {day:%B}"


def week_lines(week: Week) -> list[str]:
    """Return the week in words, like days together: "Monday to Thursday: 9:00 am to 5:30 pm", "Sunday: closed"."""
    groups: list[tuple[list[str], tuple[Opening, ...]]] = []
    for day in DAYS:
        openings: tuple[Opening, ...] = getattr(week, day)
        if groups and groups[-1][1] == openings:
            groups[-1][0].append(day.capitalize())
        else:
            groups.append(([day.capitalize()], openings))
    return [f"{_days_text(days)}: {_openings_text(openings)}" for days, openings in groups]


def _days_text(days: list[str]) -> str:
    if len(days) == 1:
        return days[0]
    return f"{days[0]} {'and' if len(days) == 2 else 'to'} {days[-1]}"


def _openings_text(openings: tuple[Opening, ...]) -> str:
    spans = [f"{clock_text(minutes(one.open))} to {clock_text(minutes(one.close))}" for one in openings]
    return " and ".join(spans) or "closed"
