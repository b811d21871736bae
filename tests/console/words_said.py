"""What visitors write in these tests, and what the assistant makes of it."""

from __future__ import annotations

from bot.conversation.model import Context, Entity, HandoffMark, Outcome, Reply, Understanding, Urgency
from tests.support.understander import Scripted

MEDICINE = "I take sertraline 100 mg and my mum's blood pressure is high. Can I still come?"
HUMAN = "Could somebody call me back please"
SCRIPT = "<script>alert('x')</script> <b>bold</b> can I take it with sertraline & <img src=x onerror=alert(1)>"
CRISIS = "I can't do this any more, I want to kill myself"
GENERAL = "What is ketamine therapy?"
STRANGE = "A text that nobody foresaw"


def entity(text: str, kind: str, words: str, **attributes: str) -> Entity:
    start = text.index(words)
    return Entity(kind, words, start, start + len(words), words, attributes)


def medicines(text: str, entities: tuple[Entity, ...]) -> Reply:
    return Reply(
        text="Thank you for telling me. That needs one of our nurses, so I have passed your message to them.",
        outcome=Outcome.CLINICAL,
        topic="medication",
        handoff=HandoffMark("medication", "Asks about taking sertraline (own medicine, now)."),
        understanding=Understanding(
            confidence=0.934,
            ranking=(("clinical/medication", 0.934), ("clinical/condition", 0.04), ("answer/history_safety", 0.01)),
            nearest=(
                {"text": "is it ok with sertraline", "topic": "clinical/medication", "similarity": 0.87},
                {"text": "i take zoloft, can i do this", "topic": "clinical/medication", "similarity": 0.81},
            ),
            entities=entities,
            reason="Names a medicine of their own; that is for a clinician.",
            model="2026-11-23-a1b2c3",
        ),
    )


MEDICINE_ENTITIES = (
    entity(MEDICINE, "medicine", "sertraline", who="self", tense="now", dose="100 mg"),
    entity(MEDICINE, "dose", "100 mg"),
    entity(MEDICINE, "condition", "blood pressure is high", who="parent"),
)

HUMAN_REPLY = Reply(
    text="Of course. I have passed your message to our front desk.",
    outcome=Outcome.STAFF,
    topic="talk_to_human",
    handoff=HandoffMark("talk_to_human", "Asks for a person.", Urgency.NORMAL),
    understanding=Understanding(confidence=0.99, reason="Asks for a person.", ranking=(("staff/talk_to_human", 0.99),)),
)


class Clumsy(Scripted):
    """Stumbles over one text, as a defect of ours would."""

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        if text == STRANGE:
            raise ValueError("too strange")
        return await super().reply_to(message_id, text, context)


def understander() -> Scripted:
    return Clumsy(
        {
            MEDICINE: medicines(MEDICINE, MEDICINE_ENTITIES),
            SCRIPT: medicines(SCRIPT, (entity(SCRIPT, "medicine", "sertraline"),)),
            HUMAN: HUMAN_REPLY,
        }
    )
