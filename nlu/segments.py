"""Cuts a message into the parts that may ask different things: sentences, lines and joined questions."""

from __future__ import annotations

import re

LONGEST = 16
"""Parts looked at, at most; a longer text's sentences are joined so that none is left out."""
FEWEST_WORDS = 2

_SENTENCE = re.compile(r"(?<=[.!?])[\s]+|\n+|;\s+")
_JOINED_QUESTION = re.compile(
    r",?\s+(?:and|also|but|plus|or)\s+(?:also\s+)?"
    r"(?=(?:what|how|when|where|who|which|why|is|are|am|do|does|did|can|could|will|would|should|if|my|i|im|ive)\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\?|^\W*(?:and |but |also |so |ok |hi |hello )*(?:what|how|when|where|who|which|why|is|are|am|do|does|did|can|could"
    r"|will|would|should|any|may|has|have you)\b"
    r"|\b(?:is|would|will|does) (?:that|this|it) (?:be |still )?(?:ok|okay|alright|all right|fine|safe|matter|a problem)\W*$",
    re.IGNORECASE,
)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the parts of `text`; empty where it has fewer than two."""
    sentences = [part.strip() for part in _SENTENCE.split(text)]
    parts = [clause.strip() for sentence in sentences for clause in _clauses(sentence)]
    parts = [part for part in parts if len(part.split()) >= FEWEST_WORDS]
    return tuple(_joined(parts)) if len(parts) > 1 else ()


def is_question(part: str) -> bool:
    """Return whether `part` asks something."""
    return bool(_QUESTION.search(part))


def _clauses(sentence: str) -> list[str]:
    """Split "what does it cost and can I bring my wife" where both sides are long enough to stand alone."""
    clauses = _JOINED_QUESTION.split(sentence)
    return clauses if all(len(clause.split()) >= 3 for clause in clauses) else [sentence]


def _joined(parts: list[str]) -> list[str]:
    size = -(-len(parts) // LONGEST)
    return [" ".join(parts[start : start + size]) for start in range(0, len(parts), size)]
