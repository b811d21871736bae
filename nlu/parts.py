"""Weighs a message against its parts: what is grave in any part is grave for the whole; general parts are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.calibration import Probabilities
from nlu.decision import CLINICAL, CRISIS, GENERAL, UNSURE, Choice, Decider, group_of
from nlu.segments import is_question

PART_SURE = 0.8
"""How probable it must be that a part is clinical or dangerous to count beside the whole."""
QUESTION_SURE = 0.7
"""How probable the topic of a general question must be to be answered besides. Of 793 in messages of several, 84.4% were
answered from 0.8 on, with 6 answers nobody had asked for, 86.3% and 12 from 0.7 on, 87.3% and 16 from 0.6 on."""
STATEMENT_SURE = 0.5
"""How probable "clinical" must be for the whole before a statement (no question) may make it clinical: stories about
an illness often end in a general question."""
OWN_HEALTH = tuple(
    f"{CLINICAL}/{topic}" for topic in ("condition", "medication", "pregnancy", "substance_use", "symptom_now")
)
"""Clinical topics that a statement may raise beside a practical question: "is there parking, I have a pacemaker"."""
MOST_ALSO = 2
GRAVE_DOUBT = 0.2
"""How probable it must be that an unsure part is clinical or dangerous for no other part to be answered where the whole is unsure."""


@dataclass(frozen=True)
class Weighed:
    """The choice for the whole message, with the other general topics its parts surely ask about."""

    choice: Choice
    also: tuple[str, ...] = ()
    from_part: str = ""


def weigh(decider: Decider, whole: Probabilities, parts: Sequence[tuple[str, Probabilities]]) -> Weighed:
    """Choose for the `whole` message, given its parts' texts and topic probabilities."""
    choice = decider.choose(whole)
    sure = [(text, found) for text, belief in parts if (found := _sure(decider, belief))]
    for group in (CRISIS, CLINICAL):
        for text, found in sure:
            grave = group_of(found.intent) == group and group_of(choice.intent) not in (CRISIS, group)
            likely = decider.group_probability(whole, group) >= STATEMENT_SURE
            if grave and (likely or is_question(text) or _beside_the_practical(choice.intent, found.intent)):
                return Weighed(found, _general(sure, found.intent), text)
    if group_of(choice.intent) == GENERAL or choice.intent == UNSURE:
        general = _general(sure, choice.intent)
        if choice.intent == UNSURE and general and not _may_be_grave(decider, parts):
            first = next((text, found) for text, found in sure if found.intent == general[0])
            return Weighed(first[1], general[1:], first[0])
        return Weighed(choice, general if choice.intent != UNSURE else ())
    return Weighed(choice, _general(sure, choice.intent))


def _sure(decider: Decider, belief: Probabilities) -> Choice | None:
    choice = decider.choose(belief)
    group = group_of(choice.intent)
    if choice.intent == UNSURE:
        return None
    probability = decider.group_probability(belief, group) if group in (CRISIS, CLINICAL) else choice.probability
    return choice if probability >= (QUESTION_SURE if group == GENERAL else PART_SURE) else None


def _may_be_grave(decider: Decider, parts: Sequence[tuple[str, Probabilities]]) -> bool:
    """Return whether a part of which nothing is sure may well need a person: "can someone tell me what ALT 96 means"."""
    return any(
        decider.group_probability(belief, CLINICAL, CRISIS) >= GRAVE_DOUBT and _sure(decider, belief) is None
        for _, belief in parts
    )


def _beside_the_practical(asked: str, stated: str) -> bool:
    return asked.startswith("operational/") and stated in OWN_HEALTH


def _general(sure: Sequence[tuple[str, Choice]], but: str) -> tuple[str, ...]:
    topics = dict.fromkeys(
        found.intent for _, found in sure if group_of(found.intent) == GENERAL and found.intent != but
    )
    return tuple(topics)[:MOST_ALSO]
