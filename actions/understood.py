"""What Rasa understood of one message, read from the tracker that the action server receives."""

from __future__ import annotations

from typing import Any

import msgspec

SURE = 0.9  # used only where the classifier does not say itself whether it is sure


class FoundEntity(msgspec.Struct, frozen=True):
    """Something clinical in the text; `start` and `end` are character offsets."""

    kind: str
    text: str
    start: int
    end: int
    value: str = ""
    attributes: dict[str, str] = {}


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """One message as the NLU understood it, with what the bot sent along.

    `topic` is the second half of the intent. `also` and `choices` hold `outcome/topic`. `language` is ISO 639-1.
    `previous_topic` is the `outcome/topic` replied to before, "" for none.
    """

    outcome: str
    topic: str
    confidence: float = 0.0
    sure: bool = False
    entities: tuple[FoundEntity, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    nearest: tuple[dict[str, Any], ...] = ()
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    reason: str = ""
    model: str = ""
    language: str = "en"
    clarified: int = 0
    previous_topic: str = ""
    waiting: bool = False


def read_message(tracker: dict[str, Any]) -> Understood:
    """Read the tracker's last message.

    Raises:
        msgspec.ValidationError: the NLU's findings do not have the agreed shape.
    """
    message = tracker["latest_message"]
    found = message.get("understanding") or {}
    outcome, topic = _intent(message, found)
    metadata = _metadata(tracker)
    confidence = float(found.get("confidence", 0.0))
    raw = {
        **{
            name: found[name]
            for name in ("ranking", "nearest", "choices", "also", "reason", "model", "language")
            if found.get(name)
        },
        "outcome": outcome,
        "topic": topic,
        "confidence": confidence,
        "sure": _is_sure(found.get("sure"), confidence),
        "entities": [_entity(one, message.get("text") or "") for one in message.get("entities", [])],
        "clarified": metadata.get("clarified") or 0,
        "previous_topic": metadata.get("previous_topic") or "",
        "waiting": metadata.get("owner") == "waiting",
    }
    return msgspec.convert(raw, Understood)


def _intent(message: dict[str, Any], found: dict[str, Any]) -> tuple[str, str]:
    intent = message.get("intent") or {}
    name = found.get("intent") or intent.get("full_retrieval_intent_name") or intent.get("name") or ""
    outcome, _, topic = name.partition("/")
    return ("clarify", "unsure") if outcome in ("nlu_fallback", "clarify", "") else (outcome, topic)


def _metadata(tracker: dict[str, Any]) -> dict[str, Any]:
    for event in reversed(tracker.get("events") or []):
        if event.get("event") == "user":
            return event.get("metadata") or {}
    return tracker["latest_message"].get("metadata") or {}


def _is_sure(sure: Any, confidence: float) -> bool:
    if isinstance(sure, bool):
        return sure
    return confidence >= (SURE if sure is None else float(sure))


def _entity(raw: dict[str, Any], text: str) -> dict[str, Any]:
    start, end = raw["start"], raw["end"]
    return {
        "kind": raw["entity"],
        "text": text[start:end],
        "start": start,
        "end": end,
        "value": str(raw.get("value") or ""),
        "attributes": raw.get("attributes") or {},
    }
