"""The clinic's own profile, `data/clinic.yml`, validated to the last field before anything starts."""

from __future__ import annotations

import datetime
import re
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from content.checks import refuse_bad_texts
from content.crisis_lines import CrisisLine, CrisisLines, Purpose, countries, load_crisis_lines
from content.hours import DAYS, Week, is_open, next_opening, problem_of
from content.topics import DATA
from content.yaml_lines import ContentError, Lines, line_of, read_yaml


class ByTeam(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wording for clinical staff and one for the front desk."""

    clinical: str
    front_desk: str


class Operational(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An approved text for each operational topic of the taxonomy; None hands the question to staff.

    `opening_hours`, `location` and `contact` are always answered, from the fields above; a text here is added to them.
    """

    cost: str | None = None
    insurance: str | None = None
    booking: str | None = None
    opening_hours: str | None = None
    location: str | None = None
    contact: str | None = None
    referral: str | None = None
    session_length: str | None = None
    number_of_sessions: str | None = None
    preparation: str | None = None
    getting_home: str | None = None
    companion: str | None = None
    cancellation: str | None = None
    age_limits: str | None = None
    staff_credentials: str | None = None
    privacy: str | None = None


class Clinic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything the assistant may say about one clinic. `docs/clinic-profile.md` explains each field."""

    name: str
    country: str
    time_zone: str
    phone: str
    email: str
    website: str
    address: tuple[str, ...]
    hours: Week
    closed_on: tuple[datetime.date, ...]
    reply_times: ByTeam
    staff_roles: ByTeam
    crisis_lines: tuple[str, ...]
    operational: Operational


class Profile(msgspec.Struct, frozen=True):
    """A validated clinic with the help lines it names, in its order."""

    clinic: Clinic
    lines: tuple[CrisisLine, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.clinic.time_zone)

    @property
    def emergency(self) -> CrisisLine:
        return self.lines_for("emergency")[0]

    def lines_for(self, purpose: Purpose) -> tuple[CrisisLine, ...]:
        return tuple(line for line in self.lines if line.purpose == purpose)

    def is_open(self, now: datetime.datetime) -> bool:
        return is_open(self.clinic.hours, self.clinic.closed_on, self.zone, now)

    def next_opening(self, now: datetime.datetime) -> datetime.datetime | None:
        return next_opening(self.clinic.hours, self.clinic.closed_on, self.zone, now)


@cache
def load_profile(data: Path = DATA) -> Profile:
    """Read `clinic.yml` and the help lines it names. Raises ContentError naming the field and its line."""
    path = data / "clinic.yml"
    clinic, lines = read_yaml(path, Clinic)
    table = load_crisis_lines(data)
    refuse_bad_texts(path, lines, clinic)
    _refuse_bad_place(path, lines, clinic, countries(table))
    _refuse_bad_contact(path, lines, clinic)
    _refuse_bad_hours(path, lines, clinic.hours)
    return Profile(clinic=clinic, lines=_named_lines(path, lines, clinic, table))


def _refuse_bad_place(path: Path, lines: Lines, clinic: Clinic, known: list[str]) -> None:
    if clinic.country not in known:
        problem = f"has no help lines in crisis_lines.yml. Use one of {', '.join(known)}, or add lines there first."
        raise ContentError(path, line_of(lines, "country"), "country", problem)
    try:
        ZoneInfo(clinic.time_zone)
    except (ValueError, OSError, KeyError):
        problem = f'"{clinic.time_zone}" is not a known time zone. Write it like "Europe/London".'
        raise ContentError(path, line_of(lines, "time_zone"), "time_zone", problem) from None


def _refuse_bad_contact(path: Path, lines: Lines, clinic: Clinic) -> None:
    shapes = (
        ("phone", clinic.phone, r"\+?[0-9][0-9 ()-]{5,}", "is not a phone number."),
        ("email", clinic.email, r"[^@\s]+@[^@\s]+\.[^@\s]+", "is not an e-mail address."),
        ("website", clinic.website, r"https?://[^\s/]+\S*", 'is not a web address. Begin it with "https://".'),
    )
    for where, value, shape, problem in shapes:
        if not re.fullmatch(shape, value):
            raise ContentError(path, line_of(lines, where), where, f'"{value}" {problem}')
    if not clinic.address:
        raise ContentError(path, line_of(lines, "address"), "address", "is empty. Write at least one line.")


def _refuse_bad_hours(path: Path, lines: Lines, week: Week) -> None:
    for day in DAYS:
        problem = problem_of(getattr(week, day))
        if problem:
            where = f"hours.{day}[{problem[0]}]"
            raise ContentError(path, line_of(lines, where), where, problem[1])


def _named_lines(path: Path, lines: Lines, clinic: Clinic, table: CrisisLines) -> tuple[CrisisLine, ...]:
    for index, name in enumerate(clinic.crisis_lines):
        where = f"crisis_lines[{index}]"
        if name not in table:
            problem = f'"{name}" does not stand in crisis_lines.yml. Check its spelling.'
            raise ContentError(path, line_of(lines, where), where, problem)
        if table[name].country != clinic.country:
            problem = (
                f'"{name}" belongs to {table[name].country}, not to {clinic.country}. Choose one of {clinic.country}.'
            )
            raise ContentError(path, line_of(lines, where), where, problem)
    chosen = tuple(table[name] for name in clinic.crisis_lines)
    missing = _missing(chosen)
    if missing:
        problem = f"must name {missing}. Add one from crisis_lines.yml."
        raise ContentError(path, line_of(lines, "crisis_lines"), "crisis_lines", problem)
    return chosen


def _missing(chosen: tuple[CrisisLine, ...]) -> str:
    if not any(line.purpose == "emergency" and line.call and line.round_the_clock for line in chosen):
        return "an emergency number"
    support = [line for line in chosen if line.purpose == "support" and line.call]
    if not any(line.round_the_clock and line.free and line.confidential for line in support):
        return "at least one support line that is free, confidential, answers calls and is open round the clock"
    return ""
