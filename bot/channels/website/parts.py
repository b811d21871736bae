"""What the website's routes work with; `app.py` puts it into `app.state.website`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from bot.channels.website.ports import WebsiteContent
from bot.channels.website.streams import Streams
from bot.conversation.ports import Conversations


@dataclass(frozen=True, slots=True)
class Website:
    """The conversations, the approved texts, and the count of live connections."""

    conversations: Conversations
    content: WebsiteContent
    streams: Streams


async def website(request: Request) -> Website:
    """Return the parts that `app.py` joined. A plain function would be run in a thread, which costs more than itself."""
    parts = request.app.state.website
    assert isinstance(parts, Website)
    return parts


Parts = Annotated[Website, Depends(website)]
