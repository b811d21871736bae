"""The approved content as the bot's parts need it: fixed wordings, the crisis check, the widget's texts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot.channels.website.ports import HomePage, WidgetInfo
from bot.conversation.model import Button, Entity, HandoffMark, Outcome, Reply, Understanding, Urgency, Wording
from bot.conversation.text import MAX_CHARACTERS
from bot.errors import SetupError
from content.crisis import CrisisMatcher, Finding
from content.hours import week_lines
from content.profile import Profile
from content.replies import Replies as Composed
from content.replies import Wording as Composition
from content.replies import load_replies
from content.telegram_texts import TelegramMessages, common_values, load_telegram_messages, refuse_too_long
from content.yaml_lines import ContentError

log = structlog.get_logger(__name__)
WEBSITE, TELEGRAM = "website", "telegram"


class Approved:
    """Fills the Protocols `Replies`, `CrisisCheck` and `WebsiteContent` from the content files."""

    def __init__(
        self, replies: Composed, matcher: CrisisMatcher, telegram: TelegramMessages, offers_website: bool = True
    ) -> None:
        self._replies = replies
        self._matcher = matcher
        self.telegram = telegram
        self._offers_website = offers_website

    @classmethod
    def load(cls, content_dir: Path, offers_website: bool = True) -> Approved:
        """Read and check the content files; see `TelegramTexts` for `offers_website`.

        Raises:
            SetupError: naming the file, the line and the field that is wrong.
        """
        try:
            replies = load_replies(content_dir)
            telegram = load_telegram_messages(content_dir)
            refuse_too_long(replies.profile, content_dir)
            return cls(replies, CrisisMatcher.load(content_dir), telegram, offers_website)
        except ContentError as error:
            raise SetupError(str(error)) from error

    @property
    def profile(self) -> Profile:
        return self._replies.profile

    # Replies

    def welcome(self, channel: str) -> Wording:
        if channel != TELEGRAM:
            return _wording(self._replies.welcome())
        start = self.telegram.start
        values = common_values(self.profile, self.telegram, self._offers_website)
        return _wording(Composition(start.text.format_map(values), start.buttons))

    def crisis(self, kind: str, now: datetime, again: int) -> Wording:
        return _wording(self._replies.crisis(kind, now, again))

    def handed_over(self, kind: str, now: datetime) -> Wording:
        return _wording(self._replies.handed_over(kind, now))

    def outage(self, now: datetime) -> Wording:
        return _wording(self._replies.outage(now))

    def waiting_added(self) -> Wording:
        return _wording(self._replies.waiting_added())

    def attachment(self, kind: str) -> Wording:
        return _wording(self._replies.attachment(kind))

    def staff_joined(self, name: str, role: str) -> Wording:
        return _wording(self._replies.staff_joined(name, role))

    def staff_left(self, now: datetime) -> Wording:
        return _wording(self._replies.staff_left(now))

    def closed(self) -> Wording:
        return _wording(self._replies.closed())

    # CrisisCheck

    def check(self, text: str, *, thorough: bool = True) -> Reply | None:
        """Return the crisis reply for the most serious sign of danger in `text`, None where there is none.

        Not `thorough`: by the rules alone.
        """
        findings = self._findings(text, thorough)
        if not findings:
            return None
        worst = findings[0]
        entities = tuple(
            Entity(f"danger_{one.kind}", text[one.start : one.end], one.start, one.end, one.pattern_id)
            for one in findings
        )
        wording = self.crisis(worst.kind, datetime.now(UTC), again=0)
        return Reply(
            text=wording.text,
            outcome=Outcome.CRISIS,
            topic=worst.kind,
            buttons=wording.buttons,
            handoff=HandoffMark(worst.kind, worst.reason, Urgency.URGENT),
            understanding=Understanding(confidence=1.0, entities=entities, reason=worst.reason, model="crisis check"),
        )

    def _findings(self, text: str, thorough: bool) -> tuple[Finding, ...]:
        if thorough:
            try:
                return self._matcher.find(text)
            except Exception:  # a defect of the readers must not cost the message, nor the rules
                log.exception("the crisis check read a message by its rules alone")
        return self._matcher.find_by_rules(text)

    # WebsiteContent

    def widget(self) -> WidgetInfo:
        clinic = self.profile.clinic
        not_sent = self._replies.not_sent(MAX_CHARACTERS)
        return WidgetInfo(clinic.name, clinic.phone, self.welcome(WEBSITE), self.profile.lines, not_sent)

    def home(self) -> HomePage:
        clinic = self.profile.clinic
        hours = tuple((days, times) for days, _, times in (line.partition(": ") for line in week_lines(clinic.hours)))
        texts = {
            name: text for name in clinic.operational.__struct_fields__ if (text := getattr(clinic.operational, name))
        }
        emergency = str(self.profile.emergency.call)
        return HomePage(clinic.name, clinic.phone, clinic.email, clinic.address, hours, texts, emergency)


def _wording(composed: Composition) -> Wording:
    buttons = tuple(Button(button.label, button.value) for button in composed.buttons)
    return Wording(composed.text, buttons)
