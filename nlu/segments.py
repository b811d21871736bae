"""Cuts a message into the parts that may ask different things: sentences, lines and joined questions."""

from __future__ import annotations

import re

from nlu.followup import needs_context

LONGEST = 16
"""Parts looked at, at most; a longer text's sentences are joined so that none is left out."""
FEWEST_WORDS = 2

_ASKS = (
    r"(?:(?:till|until|from|by|for|at|after|in|on|with|to|about|roughly|exactly) )?"
    r"(?:what|whats|wat|wot|how|hows|when|whens|wen|where|wheres|who|whos|whose|which|why|whether)"
    r"|is|are|am|do|does|did|can|could|cld|will|would|wd|wud|should|shd|may|might|r u|explain|tell me|let me know"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\s]+|\n+|;\s+|\s+[-–—]+\s+|(?<=\s)\d\)\s+")
_JOINED_QUESTION = re.compile(
    rf",?\s+(?:oh )?(?:and|also|but|plus|or|then|n|&|\+)\s+(?:(?:also|then|oh)\s+)?(?=(?:{_ASKS}|if|my|i|im|ive|i'm|i've)\b)",
    re.IGNORECASE,
)
_AFTER_A_COMMA = re.compile(rf",\s*(?=(?:{_ASKS})\b)", re.IGNORECASE)
_QUESTION = re.compile(
    rf"\?|^\W*(?:and |but |also |so |ok |hi |hello )*(?:{_ASKS}|any|has|have you)\b"
    r"|\b(?:is|would|will|does) (?:that|this|it) (?:be |still )?(?:ok|okay|alright|all right|fine|safe|matter|a problem)\W*$",
    re.IGNORECASE,
)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the parts of `text`; empty where it has fewer than two."""
    sentences = [part.strip() for part in _SENTENCE.split(text)]
    parts = [clause.strip() for sentence in sentences for clause in _clauses(sentence)]
    parts = [part for part in parts if len(part.split()) >= FEWEST_WORDS or part.endswith("?")]
    return tuple(_joined(parts)) if len(parts) > 1 else ()


def is_question(part: str) -> bool:
    """Return whether `part` asks something."""
    return bool(_QUESTION.search(part))


def _clauses(sentence: str) -> list[str]:
    """Split "what does it cost and can I bring my wife", "where are you, is there parking"; both sides must stand alone."""
    clauses = [part for clause in _JOINED_QUESTION.split(sentence) for part in _at_commas(clause)]
    return clauses if all(map(_stands_alone, clauses)) else [sentence]


def _at_commas(clause: str) -> list[str]:
    """Split at commas before a question, unless it points back to what stands before: "flashbacks, do they get less"."""
    first, *rest = _AFTER_A_COMMA.split(clause)
    parts = [first]
    for part in rest:
        if needs_context(part):
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    return parts


def _stands_alone(clause: str) -> bool:
    words = len(clause.split())
    return words > FEWEST_WORDS or (words == FEWEST_WORDS and is_question(clause))


def _joined(parts: list[str]) -> list[str]:
    size = -(-len(parts) // LONGEST)
    return [" ".join(parts[start : start + size]) for start in range(0, len(parts), size)]
