"""One handoff: read the conversation, take it, reply, give it back, close it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts.sessions import SignedIn
from bot.console.pages_queue import frame
from bot.console.thread_view import page
from bot.console.web import Console, Form, Parts, Who, guard_signed_in
from bot.conversation.model import Message
from bot.errors import AlreadyClaimed, BadInput, EmptyText, HandoffClosed, NotAllowed, NotRead, TextTooLong

router = APIRouter(prefix="/handoffs/{handoff_id}", dependencies=[Depends(guard_signed_in)])

REFUSALS = (AlreadyClaimed, HandoffClosed, NotAllowed, NotRead, EmptyText, TextTooLong)
NOTE_LENGTH = 1000
# Where scripts have not run (yet), the browser itself puts the cursor into the field the address names.
REPLY = "#reply"
ID_LENGTH = 64


@router.get("")
async def handoff(parts: Parts, who: Who, handoff_id: str) -> Response:
    return await _page(parts, who, handoff_id)


@router.get("/live")
async def live(parts: Parts, who: Who, handoff_id: str) -> Response:
    view = await parts.handoffs.view(handoff_id)
    return parts.page(
        "_handoff.html", page=page(view, who.staff, parts.clock()), form_token=who.form_token, me=who.staff
    )


@router.post("/claim")
async def claim(parts: Parts, who: Who, handoff_id: str) -> Response:
    return await _do(parts, who, handoff_id, parts.handoffs.claim(handoff_id, who.staff), then=REPLY)


@router.post("/seen")
async def seen(parts: Parts, who: Who, handoff_id: str) -> Response:
    return await _do(parts, who, handoff_id, parts.handoffs.acknowledge(handoff_id, who.staff))


@router.post("/release")
async def release(parts: Parts, who: Who, handoff_id: str) -> Response:
    return await _do(parts, who, handoff_id, parts.handoffs.release(handoff_id, who.staff))


@router.post("/close")
async def close(parts: Parts, who: Who, form: Form, handoff_id: str) -> Response:
    note = form.get("note", "").strip()[:NOTE_LENGTH]
    read_to = form.get("read_to", "")
    try:
        await parts.handoffs.close(handoff_id, who.staff, note, int(read_to) if read_to.isdecimal() else None)
    except REFUSALS as refusal:
        return await _page(parts, who, handoff_id, _status(refusal), refused=str(refusal), note=note)
    return RedirectResponse("/console/queue/waiting?done=closed", status_code=303)


@router.post("/take-over")
async def take_over(parts: Parts, who: Who, handoff_id: str) -> Response:
    """Take the conversation of a closed handoff up again."""
    view = await parts.handoffs.view(handoff_id)
    try:
        opened = await parts.handoffs.take_over(view.handoff.conversation_id, who.staff)
    except REFUSALS as refusal:
        return await _page(parts, who, handoff_id, refused=str(refusal), status=409)
    return RedirectResponse(f"/console/handoffs/{opened.id}{REPLY}", status_code=303)


@router.post("/reply")
async def reply(request: Request, parts: Parts, who: Who, form: Form, handoff_id: str) -> Response:
    """Send the reply once, however often the button is pressed: the form's `client_id` stands for this one text."""
    text, client_id = form.get("text", ""), form.get("client_id", "")[:ID_LENGTH] or new_client_id()
    context: dict[str, Any] = {"client_id": new_client_id(), "text": "", "refused": "", "sent": True}
    status = 200
    try:
        message = await parts.handoffs.reply(handoff_id, who.staff, client_id, text)
    except REFUSALS as refusal:
        context |= {"client_id": client_id, "text": text, "refused": str(refusal), "sent": False}
        status = 409
    else:
        if not _same_text(message, text):
            context |= {
                "text": text,
                "refused": f"An earlier version had been sent already: “{message.text}”",
                "sent": False,
            }
    if "hx-request" in request.headers:
        return parts.page(
            "_composer.html", status, handoff_id=handoff_id, form_token=who.form_token, me=who.staff, **context
        )
    if context["sent"]:
        return RedirectResponse(f"/console/handoffs/{handoff_id}{REPLY}", status_code=303)
    return await _page(parts, who, handoff_id, status=409, **context)


def new_client_id() -> str:
    return f"console-{secrets.token_hex(12)}"


def _same_text(message: Message, text: str) -> bool:
    """Compare what was stored with what was typed, apart from white space and line ends."""
    return message.text.split() == text.split()


async def _do(parts: Console, who: SignedIn, handoff_id: str, action: Awaitable[Any], then: str = "") -> Response:
    try:
        await action
    except REFUSALS as refusal:
        return await _page(parts, who, handoff_id, refused=str(refusal), status=_status(refusal))
    return RedirectResponse(f"/console/handoffs/{handoff_id}{then}", status_code=303)


def _status(refusal: BadInput) -> int:
    return 403 if isinstance(refusal, NotAllowed) else 409


async def _page(parts: Console, who: SignedIn, handoff_id: str, status: int = 200, **context: Any) -> Response:
    view = await parts.handoffs.view(handoff_id)
    defaults: dict[str, Any] = {
        "client_id": new_client_id(),
        "text": "",
        "refused": "",
        "sent": False,
        "handoff_id": handoff_id,
    }
    return parts.page(
        "handoff.html",
        status,
        page=page(view, who.staff, parts.clock()),
        who=who,
        form_token=who.form_token,
        me=who.staff,
        **await frame(parts, who.staff, "", handoff_id),
        **(defaults | context),
    )
