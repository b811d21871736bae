"""A visitor's or a member of staff's text as it is kept: as typed, without what could deceive or break."""

from __future__ import annotations

import unicodedata

from bot.errors import EmptyText, TextTooLong

MAX_CHARACTERS = 2000
_KEPT_CONTROLS = {"\n", "\t"}
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and marks by their category, yet nothing is seen.
_BLANKS = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """Strip control characters, lone surrogates and bidi overrides; everything else stays as typed."""
    return "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if _stays(char))


def require_text(text: str, may_be_empty: bool = False) -> str:
    """Return the cleaned text.

    Raises:
        EmptyText: nothing visible is left (unless `may_be_empty`, as with a photo).
        TextTooLong: more than `MAX_CHARACTERS` characters.
    """
    kept = clean(text)
    if not any(_is_visible(char) for char in kept):
        if may_be_empty:
            return ""
        raise EmptyText("The message is empty. Please write something first.")
    if len(kept) > MAX_CHARACTERS:
        raise TextTooLong(
            f"The message has {len(kept):,} characters; at most {MAX_CHARACTERS:,} fit. "
            "Please shorten it or send it in parts."
        )
    return kept


def _stays(char: str) -> bool:
    if char in _KEPT_CONTROLS:
        return True
    return char not in _BIDI and unicodedata.category(char) not in ("Cc", "Cs")


def _is_visible(char: str) -> bool:
    return (
        char not in _BLANKS
        and unicodedata.category(char)[0] not in "ZC"
        and unicodedata.category(char) not in ("Mn", "Me")
    )
