"""Continuing on the website: a one-time link from the chat moves the conversation there, where it is more private."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel, StringConstraints

from bot.channels.telegram.commands import hash_code
from bot.conversation.ports import Clock
from bot.errors import WrongToken

STATIC = Path(__file__).resolve().parent / "static"
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class Links(Protocol):
    async def use_link(self, code_hash: str, token_hash: str, now: datetime) -> str | None: ...


class CodeIn(BaseModel):
    """The code that stands after # in the link."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class MovedOut(BaseModel):
    """The conversation and the token that opens it from now on, as `POST /api/conversations` gives them."""

    id: str
    token: str


def build_router(links: Links, clock: Clock) -> APIRouter:
    """Return the page behind the link and the call that uses the link up."""
    router = APIRouter()

    @router.get("/continue", include_in_schema=False)
    async def show_page() -> FileResponse:
        """Show a page with a button: a preview that opens the link must not use it up."""
        return FileResponse(STATIC / "continue.html", headers=_HEADERS)

    @router.get("/continue/{name}", include_in_schema=False)
    async def load(name: str) -> FileResponse:
        known = {"continue.js": "text/javascript", "continue.css": "text/css"}
        file = name if name in known else "continue.js"
        return FileResponse(STATIC / file, media_type=known[file], headers=_HEADERS)

    @router.post("/api/continue", tags=["conversation"])
    async def use(given: CodeIn) -> MovedOut:
        """Use up a one-time link: its conversation goes on on the website, and replies no longer go to Telegram."""
        token = secrets.token_urlsafe(32)
        conversation = await links.use_link(hash_code(given.code), hash_code(token), clock())
        if conversation is None:
            raise WrongToken("This link was used already or is too old. Ask for a new one in Telegram with /website.")
        return MovedOut(id=conversation, token=token)

    return router
