"""From database rows to the model's values and back."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from bot.conversation.model import Author, Button, Entity, Message, Outcome, Owner, Understanding, Urgency
from bot.conversation.records import Conversation
from bot.handoff.model import Handoff, HandoffState, StaffMember

Row = sa.RowMapping

_buttons = msgspec.json.Decoder(tuple[Button, ...])
_entities = msgspec.json.Decoder(tuple[Entity, ...])
_understanding = msgspec.json.Decoder(Understanding)


def to_conversation(row: Row) -> Conversation:
    return Conversation(
        id=row["id"],
        channel=row["channel"],
        channel_ref=row["channel_ref"],
        token_hash=row["token_hash"],
        owner=Owner(row["owner"]),
        created_at=row["created_at"],
        staff_id=row["staff_id"],
        clarified=row["clarified"],
        previous_topic=row["previous_topic"],
        language=row["language"],
        crisis_told_at=row["crisis_told_at"],
        crisis_told=row["crisis_told"],
        crisis_kind=row["crisis_kind"],
    )


def to_message(row: Row) -> Message:
    explained = row["understanding"]
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        seq=row["seq"],
        author=Author(row["author"]),
        text=row["text"],
        created_at=row["created_at"],
        buttons=_buttons.decode(row["buttons"]),
        client_id=row["client_id"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        topic=row["topic"],
        attachment=row["attachment"],
        staff_name=row["staff_name"],
        staff_role=row["staff_role"],
        understanding=_understanding.decode(explained) if explained else None,
        in_reply_to=row["in_reply_to"],
    )


def to_handoff(row: Row) -> Handoff:
    return Handoff(
        id=row["id"],
        conversation_id=row["conversation_id"],
        channel=row["channel"],
        kind=row["kind"],
        reason=row["reason"],
        urgency=Urgency(row["urgency"]),
        state=HandoffState(row["state"]),
        entities=_entities.decode(row["entities"]),
        opened_at=row["opened_at"],
        first_text=row["first_text"],
        claimed_by=_claimer(row),
        acknowledged_at=row["acknowledged_at"],
        closed_at=row["closed_at"],
        waiting_messages=row["waiting_messages"],
        note=row["note"],
    )


def _claimer(row: Row) -> StaffMember | None:
    if row["staff_id"] is None:
        return None
    return StaffMember(
        id=row["staff_id"],
        name=row["staff_name"],
        role=row["staff_role"],
        email=row["staff_email"],
        is_admin=row["staff_is_admin"],
        is_active=row["staff_is_active"],
    )


def to_json(value: Any) -> str:
    """Encode plain values and the frozen dataclasses of the model."""
    return msgspec.json.encode(value).decode()
