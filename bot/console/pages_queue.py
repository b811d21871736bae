"""The queue: who waits, and what is in trouble."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse

from bot.console.queue_view import EMPTY, TABS, Counts, Row, counts, of_tab, row
from bot.console.web import Console, Form, Parts, Who, guard_signed_in
from bot.handoff.model import HandoffState, StaffMember

router = APIRouter(dependencies=[Depends(guard_signed_in)])


@router.get("/")
@router.get("/queue")
async def home() -> Response:
    return RedirectResponse("/console/queue/waiting", status_code=303)


@router.get("/queue/problems")
async def problems(parts: Parts, who: Who) -> Response:
    return parts.page("problems.html", **await _problems(parts), **await frame(parts, who.staff, "problems"), who=who)


@router.get("/queue/problems/rows")
async def problem_rows(parts: Parts, who: Who) -> Response:
    return parts.page("_problems.html", **await _problems(parts), form_token=who.form_token)


@router.get("/queue/{tab}")
async def queue(parts: Parts, who: Who, tab: str, done: str = "") -> Response:
    if tab not in EMPTY:
        return RedirectResponse("/console/queue/waiting", status_code=303)
    context = await frame(parts, who.staff, tab)
    return parts.page(
        "queue.html", rows=await _rows(parts, who.staff, tab), empty=EMPTY[tab], done=done, who=who, **context
    )


@router.get("/queue/{tab}/rows")
async def queue_rows(parts: Parts, who: Who, tab: str) -> Response:
    tab = tab if tab in EMPTY else "waiting"
    return parts.page("_queue.html", rows=await _rows(parts, who.staff, tab), empty=EMPTY[tab], tab=tab)


@router.get("/tabs")
async def tabs(parts: Parts, who: Who, tab: str = "", handoff: str = "") -> Response:
    """Return the head's tabs with their counts, and the alarm if somebody urgent waits."""
    return parts.page("_tabs.html", **await frame(parts, who.staff, tab, handoff))


@router.post("/problems/messages/{message_id}/again")
async def work_again(parts: Parts, who: Who, message_id: str) -> Response:
    await parts.handoffs.retry_dead_letter(message_id, who.staff)
    return RedirectResponse("/console/queue/problems", status_code=303)


@router.post("/problems/deliveries/{delivery_id}/again")
async def send_again(parts: Parts, who: Who, form: Form, delivery_id: str) -> Response:
    await parts.handoffs.send_again(delivery_id, who.staff)
    back = form.get("handoff", "")
    return RedirectResponse(
        f"/console/handoffs/{back}" if back.isalnum() else "/console/queue/problems", status_code=303
    )


async def frame(parts: Console, me: StaffMember, tab: str, handoff: str = "") -> dict[str, Any]:
    """Return what the head of every page shows."""
    return {"tab": tab, "tabs": TABS, "counts": await _counts(parts, me), "handoff": handoff}


async def _counts(parts: Console, me: StaffMember) -> Counts:
    trouble = len(await parts.handoffs.dead_letters()) + len(await parts.handoffs.failed_deliveries())
    return counts(await parts.handoffs.queue(), trouble, me)


async def _rows(parts: Console, me: StaffMember, tab: str) -> list[Row]:
    closed = tab == "closed"
    found = await parts.handoffs.queue(HandoffState.CLOSED) if closed else of_tab(tab, await parts.handoffs.queue(), me)
    now = parts.clock()
    return [row(handoff, me, now) for handoff in found]


async def _problems(parts: Console) -> dict[str, Any]:
    return {"dead": await parts.handoffs.dead_letters(), "failed": await parts.handoffs.failed_deliveries()}
