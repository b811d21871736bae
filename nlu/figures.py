"""Doses, measurements, routes, durations and frequencies: written with figures, so read with regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_NUMBER = r"(?:\d+(?:[.,]\d+)?|half|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty)"
_UNIT = r"(?:mgs?|mcg|micrograms?|µg|ug|milligrams?|grams?|g|mls?|units?|iu)"
_SOLID = r"(?:tablets?|pills?|capsules?|tabs?|lozenges?|troches?|sprays?|puffs?|doses?|patch(?:es)?|drops?)"
_SPAN = r"(?:minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|wks?|months?|mths?|years?|yrs?|decades?)"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?<![\w.])(?:{pattern})(?!\w)", re.IGNORECASE))
    for kind, pattern in (
        ("dose", rf"\d+(?:[.,]\d+)?\s?{_UNIT}(?:\s?/\s?(?:kg|ml|hour|hr|day|kilo))?(?:\s(?:per|a)\s(?:kg|kilo))?"),
        ("dose", rf"(?:half(?:\sof)?\s(?:a|an|my)|{_NUMBER}(?:\sand\sa\shalf)?)\s(?:\w+\s)?{_SOLID}"),
        ("measurement", r"(?:bp|blood pressure)\D{0,25}\d{2,3}\s?(?:/|over)\s?\d{2,3}"),
        ("measurement", r"\d{2,3}\s?(?:/|over)\s?\d{2,3}(?=\s?(?:mmhg|bp|blood pressure))"),
        ("measurement", r"(?:bmi|heart rate|pulse|resting hr|hba1c|qtc|egfr|tsh)\D{0,15}\d+(?:[.,]\d+)?"),
        ("measurement", r"\d+(?:[.,]\d+)?\s?(?:kg|kilos?|stone|lbs?|pounds|bpm|mmhg|mmol(?:/l)?)"),
        (
            "route",
            # "iv" and "im" are how many people write "I've" and "I'm".
            r"(?-i:IV|IM)|i[vm](?= (?:ketamine|infusion|drip|injection|shot|route))"
            r"|intravenous(?:ly)?|intramuscular|infusions?|drip|nasal(?: spray)?|intranasal"
            r"|lozenges?|troches?|oral(?:ly)?|sublingual|under the tongue|injections?",
        ),
        (
            "frequency",
            rf"(?:once|twice|{_NUMBER}\stimes)\s(?:a|per|every|each)\s(?:day|night|week|month)"
            rf"|(?:every|each)\s(?:other\s)?(?:day|night|morning|evening|week|month|{_NUMBER}\s{_SPAN})"
            r"|daily|nightly|weekly|monthly|fortnightly|bd|tds|prn|at night",
        ),
        (
            "duration",
            rf"(?:for|since|over|about|past|last)\s(?:about\s|the\s(?:past|last)\s|nearly\s"
            rf"|over\s)?(?:{_NUMBER}|a few|several|many|some)\s{_SPAN}"
            rf"|{_NUMBER}\s{_SPAN}\s(?:ago|clean|sober)",
        ),
    )
)


class Figure(NamedTuple):
    """A piece of a text: `start`/`end` are offsets, `kind` is one of dose, measurement, route, frequency, duration."""

    kind: str
    start: int
    end: int


def figures(text: str) -> Iterator[Figure]:
    """Yield what is found; what overlaps an earlier kind of the list is left out."""
    taken: list[Figure] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < other.end and other.start < end for other in taken):
                taken.append(Figure(kind, start, end))
    yield from sorted(taken, key=lambda figure: figure.start)
