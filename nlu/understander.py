"""Understands a message from end to end: danger, language, context, parts, decision, reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from content.encoder import Encoder
from nlu.calibration import Probabilities
from nlu.danger import Danger, DangerCheck, joined
from nlu.decision import CLINICAL, CRISIS, FOREIGN, GENERAL, SMALLTALK, STAFF, UNSURE, Choice, Decider, group_of
from nlu.followup import is_short, needs_context
from nlu.language import ENGLISH, NAMES, LanguageCheck
from nlu.parts import Weighed, weigh
from nlu.segments import parts_of
from nlu.topic_model import Prediction, TopicModel
from nlu.understanding import Understanding

RANKING_LENGTH = 5
SURE = 0.9
MOST_CLARIFIED = 2
FAINT = 0.7
"""Below this probability a short text is read together with the turn before, even if it does not point back."""
GRAVE_ALONE = 0.7
"""From this probability of clinical, danger or a person's matter on, a short text stands as it is read alone. A lower one may come
from reading the half of a question: "could it be my wife as well" after "may someone sit with me"."""
ALREADY_ANSWERED = 0.3
"""What remains of a topic's probability in a follow-up when it was answered in the turn before."""
WITNESS, DOUBT = 0.85, 1e-4
"""Exponent of each probability where a text is read alone and after the turn before: below 1, because the two readings
share their words; and the least probability that either gives, so that one alone cannot rule a topic out."""
NO_ANSWER = "staff/no_approved_answer"
MORE = "smalltalk/more"
"""What only asks for more of an answer, or doubts it: "you sure?", "in plain words". It means the topic of the turn before."""
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[\W\d_]+")


