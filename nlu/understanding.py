"""Understands one message: topic, decision, neighbours and the reason, from the trained model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from nlu.decision import CLARIFY, GENERAL, UNSURE, Choice, Decider
from nlu.encoder import SentenceEncoder
from nlu.topic_model import Neighbour, Prediction, TopicModel

RANKING_LENGTH = 5
SURE = 0.8
"""A general question this probable is answered even while a person's reply is awaited."""


@dataclass(frozen=True)
class Understanding:
    """What is known of a message; `as_dict` is what the `understanding` key of Rasa's output holds.

    `intent` is `outcome/topic` or `clarify/unsure`; `choices` are offered when clarifying; `also` are general topics
    understood besides; `language` is ISO 639-1.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    nearest: tuple[Neighbour, ...] = ()
    reason: str = ""
    model: str = ""
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    language: str = "en"
    sure: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plain = asdict(self)
        plain["ranking"] = [list(pair) for pair in self.ranking]
        for name in ("nearest", "choices", "also"):
            plain[name] = list(plain[name])
        return plain


@dataclass
class Understander:
    """Joins the model with the costs. One instance serves all messages; it keeps nothing of them."""

    model: TopicModel
    decider: Decider
    encoder: SentenceEncoder
    model_id: str = ""
    _unused: None = field(default=None, repr=False)

    def understand(self, text: str, metadata: Mapping[str, Any]) -> Understanding:
        """Return what `text` is about. `metadata` is the bot's context (previous_topic, clarified, owner)."""
        prediction = self.model.predict([text], self.encoder)[0]
        belief = self.decider.belief(prediction.shares, prediction.known)
        choice = self.decider.choose(belief)
        ranking = self._ranking(prediction)
        return Understanding(
            intent=choice.intent,
            confidence=round(choice.probability, 4),
            ranking=ranking,
            nearest=prediction.nearest,
            reason=_reason(choice, ranking),
            model=self.model_id,
            choices=_choices(choice, ranking),
            sure=choice.probability >= SURE,
        )

    def _ranking(self, prediction: Prediction) -> tuple[tuple[str, float], ...]:
        belief = self.decider.belief(prediction.shares, prediction.known)
        order = belief.argsort()[::-1][:RANKING_LENGTH]
        return tuple((self.model.topics[index], round(float(belief[index]), 4)) for index in order)


def _choices(choice: Choice, ranking: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    if choice.intent != UNSURE:
        return ()
    return tuple(topic for topic, share in ranking if share >= 0.05)[:3]


def _reason(choice: Choice, ranking: tuple[tuple[str, float], ...]) -> str:
    return f"Chosen as the cheapest of all deeds: {choice.intent}; most probable topic {ranking[0][0]}."
