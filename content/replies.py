"""Composes what visitors read from the approved wordings, the profile and its help lines. Time is passed in."""

from __future__ import annotations

import datetime
import re
from functools import cache
from pathlib import Path

import msgspec

from content.crisis_lines import CrisisLine
from content.hours import clock_text, date_text
from content.messages import Button, CrisisText, Messages, load_messages
from content.profile import Profile, load_profile
from content.topics import DATA, load_topics

SUPPORT_LINES_SHOWN = 3
DAYS_NAMED_BY_WEEKDAY = 7
WELCOME_QUESTIONS = ("answer/what_is_it", "answer/what_it_feels_like", "operational/cost")
CLINICAL_OUTCOMES = ("clinical", "crisis")


class Wording(msgspec.Struct, frozen=True):
    """An approved text with its buttons."""

    text: str
    buttons: tuple[Button, ...] = ()


class NotSent(msgspec.Struct, frozen=True):
    """Why a message was not taken. `rate_limited` keeps the words {seconds}: only the refusal knows how many."""

    too_long: str
    empty: str
    rate_limited: str
    storage: str


class Replies:
    """The approved wordings of one clinic, filled in. Stateless; safe to share between threads."""

    def __init__(self, profile: Profile, messages: Messages, data: Path = DATA) -> None:
        self.profile, self.messages = profile, messages
        taxonomy = load_topics(data)
        self._clinical = frozenset(topic for outcome in CLINICAL_OUTCOMES for topic in taxonomy[outcome])

    def welcome(self) -> Wording:
        """Say what this is: an automated assistant, not a person, not for emergencies, a person one click away."""
        text = self.messages.welcome.format(clinic=self.profile.clinic.name, emergency=self._emergency)
        return Wording(text, (*(self.question(intent) for intent in WELCOME_QUESTIONS), self.person_button))

    def crisis(self, kind: str, now: datetime.datetime, again: int = 0) -> Wording:
        """Return the crisis message for a `crisis` topic, with when a person will read what was written.

        `again` counts the crisis messages shown a moment ago: 0 gives the whole message, 1 and
        more the short second forms in turn, so that nobody in distress reads the same words on every turn.
        """
        template: CrisisText = getattr(self.messages.crisis, kind)
        if again:
            short = template.again[(again - 1) % len(template.again)]
            return Wording(short.format(emergency=self._emergency, line=self._first_line(kind).sentence))
        lines = _listed(self._shown_lines(kind))
        text = template.first.format(
            emergency=self._emergency, lines=lines, advice=self._advice(), quiet=self._quiet(), when=self.when(now)
        )
        return Wording(re.sub(r"\n{3,}", "\n\n", text))

    def handed_over(self, kind: str, now: datetime.datetime) -> Wording:
        """Say that a person will answer and when. `kind` is the handoff's topic: "medication", "cost", ..."""
        texts = self.messages.handed_over
        if kind == "outage":
            return self.outage(now)
        if kind in self._clinical:
            return Wording(self._handed_over(texts.clinical, "clinical", now))
        template = texts.staff if kind == "talk_to_human" else texts.no_answer
        return Wording(self._handed_over(template, "front_desk", now))

    def not_understood(self, now: datetime.datetime) -> Wording:
        """Say that a person takes over, because two clarifying questions in a row did not help."""
        return Wording(self._handed_over(self.messages.handed_over.not_understood, "front_desk", now))

    def outage(self, now: datetime.datetime) -> Wording:
        """Say that the assistant cannot answer just now and that a person will."""
        return Wording(self._handed_over(self.messages.handed_over.outage, "front_desk", now))

    def waiting_added(self) -> Wording:
        return Wording(self.messages.waiting.added)

    def still_waiting(self, now: datetime.datetime) -> Wording:
        return Wording(self.messages.waiting.still_waiting.format(when=self.when(now)))

    def attachment(self, kind: str) -> Wording:
        """Answer something that is not text; an unknown `kind` gets the general sentence."""
        attachments = self.messages.input.attachments
        text: str = getattr(attachments, kind, attachments.other)
        return Wording(text.format(phone=self.profile.clinic.phone, emergency=self._emergency))

    def not_sent(self, limit: int) -> NotSent:
        """Return what to say to a message that was not taken; at most `limit` characters are."""
        texts, emergency = self.messages.input, self._emergency
        return NotSent(
            too_long=texts.too_long.format(limit=f"{limit:,}"),
            empty=texts.empty,
            rate_limited=texts.rate_limited.format(seconds="{seconds}", emergency=emergency),
            storage=texts.storage.format(phone=self.profile.clinic.phone, emergency=emergency),
        )

    def staff_joined(self, name: str, role: str) -> Wording:
        return Wording(self.messages.staff.joined.format(name=name, role=role))

    def staff_left(self, now: datetime.datetime) -> Wording:
        return Wording(self.messages.staff.left.format(when=self.when(now)))

    def closed(self) -> Wording:
        return Wording(self.messages.staff.closed, (self.person_button,))

    def other_language(self, code: str, now: datetime.datetime) -> Wording:
        """Return the handed-over text, led by a sentence in the language `code` (ISO 639-1) where there is one."""
        english = self.handed_over("talk_to_human", now).text
        template = self.messages.languages.get(code)
        if template is None:
            return Wording(english)
        line = self._first_line("self_harm")
        return Wording(f"{template.format(emergency=self._emergency, name=line.name, number=line.call)}\n\n{english}")

    def question(self, intent: str) -> Button:
        """Return the button that asks the natural question of an `outcome/topic`."""
        return self.messages.questions[intent]

    @property
    def person_button(self) -> Button:
        return self.messages.person_button

    def when(self, now: datetime.datetime, team: str = "front_desk") -> str:
        """Return one sentence on when to expect an answer from `team` ("front_desk" or "clinical") at `now`."""
        texts, reply_time = self.messages.when, str(getattr(self.profile.clinic.reply_times, team))
        if self.profile.is_open(now):
            return texts.open.format(reply_time=reply_time)
        opens = self.profile.next_opening(now)
        if opens is None:
            return texts.unknown.format(phone=self.profile.clinic.phone)
        days = (opens.date() - now.astimezone(self.profile.zone).date()).days
        template = (texts.later_today, texts.tomorrow)[days] if days < 2 else texts.later
        if 1 < days < DAYS_NAMED_BY_WEEKDAY:
            template = texts.this_week
        clock = clock_text(opens.hour * 60 + opens.minute)
        return template.format(time=clock, weekday=f"{opens:%A}", date=date_text(opens.date()), reply_time=reply_time)

    def _handed_over(self, template: str, team: str, now: datetime.datetime) -> str:
        role = getattr(self.profile.clinic.staff_roles, team)
        return template.format(team=role, when=self.when(now, team), emergency=self._emergency)

    @property
    def _emergency(self) -> str:
        return str(self.profile.emergency.call)

    def _quiet(self) -> str:
        quiet = self.profile.emergency.quiet
        return f" {quiet}" if quiet else ""

    def _advice(self) -> str:
        lines = self.profile.lines_for("medical_advice")
        return f"\nIf it is not an emergency but cannot wait:\n{_listed(lines)}\n" if lines else ""

    def _shown_lines(self, kind: str) -> tuple[CrisisLine, ...]:
        support = sorted(self.profile.lines_for("support"), key=lambda line: not _answers_anyone(line))
        if kind == "medical_emergency":  # where one number does both, it is shown once, for medical advice
            advice = {line.call for line in self.profile.lines_for("medical_advice")}
            support = [line for line in support if not line.call or line.call not in advice]
        abuse = self.profile.lines_for("abuse") if kind == "abuse" else ()
        return (*abuse, *support[:SUPPORT_LINES_SHOWN])

    def _first_line(self, kind: str) -> CrisisLine:
        return self._shown_lines(kind)[0]


def _answers_anyone(line: CrisisLine) -> bool:
    return bool(line.call and line.free and line.confidential and line.round_the_clock)


def _listed(lines: tuple[CrisisLine, ...]) -> str:
    return "\n".join(f"• {line.sentence}" for line in lines)


@cache
def load_replies(data: Path = DATA) -> Replies:
    """Read the profile and the wordings. Raises ContentError."""
    return Replies(load_profile(data), load_messages(data), data)
