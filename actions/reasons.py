"""The one plain sentence that tells staff why a message was handed over."""

from __future__ import annotations

from actions.understood import FoundEntity, Understood
from content.messages import Messages

SHOWN_ENTITIES = 6
WHO = {
    "self": "own",
    "child": "child's",
    "partner": "partner's",
    "parent": "parent's",
    "patient": "patient's",
    "other": "someone else's",
}
LANGUAGES = {
    "zh": "Chinese",
    "hi": "Hindi",
    "es": "Spanish",
    "fr": "French",
    "ar": "Arabic",
    "bn": "Bengali",
    "pt": "Portuguese",
    "ru": "Russian",
    "ur": "Urdu",
    "id": "Indonesian",
    "pl": "Polish",
    "de": "German",
    "it": "Italian",
    "cy": "Welsh",
}


def handoff_reason(messages: Messages, understood: Understood, why: str) -> str:
    """Return e.g. "Asks about a medicine together with the treatment: sertraline (own medicine, now, 100 mg)." """
    start = messages.reasons.get(why)
    if start is None:
        start = f'Asks "{messages.questions[why].label}", which has no text in the clinic\'s profile'
    if why == "other_language":
        start += f" ({LANGUAGES.get(understood.language, understood.language)})"
    found = list(dict.fromkeys(map(_entity_text, understood.entities)))[:SHOWN_ENTITIES]
    return f"{start}: {', '.join(found)}." if found else f"{start}."


def _entity_text(entity: FoundEntity) -> str:
    attributes = dict(entity.attributes)
    who = WHO.get(attributes.pop("who", ""), "")
    kind = f"{who} {entity.kind.replace('_', ' ')}".strip()
    negated = "said not to apply" if attributes.pop("negated", "no") not in ("no", "false", "") else ""
    details = [kind, *(attributes.get(name, "") for name in ("tense", "dose")), negated]
    return f"{entity.value or entity.text} ({', '.join(detail for detail in details if detail)})"