@dataclass(frozen=True)
class Understander:
    """Joins the model with the crisis check, the costs and the questions of the topics. Keeps nothing of a message.

    `questions` holds a natural question for each topic that a follow-up may refer to.
    """

    model: TopicModel
    decider: Decider
    encoder: Encoder
    danger: DangerCheck
    languages: LanguageCheck
    questions: Mapping[str, str]
    model_id: str = ""

    def understand(self, text: str, metadata: Mapping[str, Any]) -> Understanding:
        """Return what `text` is about; `metadata` holds the bot's `previous_topic` and `clarified`."""
        found = self._understand(text, str(metadata.get("previous_topic") or ""))
        if found.intent == UNSURE and int(metadata.get("clarified") or 0) >= MOST_CLARIFIED:
            return replace(found, intent=NO_ANSWER, choices=(), reason="Not understood twice in a row.")
        return found

    def _understand(self, text: str, previous: str) -> Understanding:
        parts = parts_of(text)
        seen = self.danger.look(text)
        predictions = self.model.predict([text, *parts], self.encoder)
        beliefs = [self._belief(one, seen.odds) for one in predictions]
        alone = self.decider.choose(beliefs[0])
        unclear = alone.intent == UNSURE or alone.probability < FAINT
        leans = alone.intent != MORE and (needs_context(text) or (is_short(text) and unclear))
        question = self._question_of(previous) if leans else None
        whole = self._with_context(text, beliefs[0], question, previous, seen.odds) if question else beliefs[0]
        weighed = weigh(self.decider, whole, list(zip(parts, beliefs[1:], strict=True)))
        found = self._report(whole, weighed, predictions[0])
        if question and weighed.choice.intent != alone.intent:
            found = replace(found, reason=f'{found.reason} Read together with the turn before: "{question}"')
        if found.intent == MORE and (topic := self._topic_before(previous, GENERAL, CLINICAL)):
            found = replace(found, intent=topic, reason=f"Asks for more about {topic}.")
        elif leans and _open(weighed.choice) and (topic := self._topic_before(previous, CLINICAL)):
            reason = f"Points back to {topic}."
            found = replace(found, intent=topic, reason=reason, choices=(), also=(), sure=False)
        return self._override(text, found, seen.findings)

    def _belief(self, prediction: Prediction, odds: float | None) -> Probabilities:
        """Return the topics' probabilities, given the model's `prediction` and the crisis check's `odds` of danger."""
        return joined(self.decider, self.decider.belief(prediction.shares, prediction.known), odds)

    def _question_of(self, previous: str) -> str | None:
        """Return the question of the topic answered last; an answer from the clinic's profile is of `operational`."""
        return self.questions.get(previous) or self.questions.get(_practical(previous))

    def _topic_before(self, previous: str, *groups: str) -> str:
        """Return the topic that was replied to before, "" where it is not of these `groups`."""
        topics = (topic for topic in (previous, _practical(previous)) if topic in self.decider.topics)
        return next((topic for topic in topics if group_of(topic) in groups), "")

    def _with_context(
        self, text: str, alone: Probabilities, question: str, previous: str, odds: float | None
    ) -> Probabilities:
        """Join what a short text says alone with what it says after the `question` before; what is surely grave alone stays.

        They are multiplied, as two witnesses: a topic must seem possible to both. The topic answered just now is
        asked for less often next, yet its question is half of the joined text.
        """
        if self.decider.group_probability(alone, CLINICAL, CRISIS, STAFF) >= GRAVE_ALONE:
            return alone
        together = self._belief(self.model.predict([f"{question} {text}"], self.encoder)[0], odds)
        topic = previous.partition("/")[2]
        answered = np.array([name.partition("/")[2] == topic for name in self.decider.topics])
        news = np.where(answered, ALREADY_ANSWERED * together, together)
        both = (np.maximum(alone, DOUBT) * np.maximum(news, DOUBT)) ** WITNESS
        return np.asarray(both / both.sum())

    def _report(self, belief: Probabilities, weighed: Weighed, prediction: Prediction) -> Understanding:
        choice = weighed.choice
        ranking = self.decider.ranking(belief, RANKING_LENGTH)
        return Understanding(
            intent=choice.intent,
            confidence=round(choice.probability, 4),
            ranking=ranking,
            nearest=prediction.nearest,
            reason=self._reason(belief, weighed, prediction),
            model=self.model_id,
            choices=_choices(choice.intent, ranking),
            also=weighed.also,
            sure=group_of(choice.intent) in (GENERAL, SMALLTALK) and choice.probability >= SURE and not weighed.also,
        )

    def _reason(self, belief: Probabilities, weighed: Weighed, prediction: Prediction) -> str:
        intent = weighed.choice.intent
        grave = self.decider.group_probability(belief, CLINICAL, CRISIS)
        near = f'nearest known example: "{prediction.nearest[0].text}"'
        if weighed.from_part:
            return f'Decided by this part of the message: "{weighed.from_part}".'
        if intent == UNSURE:
            return f"Not sure enough of any topic ({grave:.0%} clinical or danger); {near}."
        if group_of(intent) == FOREIGN:
            return f"Unlike anything the clinic is asked about; {near}."
        return f"{weighed.choice.probability:.0%} {intent}, {grave:.0%} clinical or danger in all; {near}."

    def _override(self, text: str, found: Understanding, dangers: Sequence[Danger]) -> Understanding:
        """Apply what no probability may overrule: danger, another language, nothing to read."""
        if dangers:
            return replace(
                found,
                intent=f"{CRISIS}/{dangers[0].kind}",
                confidence=1.0,
                reason=dangers[0].reason,
                choices=(),
                sure=False,
            )
        if len(_NOT_WORDS.sub("", text)) < 2 and found.nearest[0].text != text.strip():
            return replace(
                found,
                intent=UNSURE,
                confidence=0.0,
                reason="Holds no words to understand.",
                choices=(),
                also=(),
                sure=False,
            )
        language = self.languages.language_of(text)
        if language != ENGLISH and group_of(found.intent) != CRISIS:
            reason = f"Written in {NAMES.get(language, language)}."
            return replace(found, intent=NO_ANSWER, reason=reason, language=language, choices=(), also=(), sure=False)
        return found


def _practical(topic: str) -> str:
    """Return the same topic as one of the clinic's own, whose answers from its profile are sent as `answer`."""
    return f"operational/{topic.partition('/')[2]}"


def _open(choice: Choice) -> bool:
    """Return whether a text asks nothing surely enough to stand without what it points back to."""
    unclaimed = choice.intent == NO_ANSWER or group_of(choice.intent) not in (CLINICAL, CRISIS, STAFF)
    return unclaimed and choice.probability < SURE


def _choices(intent: str, ranking: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    if intent != UNSURE:
        return ()
    return tuple(topic for topic, share in ranking if share >= 0.05 and group_of(topic) in (GENERAL, STAFF))[:3]
