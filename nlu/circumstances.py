"""Who a clinical finding is about, when, and whether it is denied: cues in the words around it."""

from __future__ import annotations

import re

_RELATIONS = (
    (
        "child",
        r"(?:my|our)(?:\s[\w-]+){0,3}?\s(?:son|daughter|child|kid|boy|girl|teen(?:ager)?|baby|toddler)"
        r"|\d+[- ]?(?:year|yr|yo)[- ]?(?:old)?\s(?:son|daughter)",
    ),
    (
        "partner",
        r"(?:my|our)(?:\s[\w-]+){0,2}?\s(?:husband|hubby|wife|partner|boyfriend|girlfriend|bf|gf"
        r"|fianc[eé]e?|spouse|other half)",
    ),
    ("parent", r"(?:my|our)(?:\s[\w-]+){0,2}?\s(?:mum|mom|mam|mother|dad|father|parents?|stepdad|stepmum)"),
    ("patient", r"(?:my|a|our|the|one of my)(?:\s[\w-]+){0,2}?\s(?:patient|client|pt)|someone i (?:treat|look after)"),
    (
        "other",
        r"(?:my|a|our)(?:\s[\w-]+){0,2}?\s(?:brother|sister|friend|mate|nan|gran\w*|grandma|grandad|uncle|aunt\w*"
        r"|cousin|niece|nephew|neighbou?r|colleague|in-law|roommate|flatmate|twin|sibling)",
    ),
)
_WHO = re.compile(
    "|".join(f"(?P<{name}>\\b(?:{pattern})\\b)" for name, pattern in _RELATIONS)
    + r"|(?P<self>\b(?:i|i'm|im|i've|ive|me|my|mine|myself|am)\b)|(?P<they>\b(?:he|she|his|her|him|they|their)\b)",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:used to|was on|were on|was taking|came off|come off|went off|stopped|quit|previously|in the past"
    r"|years? ago|months? ago|back in|no longer|history of"
    r"|(?<!ve )(?<!have )(?<!has )(?<!'s )had|tried|once(?! (?:a|every|per|daily))|as a (?:kid|child"
    r"|teen\w*)|when i was|have tried|in (?:19|20)\d\d|clean since|off (?:it|them))\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if i|if (?:he|she|they|you|someone|we)"
    r"|could i|can i (?:take|have|use|mix|combine)|would i|should i (?:take|start|stop|try|switch|ask)|what if"
    r"|might (?:start|be)|may start|thinking (?:of|about)|considering|about to start|going to start"
    r"|instead of|switch to|do you (?:need|have) to)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|isn'?t|aren'?t|don'?t|dont|doesn'?t|haven'?t|hasn'?t|not on|free of"
    r"|no longer|stopped|ruled out)\b(?:\s[\w'-]+){0,4}\s*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;!?\n]+|,?\s\b(?:but|however|though)\b")


def circumstances(text: str, start: int, end: int) -> dict[str, str]:
    """Return who (self, child, partner, parent, patient, other, general), tense (now, past, hypothetical) and negated."""
    begin = max((match.end() for match in _CLAUSE.finditer(text, 0, start)), default=0)
    following = _CLAUSE.search(text, end)
    clause = text[begin : following.start() if following else len(text)]
    before = text[begin:start]
    return {
        "who": _who(text[:begin], before, text[end : following.start() if following else len(text)][:60]),
        "tense": "past" if _PAST.search(clause) else "hypothetical" if _HYPOTHETICAL.search(clause) else "now",
        "negated": "yes" if _NEGATED.search(before) else "no",
    }


def _who(earlier: str, before: str, after: str) -> str:
    """Take the nearest person named before; "he" and "she" are the last relation named."""
    for passage in (before, after):
        people = [match.lastgroup or "" for match in _WHO.finditer(passage)]
        nearest = next(iter(reversed(people) if passage is before else people), "")
        if nearest == "they":
            nearest = _last_relation(earlier + before)
        if nearest:
            return nearest
    if any(match.lastgroup == "self" for match in _WHO.finditer(earlier)):
        return "self"
    return "general"


def _last_relation(text: str) -> str:
    relations = [match.lastgroup for match in _WHO.finditer(text) if match.lastgroup not in {"self", "they"}]
    return relations[-1] or "other" if relations else "other"
