"""The help lines of `data/crisis_lines.yml`: whom to call or text when someone is in danger, country by country."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from content.checks import refuse_bad_texts
from content.topics import DATA
from content.yaml_lines import ContentError, line_of, read_table

Purpose = Literal["emergency", "support", "abuse", "medical_advice"]


class CrisisLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One help line. `call` and `text_to` are numbers as people write them; `text_word` is the word to send.

    `hours` is None for a line that answers round the clock. `where` names the part of the country that it serves.
    `quiet` says how to be heard by an emergency number without speaking.
    `checked_on` is the day the number was last compared with `source`, the organisation's own site.
    """

    country: str
    name: str
    purpose: Purpose
    free: bool
    confidential: bool
    source: str
    checked_on: datetime.date
    call: str | None = None
    text_to: str | None = None
    text_word: str | None = None
    hours: str | None = None
    where: str | None = None
    note: str | None = None
    quiet: str | None = None

    @property
    def round_the_clock(self) -> bool:
        return self.hours is None

    @property
    def how(self) -> str:
        """Return how to reach it: "call 116 123", "text SHOUT to 85258", "call or text 988"."""
        if self.call and self.call == self.text_to and not self.text_word:
            return f"call or text {self.call}"
        call = f"call {self.call}" if self.call else ""
        word = f"{self.text_word} to " if self.text_word else ""
        text = f"text {word}{self.text_to}" if self.text_to else ""
        return " or ".join(part for part in (call, text) if part)

    @property
    def sentence(self) -> str:
        """Return the line as one line of text: name, how to reach it, and what it costs and promises."""
        qualities = [word for word, holds in (("free", self.free), ("confidential", self.confidential)) if holds]
        qualities += [self.hours or "at any time", *([f"in {self.where}"] if self.where else [])]
        note = f" {self.note}" if self.note else ""
        return f"{self.name}: {self.how} ({', '.join(qualities)}).{note}"


CrisisLines = dict[str, CrisisLine]


@cache
def load_crisis_lines(data: Path = DATA) -> CrisisLines:
    """Return id -> CrisisLine, in the file's order. Raises ContentError."""
    path = data / "crisis_lines.yml"
    table, lines = read_table(path, CrisisLine)
    refuse_bad_texts(path, lines, table)
    for name, entry in table.items():
        if not entry.how:
            raise ContentError(path, line_of(lines, name), name, "has neither `call` nor `text_to`. Give a number.")
    return table


def countries(table: CrisisLines) -> list[str]:
    """Return the countries that have lines, in the file's order."""
    return list(dict.fromkeys(line.country for line in table.values()))
