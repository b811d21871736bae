"""Opening a handoff, or raising the one that is open: at most one per conversation is not closed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.conversation.model import Entity, HandoffMark, Urgency
from bot.handoff.model import Handoff, HandoffState
from bot.handoff.storage import HandoffTable

OUTAGE = "outage"
FAILURE = "failure"
ATTACHMENT = "attachment"
TAKEN_OVER = "taken_over"
TALK_TO_HUMAN = "talk_to_human"
UNCLEAR = "unclear"

# The vaguest first: a handoff opened for one of these takes on the kind of a more telling one.
_VAGUE = (ATTACHMENT, OUTAGE, FAILURE, TAKEN_OVER, TALK_TO_HUMAN, UNCLEAR)


async def open_or_raise(
    table: HandoffTable,
    conversation_id: str,
    channel: str,
    mark: HandoffMark,
    entities: Sequence[Entity],
    text: str,
    now: datetime,
) -> Handoff:
    """Return the conversation's open handoff with `mark` added to it; the conversation must be locked.

    `text` is the visitor's message that led here.
    """
    current = await table.open_of(conversation_id)
    if current is not None:
        changed = raised(current, mark, entities)
        if changed != current:
            await table.save(changed)
        return changed
    opened = Handoff(
        id=uuid.uuid4().hex,
        conversation_id=conversation_id,
        channel=channel,
        kind=mark.kind,
        reason=mark.reason,
        urgency=mark.urgency,
        state=HandoffState.OPEN,
        entities=tuple(entities),
        opened_at=now,
        first_text=text,
        waiting_messages=1,
    )
    await table.add(opened)
    return opened


def raised(current: Handoff, mark: HandoffMark, entities: Sequence[Entity]) -> Handoff:
    """Return `current` as `mark` changes it: urgency only ever rises, and danger makes staff look again."""
    entities = (*current.entities, *(entity for entity in entities if entity not in current.entities))
    if mark.urgency is Urgency.URGENT:
        kind = current.kind if _rank(mark.kind) < _rank(current.kind) else mark.kind
        kept = current.urgency is Urgency.URGENT and current.kind == kind
        return replace(
            current,
            entities=entities,
            urgency=Urgency.URGENT,
            kind=kind,
            reason=current.reason if kept else mark.reason,
            acknowledged_at=None,
        )
    if current.urgency is not Urgency.URGENT and _rank(mark.kind) > _rank(current.kind):
        return replace(current, entities=entities, kind=mark.kind, reason=mark.reason)
    return replace(current, entities=entities)


def _rank(kind: str) -> int:
    return _VAGUE.index(kind) if kind in _VAGUE else len(_VAGUE)
