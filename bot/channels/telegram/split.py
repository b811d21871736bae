"""Splits a long text where a reader would pause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

MAX_TEXT = 4096
"""The longest message Telegram takes, in UTF-16 code units."""

# From the best place to end a part to the worst.
_PAUSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\n\s*\n",  # paragraph
        r"(?<=[.!?…。！？।؟])[\"'”’)\]]*\s+",  # sentence
        r"\n",  # line
        r"(?<=[,;:،、])\s+",  # clause
        r"\s+",  # word
    )
)


def utf16(text: str) -> int:
    """Return the length in UTF-16 code units, as Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int = MAX_TEXT, measure: Callable[[str], int] = utf16) -> list[str]:
    """Return `text` in parts of at most `limit`, ended at sentences where possible; joined they hold every word."""
    return [part for part in _parts(text.strip(), limit, measure) if part]


def _parts(text: str, limit: int, measure: Callable[[str], int]) -> Iterator[str]:
    while measure(text) > limit:
        head = _fitting(text, limit, measure)
        cut = _cut(head, text[len(head) :])
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    yield text


def _fitting(text: str, limit: int, measure: Callable[[str], int]) -> str:
    head = text[:limit]
    while measure(head) > limit:
        head = head[: len(head) - max(1, (measure(head) - limit) // 2)]
    return head


def _cut(head: str, rest: str) -> int:
    """Return where to end the first part: no earlier than a third of what fits, so that parts do not become crumbs."""
    blanks = rest[: len(rest) - len(rest.lstrip())]
    for pause in _PAUSES:
        ends = [match.end() for match in pause.finditer(head + blanks) if match.start() >= len(head) // 3]
        if ends:
            return ends[-1]
    return len(head) - (1 if len(head) > 1 and head[-1] == "\u200d" else 0)
