"""What the widget and the demo page show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.conversation.model import Wording


class HelpLine(Protocol):
    """A line that helps in danger; numbers as people write them, `hours` None for any time."""

    @property
    def name(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def call(self) -> str | None: ...
    @property
    def text_to(self) -> str | None: ...
    @property
    def text_word(self) -> str | None: ...
    @property
    def hours(self) -> str | None: ...
    @property
    def free(self) -> bool: ...
    @property
    def where(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...


class NotSent(Protocol):
    """What the widget says of a message that was not taken; `rate_limited` keeps the words {seconds}."""

    @property
    def too_long(self) -> str: ...
    @property
    def empty(self) -> str: ...
    @property
    def rate_limited(self) -> str: ...
    @property
    def storage(self) -> str: ...


@dataclass(frozen=True, slots=True)
class WidgetInfo:
    """The clinic's name and telephone, the first words, the crisis lines (emergency number first), and for what is not taken."""

    clinic: str
    phone: str
    welcome: Wording
    crisis_lines: Sequence[HelpLine]
    not_sent: NotSent


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the demo page says of the clinic. `hours` are (days, times) in words; `texts` the approved ones by topic."""

    name: str
    phone: str
    email: str
    address: Sequence[str]
    hours: Sequence[tuple[str, str]]
    texts: Mapping[str, str]
    emergency: str


class WebsiteContent(Protocol):
    """Gives the website its approved texts."""

    def widget(self) -> WidgetInfo: ...

    def home(self) -> HomePage: ...
