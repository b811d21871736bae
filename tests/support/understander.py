"""An `Understander` whose answers a test writes: what Rasa is to the bot, without Rasa."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.conversation.model import Button, Context, HandoffMark, Outcome, Reply, Urgency
from bot.errors import UnderstandingUnavailable

ANSWER = Reply(
    text="Ketamine therapy is a medicine given in small, controlled doses as part of mental health care.",
    outcome=Outcome.ANSWER,
    topic="what_is_it",
    buttons=(Button("What does it feel like?", "What does it feel like?"),),
)
CLINICAL = Reply(
    text="Thank you for telling me. I have passed it to our nursing team.",
    outcome=Outcome.CLINICAL,
    topic="medication",
    handoff=HandoffMark("medication", "Asks about taking sertraline.", Urgency.NORMAL),
)


@dataclass
class Scripted:
    """Answers with `replies[text]`, else with ANSWER; `delay` in seconds; `down` raises as a Rasa that is away does."""

    replies: dict[str, Reply] = field(default_factory=lambda: {"Can I take it with sertraline?": CLINICAL})
    delay: float = 0.0
    down: bool = False
    asked: list[str] = field(default_factory=list)

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        self.asked.append(text)
        await asyncio.sleep(self.delay)
        if self.down:
            raise UnderstandingUnavailable("Rasa does not answer.")
        return self.replies.get(text, ANSWER)
