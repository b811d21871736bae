"""Tells messages that need the turn before: "and how long does that last?", "what about afterwards?"."""

from __future__ import annotations

import re

LONGEST = 9

_OPENING = re.compile(
    r"^\W*(?:and|but|so|ok|okay|then|also|what about|how about|how come|why|really|like what|such as|for how long|"
    r"how long|how soon|how often|how much|which ones?|is that|are they|does that|does it|is it|will it|can it|do they|what if)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:that|this|it|they|them|those|these|there|then|afterwards|after|before|too|else)\b", re.IGNORECASE
)
_NAMED = re.compile(r"\b(?:ketamine|treatment|therapy|session|infusion|clinic|appointment)s?\b", re.IGNORECASE)


def is_short(text: str) -> bool:
    """Return whether `text` may lean on what was said before, should it mean nothing by itself: "which ones", "water as well?"."""
    return 0 < len(text.split()) <= LONGEST


def needs_context(text: str) -> bool:
    """Return whether `text` is short, points to something said before and does not name it itself."""
    if not is_short(text) or _NAMED.search(text):
        return False
    return bool(_POINTING.search(text)) or bool(_OPENING.search(text) and len(text.split()) <= 5)
