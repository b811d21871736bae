"""The widget API's shapes, as the served OpenAPI documents them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.conversation.model import Author, Message, Outcome, Owner, Wording
from bot.conversation.text import MAX_CHARACTERS

ClientId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,100}$", examples=["8b7ad6de-5a0c-4a3c-8f0f-6f2d8a1f6b7e"])]


class ButtonOut(BaseModel):
    """A choice under a message: `label` is shown; pressing it sends `value` as the visitor's next text."""

    label: str
    value: str


class StaffOut(BaseModel):
    """Which member of staff wrote a message."""

    name: str
    role: str


class MessageOut(BaseModel):
    """A stored message; `seq` counts from 1 without gaps."""

    id: str
    seq: int
    client_id: str | None = None
    author: Author
    text: str
    buttons: list[ButtonOut]
    outcome: Outcome | None = None
    topic: str | None = None
    staff: StaffOut | None = None
    created_at: datetime


class ConversationOut(BaseModel):
    """A new conversation. The token is shown this once; it authorises every other call."""

    id: str
    token: str
    messages: list[MessageOut]


class ThreadOut(BaseModel):
    """Messages in order, and whose turn it is."""

    messages: list[MessageOut]
    owner: Owner


class OwnerOut(BaseModel):
    """Whose turn it is: the assistant's, nobody's yet (handed over), or a named person's."""

    owner: Owner


class MessageIn(BaseModel):
    """A visitor's message. The same `client_id` again returns the first message and has no second effect."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    client_id: ClientId
    # The length is judged by the conversation, which says kindly what to do; here it is only documented.
    text: str = Field(
        json_schema_extra={"minLength": 1, "maxLength": MAX_CHARACTERS}, examples=["Will it feel out of control?"]
    )


def message_out(message: Message) -> MessageOut:
    """Return what a visitor may see of a message: never why the assistant chose it."""
    return MessageOut(
        id=message.id,
        seq=message.seq,
        client_id=message.client_id,
        author=message.author,
        text=message.text,
        buttons=buttons_out(Wording(message.text, message.buttons)),
        outcome=message.outcome,
        topic=message.topic or None,
        staff=StaffOut(name=message.staff_name, role=message.staff_role) if message.staff_name else None,
        created_at=message.created_at,
    )


def buttons_out(wording: Wording) -> list[ButtonOut]:
    """Return a wording's buttons as the API shows them."""
    return [ButtonOut(label=button.label, value=button.value) for button in wording.buttons]
