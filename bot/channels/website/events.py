"""A conversation as server-sent events: `message` (its `id:` is the `seq`), `owner`, `typing`, and `gone` at its end."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator

import structlog
from sse_starlette import ServerSentEvent

from bot.channels.website.wire import message_out
from bot.conversation.model import Author, Message, Owner, Thread
from bot.conversation.ports import Conversations
from bot.errors import ConversationNotFound, HandrailError

log = structlog.get_logger("bot.website")


async def conversation_events(
    conversations: Conversations, conversation_id: str, after: int
) -> AsyncIterator[ServerSentEvent]:
    """Yield what came after `after`, then what comes, until the conversation is deleted or the reader leaves.

    The first event comes at once, so that a reader behind a buffering proxy can tell that streaming does not work.
    """
    watch = conversations.watch(conversation_id)
    state = _Told(after)
    try:
        async for _ in watch:
            for event in state.news(await conversations.read(conversation_id, state.seq)):
                yield event
    except ConversationNotFound:
        yield _event("gone", {})
    except HandrailError as error:
        log.warning("stream_ended", kind=error.code)  # the reader comes back by itself
    finally:
        if isinstance(watch, AsyncGenerator):
            await watch.aclose()


class _Told:
    """What a reader was told so far, so that each thing is told once."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.owner: Owner | None = None
        self.typing = False
        self.last: Author | None = None

    def news(self, thread: Thread) -> list[ServerSentEvent]:
        events = [self._message(message) for message in thread.messages]
        if thread.owner is not self.owner:
            self.owner = thread.owner
            events.append(_event("owner", {"owner": thread.owner}))
        # The assistant owes an answer while the visitor had the last word and nobody else has the turn.
        typing = self.last is Author.VISITOR and thread.owner is Owner.ASSISTANT
        if typing is not self.typing:
            self.typing = typing
            events.append(_event("typing", {"typing": typing}))
        return events

    def _message(self, message: Message) -> ServerSentEvent:
        self.seq, self.last = message.seq, message.author
        data = message_out(message).model_dump_json(exclude_none=True)
        return ServerSentEvent(data, event="message", id=str(message.seq))


def _event(kind: str, data: dict[str, object]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data), event=kind)
