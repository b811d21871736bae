"""The wordings of `data/telegram.yml`, checked for their placeholders and Telegram's limits, and filled in for a clinic."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from content.checks import refuse_bad_placeholders, refuse_bad_texts
from content.messages import Button
from content.profile import Profile
from content.topics import DATA
from content.yaml_lines import ContentError, Lines, line_of, read_yaml


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text and what may be tapped under it."""

    text: str
    buttons: tuple[Button, ...]


class StaffGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What staff read in their group. The two that answer a tap are at most 200 characters."""

    urgent: str
    urgent_again: str
    normal: str
    seen: str
    claimed: str
    closed: str
    seen_button: str
    thanks: str
    gone: str
    not_staff: str
    who: str


class TelegramMessages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `data/telegram.yml`. `commands` maps a command to its description in Telegram's menu."""

    start: Text
    help: Text
    privacy: Text
    urgent: Text
    waiting_already: Text
    delete_ask: Text
    delete_kept: Text
    deleted: Text
    link: Text
    or_website: str
    no_website: Text
    unclear: Text
    trouble: Text
    old_button: str
    staff_group: StaffGroup
    description: str
    short_description: str
    commands: dict[str, str]


COMMANDS = ("start", "help", "person", "urgent", "website", "privacy", "delete")
_ALERT = frozenset({"channel", "link"})
# field -> the words it must contain; a field not named here has none
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "start.text": frozenset({"clinic", "phone", "or_website", "emergency", "lines"}),
    "help.text": frozenset({"clinic", "phone", "or_website", "emergency"}),
    "privacy.text": frozenset({"phone", "or_website"}),
    "urgent.text": frozenset({"emergency", "lines", "phone"}),
    "deleted.text": frozenset({"emergency"}),
    "link.text": frozenset({"minutes", "link"}),
    "no_website.text": frozenset({"phone", "site"}),
    "trouble.text": frozenset({"phone", "emergency"}),
    "staff_group.urgent": _ALERT,
    "staff_group.urgent_again": _ALERT | {"minutes"},
    "staff_group.normal": _ALERT,
    "staff_group.seen": _ALERT,
    "staff_group.claimed": _ALERT | {"name"},
    "staff_group.closed": frozenset({"channel"}),
    "staff_group.thanks": frozenset({"name"}),
    "staff_group.not_staff": frozenset({"number"}),
    "staff_group.who": frozenset({"number", "group"}),
    "description": frozenset({"clinic", "emergency"}),
    "short_description": frozenset({"clinic"}),
}
# Telegram's limits in characters, for the text as filled in.
LONGEST = {
    "description": 512,
    "short_description": 120,
    "old_button": 200,
    "staff_group.not_staff": 200,
    "staff_group.gone": 200,
}
LONGEST_COMMAND = 256


@cache
def load_telegram_messages(data: Path = DATA) -> TelegramMessages:
    """Read every wording. Raises ContentError naming the field and its line."""
    path = data / "telegram.yml"
    messages, lines = read_yaml(path, TelegramMessages)
    refuse_bad_texts(path, lines, messages)
    for where, text in _formatted(messages):
        refuse_bad_placeholders(path, lines, where, text, PLACEHOLDERS.get(where, frozenset()))
    _refuse_bad_commands(path, lines, messages)
    return messages


def refuse_too_long(profile: Profile, data: Path = DATA) -> None:
    """Raise ContentError where a text, filled in for this clinic, is longer than Telegram takes."""
    path = data / "telegram.yml"
    messages, lines = read_yaml(path, TelegramMessages)
    values = common_values(profile, messages) | {"number": "9" * 12}
    for where, text in _formatted(messages):
        if where in LONGEST and len(text.format_map(values)) > LONGEST[where]:
            problem = f"is longer than the {LONGEST[where]} characters that Telegram takes. Shorten it."
            raise ContentError(path, line_of(lines, where), where, problem)


def common_values(profile: Profile, messages: TelegramMessages, offers_website: bool = True) -> dict[str, str]:
    """Return what any text may be filled in with: the clinic, how to reach it, and whom to call in danger.

    `offers_website`: visitors can open the bot's own address, so that a chat may continue there.
    """
    clinic = profile.clinic
    support = [line for line in profile.lines_for("support") if line.round_the_clock]
    return {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "site": clinic.website,
        "or_website": f" {messages.or_website}" if offers_website else "",
        "emergency": profile.emergency.call or profile.emergency.how,
        "lines": "\n".join(f"• {line.sentence}" for line in support),
    }


def _formatted(messages: TelegramMessages) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name in messages.__struct_fields__:
        value = getattr(messages, name)
        if isinstance(value, Text):
            found.append((f"{name}.text", value.text))
        elif isinstance(value, StaffGroup):
            found += [(f"{name}.{field}", getattr(value, field)) for field in value.__struct_fields__]
        elif isinstance(value, str):
            found.append((name, value))
    return found


def _refuse_bad_commands(path: Path, lines: Lines, messages: TelegramMessages) -> None:
    if tuple(messages.commands) != COMMANDS:
        raise ContentError(
            path, line_of(lines, "commands"), "commands", f"must be {', '.join(COMMANDS)}, in this order."
        )
    for name, description in messages.commands.items():
        if len(description) > LONGEST_COMMAND:
            problem = f"is longer than the {LONGEST_COMMAND} characters that Telegram takes. Shorten it."
            raise ContentError(path, line_of(lines, f"commands.{name}"), f"commands.{name}", problem)
