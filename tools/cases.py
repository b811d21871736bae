"""Evaluation cases: one JSON object a line, `{"id", "text", "outcome", "topic", "also_ok", "must_not"}`; only `text` is required.

Three more fields are ours: `slice` groups cases in the report, `before` holds the visitor's earlier messages, `parts` what a
message asks that asks several things: an "outcome:topic" each, or several that fit equally, joined by "|".
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from content.topics import intents, load_topics

OUTCOMES = ("answer", "operational", "crisis", "clinical", "staff", "clarify", "smalltalk")


class Case(msgspec.Struct, frozen=True):
    """One message and what should come of it. `also_ok` holds "outcome:topic" or "outcome"."""

    text: str
    id: str = ""
    outcome: str = ""
    topic: str = ""
    also_ok: tuple[str, ...] = ()
    must_not: str = ""
    slice: str = ""
    before: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class CasesError(Exception):
    """A case file cannot be used; the text names file, line and field."""


def read_cases(paths: list[Path]) -> list[Case]:
    """Read every case of `paths`; a case without an id gets "<file>-<line>". Raises CasesError."""
    cases: list[Case] = []
    seen: set[str] = set()
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CasesError(f"{path} cannot be read: {error}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                case = _read(line, f"{path}, line {number}", f"{path.stem}-{number}")
                if case.id in seen:
                    raise CasesError(f"{path}, line {number}: the id {case.id!r} is used twice.")
                seen.add(case.id)
                cases.append(case)
    if not cases:
        raise CasesError(f"{', '.join(map(str, paths)) or 'No file'}: no cases found.")
    return cases


def _read(line: str, where: str, default_id: str) -> Case:
    try:
        raw = msgspec.json.decode(line)
        if isinstance(raw, dict):
            raw = {key: value for key, value in raw.items() if value is not None}
            raw["id"] = str(raw.get("id") or default_id)
        case = msgspec.convert(raw, Case)
    except msgspec.MsgspecError as error:
        raise CasesError(f"{where}: {error}") from error
    if not case.text.strip():
        raise CasesError(f"{where}: `text` is empty.")
    if case.outcome and case.outcome not in OUTCOMES:
        raise CasesError(f"{where}: the outcome {case.outcome!r} is none of {', '.join(OUTCOMES)}.")
    _refuse_unknown_parts(case, where)
    known = {topic for topics in load_topics().values() for topic in topics}
    if case.topic and case.topic not in known:
        raise CasesError(f"{where}: the topic {case.topic!r} does not stand in data/topics.yml.")
    return case


def _refuse_unknown_parts(case: Case, where: str) -> None:
    known = {intent.replace("/", ":") for intent in intents(load_topics())}
    for one in (one for part in case.parts for one in part.split("|")):
        if one not in known:
            raise CasesError(
                f'{where}: the part {one!r} is no topic of data/topics.yml. Write it like "operational:cost".'
            )
