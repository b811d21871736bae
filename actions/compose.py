"""Composes the reply to one understood message: pure functions of what was understood, the content and the moment."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec

from actions.reasons import handoff_reason
from actions.understood import Understood
from content.answers import Answer
from content.messages import Button
from content.operational import operational_text
from content.replies import Replies

MAX_GENERAL = 3
"""General questions of one message that are answered, at most; a longer reply is no longer read."""
CLARIFIED_ENOUGH = 2
UNCLEAR = 0.05
"""Less probable than this, a clinical topic says nothing: the message is like no example, and handed over since it may be serious."""
GENERAL = ("answer", "operational")
ANSWERED_WHILE_WAITING = ("greet", "thanks", "goodbye", "bot_challenge", "capabilities")
OFFERING_SMALLTALK = ("greet", "capabilities", "more", "affirm", "out_of_scope")


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A reply with its mark: `outcome` and `topic` as stored, `handoff` None or {"kind", "reason", "urgency"}."""

    text: str
    outcome: str
    topic: str
    buttons: tuple[Button, ...] = ()
    handoff: dict[str, str] | None = None
    provenance: dict[str, str] = msgspec.field(default_factory=dict)


class Composer:
    """Composes replies of one clinic. Stateless: the same message at the same moment gives the same reply."""

    def __init__(self, replies: Replies, answers: dict[str, Answer]) -> None:
        self.replies, self.messages, self.answers = replies, replies.messages, answers

    def compose(self, understood: Understood, now: datetime.datetime) -> Composed:
        """Return the reply to a message of any outcome. The gravest thing in a message decides about the whole."""
        understood = gravest_first(understood)
        if understood.outcome == "crisis":
            return self.crisis(understood, now)
        if understood.waiting and not self._is_answerable_while_waiting(understood, now):
            return self.added(understood, now)
        by_outcome = {
            "clinical": self.clinical,
            "answer": self.general,
            "operational": self.general,
            "smalltalk": self.smalltalk,
            "clarify": self.clarify,
        }
        return by_outcome.get(understood.outcome, self.staff)(understood, now)

    def crisis(self, understood: Understood, now: datetime.datetime) -> Composed:
        """Give the whole crisis message; the bot knows what was shown lately and then says it in other words."""
        text = self.replies.crisis(understood.topic, now).text
        return Composed(text=text, outcome="crisis", topic=understood.topic, handoff=self._handoff(understood))

    def clinical(self, understood: Understood, now: datetime.datetime) -> Composed:
        """Hand over, and answer below it what is general in the same message."""
        parts = [self.replies.handed_over(understood.topic, now).text]
        general = self._general_texts(understood.also, now)
        if general:
            parts += [self.messages.handed_over.also_general, *general[:MAX_GENERAL]]
        return Composed(
            text="\n\n".join(parts), outcome="clinical", topic=understood.topic, handoff=self._handoff(understood)
        )

    def general(self, understood: Understood, now: datetime.datetime) -> Composed:
        """Answer from the curated answers or the clinic's profile, and further general questions below it.

        The same answer twice running is said to be all there is, with a person offered: "in simpler words?" has none.
        """
        text = self._general_text(f"{understood.outcome}/{understood.topic}", now)
        if text is None:
            return self.staff(understood, now)
        more = self._general_texts(understood.also, now)[: MAX_GENERAL - 1]
        again = understood.previous_topic == f"answer/{understood.topic}"
        before = [self.messages.clarify.answered_before] if again else []
        parts = [*before, text, *([self.messages.clarify.answered_more] if more else []), *more]
        answer = self.answers.get(understood.topic) if understood.outcome == "answer" else None
        return Composed(
            text="\n\n".join(parts),
            outcome="answer",
            topic=understood.topic,
            buttons=(*self._related(answer, understood), *([self.replies.person_button] if again else [])),
            provenance=answer.provenance if answer else {"source": "clinic.yml"},
        )

    def staff(self, understood: Understood, now: datetime.datetime) -> Composed:
        """Hand over to the front desk, saying why: asked for a person, no approved answer, another language, ..."""
        wording, why = self.replies.handed_over(understood.topic, now), f"{understood.outcome}/{understood.topic}"
        if understood.language != "en":
            wording, why = self.replies.other_language(understood.language, now), "other_language"
        elif understood.topic == "no_approved_answer" and understood.clarified >= CLARIFIED_ENOUGH:
            wording, why = self.replies.not_understood(now), "not_understood"
        handoff = self._handoff(understood, why)
        return Composed(text=wording.text, outcome="staff", topic=understood.topic, handoff=handoff)

    def smalltalk(self, understood: Understood, _now: datetime.datetime) -> Composed:
        """Reply to small talk; what has nothing to do with the clinic is told so and counts as a question back."""
        buttons = (
            self.replies.welcome().buttons if understood.topic in OFFERING_SMALLTALK else (self.replies.person_button,)
        )
        if understood.topic == "out_of_scope":
            return Composed(
                text=self.messages.clarify.out_of_scope, outcome="clarify", topic="out_of_scope", buttons=buttons
            )
        text: str = getattr(self.messages.smalltalk, understood.topic)
        return Composed(text=text, outcome="smalltalk", topic=understood.topic, buttons=buttons)

    def clarify(self, understood: Understood, now: datetime.datetime) -> Composed:
        """Ask back with the two or three nearest topics; after two questions in a row hand over instead."""
        if understood.clarified >= CLARIFIED_ENOUGH:
            return self.staff(msgspec.structs.replace(understood, outcome="staff", topic="no_approved_answer"), now)
        known = [intent for intent in understood.choices if intent in self.messages.questions]
        choices = tuple(self.replies.question(intent) for intent in known[:3])
        text = self.messages.clarify.choices if choices else self.messages.clarify.unclear
        return Composed(text=text, outcome="clarify", topic="unsure", buttons=(*choices, self.replies.person_button))

    def added(self, understood: Understood, now: datetime.datetime) -> Composed:
        """While somebody waits for staff: say that the message was added, and keep what staff must know of it."""
        if understood.outcome in ("clinical", "staff"):
            outcome, topic, why = understood.outcome, understood.topic, None
        else:
            outcome, topic, why = "staff", "no_approved_answer", "while_waiting"
        asks_again = topic == "talk_to_human"
        wording = self.replies.still_waiting(now) if asks_again else self.replies.waiting_added()
        marked = msgspec.structs.replace(understood, outcome=outcome, topic=topic)
        return Composed(text=wording.text, outcome=outcome, topic=topic, handoff=self._handoff(marked, why))

    def _is_answerable_while_waiting(self, understood: Understood, now: datetime.datetime) -> bool:
        if not understood.sure:
            return False
        if understood.outcome in GENERAL:
            return self._general_text(f"{understood.outcome}/{understood.topic}", now) is not None
        return understood.outcome == "smalltalk" and understood.topic in ANSWERED_WHILE_WAITING

    def _general_texts(self, intents: tuple[str, ...], now: datetime.datetime) -> list[str]:
        texts = (self._general_text(intent, now) for intent in dict.fromkeys(intents))
        return [text for text in texts if text is not None]

    def _general_text(self, intent: str, now: datetime.datetime) -> str | None:
        outcome, _, topic = intent.partition("/")
        if outcome == "answer":
            return self.answers[topic].text
        return operational_text(topic, self.replies.profile, now) if outcome == "operational" else None

    def _related(self, answer: Answer | None, understood: Understood) -> tuple[Button, ...]:
        related = answer.related if answer else ()
        return tuple(self.replies.question(intent) for intent in related if intent not in understood.also)

    def _handoff(self, understood: Understood, why: str | None = None) -> dict[str, str]:
        unclear = understood.outcome == "clinical" and understood.confidence < UNCLEAR
        why = "unclear" if unclear else why or f"{understood.outcome}/{understood.topic}"
        return {
            "kind": "unclear" if unclear else understood.topic,
            "reason": handoff_reason(self.messages, understood, why),
            "urgency": "urgent" if understood.outcome == "crisis" else "normal",
        }


def gravest_first(understood: Understood) -> Understood:
    """Return the message under its gravest topic: a crisis or clinical part anywhere makes the whole so."""
    intents = [f"{understood.outcome}/{understood.topic}", *understood.also]
    for grave in ("crisis", "clinical"):
        found = next((intent for intent in intents if intent.startswith(f"{grave}/")), None)
        if found:
            others = tuple(intent for intent in intents if intent != found)
            return msgspec.structs.replace(understood, outcome=grave, topic=found.partition("/")[2], also=others)
    return understood


def mark(composed: Composed, understood: Understood) -> dict[str, Any]:
    """Return the mark that goes with the reply, as plain JSON."""
    raw: dict[str, Any] = msgspec.to_builtins(
        {
            "outcome": composed.outcome,
            "topic": composed.topic,
            "confidence": understood.confidence,
            "handoff": composed.handoff,
            "entities": list(understood.entities),
            "ranking": list(understood.ranking[:5]),
            "nearest": list(understood.nearest[:3]),
            "reason": understood.reason,
            "model": understood.model,
            "provenance": composed.provenance,
            "buttons": list(composed.buttons),
        }
    )
    return raw
