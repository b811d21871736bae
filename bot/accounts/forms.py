"""Reading what a person typed into a form: names shown to visitors must be short and hold nothing invisible."""

from __future__ import annotations

import re
import unicodedata

from bot.accounts.errors import FormRefused

NAME_LENGTH = 60
ROLE_LENGTH = 40
EMAIL_LENGTH = 254

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
# Control, format (bidi overrides, zero-width) and private characters: never part of a name.
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}


def line(text: str, what: str, field: str, limit: int) -> str:
    """Return one line of text, trimmed and without invisible characters.

    Raises:
        FormRefused: empty, or longer than `limit` characters.
    """
    visible = "".join(
        " " if ch.isspace() else ch for ch in text if ch.isspace() or unicodedata.category(ch) not in _INVISIBLE
    )
    cleaned = " ".join(visible.split())
    if not cleaned:
        raise FormRefused(f"Please fill in {what}.", field)
    if len(cleaned) > limit:
        raise FormRefused(f"Please shorten {what} to at most {limit} characters.", field)
    return cleaned


def name(text: str) -> str:
    return line(text, "the name", "name", NAME_LENGTH)


def role(text: str) -> str:
    return line(text, "the role", "role", ROLE_LENGTH)


def email(text: str) -> str:
    """Return the address in one spelling (lower case), so that it is found again however it is typed."""
    address = line(text, "the e-mail address", "email", EMAIL_LENGTH).lower()
    if not _EMAIL.fullmatch(address):
        raise FormRefused("That does not look like an e-mail address, such as nia@clinic.example.", "email")
    return address
