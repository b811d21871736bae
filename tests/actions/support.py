"""Messages as Rasa hands them to the action server."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actions.compose import Composed
from actions.run import composer
from actions.understood import Understood, read_message

MONDAY_NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/London"))
SERTRALINE = {
    "entity": "medicine",
    "value": "sertraline",
    "start": 7,
    "end": 17,
    "attributes": {"who": "self", "tense": "now", "negated": "no", "dose": "100 mg"},
}


def tracker(
    intent: str,
    text: str = "I take sertraline, is that ok?",
    entities: list[dict[str, Any]] | None = None,
    metadata: dict[str, Any] | None = None,
    sender: str = "message-1",
    **understanding: Any,
) -> dict[str, Any]:
    """Return a tracker whose last message was understood as `intent` (`outcome/topic`)."""
    found = {"intent": intent, "confidence": 0.97, "sure": True, **understanding}
    outcome = intent.partition("/")[0]
    message = {
        "text": text,
        "intent": {"name": "nlu_fallback" if outcome == "clarify" else outcome, "full_retrieval_intent_name": intent},
        "entities": entities or [],
        "understanding": found,
    }
    events = [{"event": "action", "name": "action_listen"}, {"event": "user", "metadata": metadata or {}}]
    return {"sender_id": sender, "latest_message": message, "events": events}


def understood(intent: str, **rest: Any) -> Understood:
    return read_message(tracker(intent, **rest))


def reply(intent: str, now: datetime.datetime = MONDAY_NOON, **rest: Any) -> Composed:
    """Compose the reply to a message understood as `intent`."""
    return composer().compose(understood(intent, **rest), now)
