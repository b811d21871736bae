"""The fixed wordings of `data/messages.yml`, with the words that are filled in checked one by one."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

import msgspec

from content.checks import refuse_bad_placeholders, refuse_bad_texts, texts_of
from content.topics import DATA, intents, load_topics
from content.yaml_lines import ContentError, Lines, line_of, read_yaml


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A choice under a message: `label` is shown, `value` is sent as the visitor's next text."""

    label: str
    value: str


class CrisisText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole crisis message, and short forms for the turns after it."""

    first: str
    again: tuple[str, ...]


class CrisisTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One crisis message for each `crisis` topic."""

    self_harm: CrisisText
    harm_to_others: CrisisText
    medical_emergency: CrisisText
    abuse: CrisisText


class HandedOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a visitor reads when a person will answer."""

    clinical: str
    staff: str
    no_answer: str
    not_understood: str
    outage: str
    also_general: str


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When to expect an answer."""

    open: str
    later_today: str
    tomorrow: str
    this_week: str
    later: str
    unknown: str


class Waiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    added: str
    still_waiting: str


class StaffTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    joined: str
    left: str
    closed: str


class Clarify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    choices: str
    unclear: str
    out_of_scope: str
    answered_more: str
    answered_before: str


class Smalltalk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    greet: str
    thanks: str
    goodbye: str
    bot_challenge: str
    capabilities: str
    more: str
    affirm: str
    deny: str


class Attachments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    photo: str
    voice: str
    video: str
    document: str
    sticker: str
    location: str
    contact: str
    other: str


class InputTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to say to what cannot be read or taken."""

    too_long: str
    empty: str
    rate_limited: str
    storage: str
    attachments: Attachments


class Messages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `data/messages.yml`; `languages` by ISO 639-1 code, `questions` and `reasons` by `outcome/topic`."""

    welcome: str
    crisis: CrisisTexts
    handed_over: HandedOver
    when: When
    waiting: Waiting
    staff: StaffTexts
    clarify: Clarify
    smalltalk: Smalltalk
    input: InputTexts
    languages: dict[str, str]
    person_button: Button
    questions: dict[str, Button]
    reasons: dict[str, str]


QUESTION_OUTCOMES = ("answer", "operational", "clinical")
REASON_OUTCOMES = ("clinical", "crisis", "staff")
OTHER_REASONS = ("other_language", "not_understood", "while_waiting", "unclear")

# field -> the words it must contain; the nearest named parent counts, and a field named nowhere has none
PLACEHOLDERS = {
    "welcome": {"clinic", "emergency"},
    "crisis": {"emergency", "lines", "when"},
    "crisis.self_harm.again": {"emergency", "line"},
    "crisis.harm_to_others.again": {"emergency", "line"},
    "crisis.medical_emergency.first": {"emergency", "lines", "advice", "when"},
    "crisis.medical_emergency.again": {"emergency", "line"},
    "crisis.abuse.first": {"emergency", "lines", "quiet", "when"},
    "crisis.abuse.again": {"emergency", "line"},
    "handed_over": {"team", "when"},
    "handed_over.clinical": {"team", "when", "emergency"},
    "handed_over.outage": {"team", "when", "emergency"},
    "handed_over.also_general": set(),
    "when.open": {"reply_time"},
    "when.later_today": {"time", "reply_time"},
    "when.tomorrow": {"time", "reply_time"},
    "when.this_week": {"weekday", "time", "reply_time"},
    "when.later": {"date", "time", "reply_time"},
    "when.unknown": {"phone"},
    "waiting.still_waiting": {"when"},
    "staff.joined": {"name", "role"},
    "staff.left": {"when"},
    "input.too_long": {"limit"},
    "input.rate_limited": {"seconds", "emergency"},
    "input.storage": {"phone", "emergency"},
    "input.attachments": {"phone", "emergency"},
    "input.attachments.sticker": set(),
    "languages": {"emergency", "name", "number"},
}


@cache
def load_messages(data: Path = DATA) -> Messages:
    """Read every wording. Raises ContentError naming the field and its line."""
    path = data / "messages.yml"
    messages, lines = read_yaml(path, Messages)
    refuse_bad_texts(path, lines, messages)
    for where, text in texts_of(messages):
        refuse_bad_placeholders(path, lines, where, text, _needed(where))
    _refuse_wrong_keys(path, lines, "questions", messages.questions, _intents(QUESTION_OUTCOMES, data))
    _refuse_wrong_keys(path, lines, "reasons", messages.reasons, [*_intents(REASON_OUTCOMES, data), *OTHER_REASONS])
    for kind in messages.crisis.__struct_fields__:
        if not getattr(messages.crisis, kind).again:
            where = f"crisis.{kind}.again"
            raise ContentError(path, line_of(lines, where), where, "is empty. Write at least one short second form.")
    return messages


def _needed(where: str) -> frozenset[str]:
    while where:
        if where in PLACEHOLDERS:
            return frozenset(PLACEHOLDERS[where])
        where = where[:-1].rpartition("[")[0] if where.endswith("]") else where.rpartition(".")[0]
    return frozenset()


def _intents(outcomes: tuple[str, ...], data: Path) -> list[str]:
    return [intent for intent in intents(load_topics(data)) if intent.split("/")[0] in outcomes]


def _refuse_wrong_keys(path: Path, lines: Lines, field: str, table: Collection[str], known: list[str]) -> None:
    for key in table:
        if key not in known:
            where = f"{field}.{key}"
            raise ContentError(path, line_of(lines, where), where, "does not belong here. Check its spelling.")
    for key in known:
        if key not in table:
            raise ContentError(path, line_of(lines, field), field, f"{key} is missing. Add it.")
