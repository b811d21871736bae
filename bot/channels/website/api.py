"""The widget API: every call but the first is authorised by the conversation's token."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.channels.website.events import conversation_events
from bot.channels.website.parts import Parts
from bot.channels.website.wire import ConversationOut, MessageIn, MessageOut, OwnerOut, ThreadOut, message_out
from bot.conversation.model import InboundMessage
from bot.errors import ConversationNotFound, WrongToken
from bot.web.address import client_address
from bot.web.errors import ErrorOut

CHANNEL = "website"
MAX_SEQ = 2**31 - 1
REFUSALS = {
    400: "Bad input, named",
    401: "Missing or wrong token",
    403: "Called from a site that is not allowed to",
    404: "No such conversation",
    413: "Larger than any message may be",
    415: "Not JSON",
    429: "Too many; `Retry-After` says how many seconds to wait",
    503: "Messages cannot be stored just now",
}
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events: message, owner, typing, gone", "content": {"text/event-stream": {}}}
}

router = APIRouter(prefix="/api/conversations", tags=["conversation"])
_bearer = HTTPBearer(auto_error=False, description="The token that came with the new conversation.")


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ErrorOut, "description": REFUSALS[status]} for status in statuses}


async def _opened(
    conversation_id: str, parts: Parts, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> str:
    if credentials is None:
        raise WrongToken("Send the conversation's token in the header: Authorization: Bearer TOKEN.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", conversation_id):
        raise ConversationNotFound("There is no such conversation.")
    await parts.conversations.authorise(conversation_id, credentials.credentials)
    return conversation_id


Opened = Annotated[str, Depends(_opened)]
After = Annotated[int, Query(ge=0, le=MAX_SEQ, description="Only messages with a greater `seq`.")]
LastEventId = Annotated[str, Header(alias="Last-Event-ID", description="The `id:` seen last; wins over `after`.")]


@router.post("", status_code=201, response_model_exclude_none=True, responses=_refusals(403, 413, 429, 503))
async def start_conversation(parts: Parts, request: Request) -> ConversationOut:
    """Start a conversation."""
    started = await parts.conversations.start(CHANNEL, address=client_address(request))
    messages = [message_out(message) for message in started.messages]
    return ConversationOut(id=started.id, token=started.token, messages=messages)


@router.post(
    "/{conversation_id}/messages",
    status_code=202,
    response_model_exclude_none=True,
    responses=_refusals(400, 401, 403, 404, 413, 415, 429, 503),
)
async def send_message(conversation: Opened, message: MessageIn, parts: Parts, request: Request) -> MessageOut:
    """Send a message; 202 means that it is stored and will be answered or handed to a person."""
    address = client_address(request)
    inbound = InboundMessage(conversation, message.client_id, message.text, address=address)
    return message_out(await parts.conversations.accept(inbound))


@router.post("/{conversation_id}/person", status_code=202, responses=_refusals(401, 403, 404, 413, 429, 503))
async def ask_for_person(conversation: Opened, parts: Parts, request: Request) -> OwnerOut:
    """Ask for a person; asking again opens no second handoff."""
    await parts.conversations.ask_for_person(conversation, address=client_address(request))
    return OwnerOut(owner=(await parts.conversations.read(conversation, MAX_SEQ)).owner)


@router.delete("/{conversation_id}", status_code=204, responses=_refusals(401, 403, 404, 503))
async def delete_conversation(conversation: Opened, parts: Parts) -> Response:
    """Forget the conversation and everything stored of it, for good."""
    await parts.conversations.forget(conversation)
    return Response(status_code=204)


@router.get("/{conversation_id}/messages", response_model_exclude_none=True, responses=_refusals(400, 401, 404))
async def read_messages(conversation: Opened, parts: Parts, after: After = 0) -> ThreadOut:
    """Read what came after a sequence number, in order, and whose turn it is."""
    thread = await parts.conversations.read(conversation, after)
    return ThreadOut(messages=[message_out(message) for message in thread.messages], owner=thread.owner)


@router.get(
    "/{conversation_id}/events",
    response_class=EventSourceResponse,
    responses=EVENT_STREAM | _refusals(400, 401, 404, 429),
)
async def stream_events(
    conversation: Opened, parts: Parts, request: Request, after: After = 0, last_event_id: LastEventId = ""
) -> EventSourceResponse:
    """Stream the conversation as server-sent events; `id:` is a message's `seq`, so that a reader can resume."""
    address = client_address(request)
    parts.streams.check(address)
    seen = int(last_event_id) if re.fullmatch(r"[0-9]{1,9}", last_event_id) else after

    async def held() -> AsyncIterator[ServerSentEvent]:
        with parts.streams.held(address):
            async for event in conversation_events(parts.conversations, conversation, seen):
                yield event

    return EventSourceResponse(held(), ping=15, send_timeout=30)
