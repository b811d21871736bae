"""The widget's files and the texts it shows before a conversation."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel

from bot.channels.website.parts import Parts
from bot.channels.website.wire import ButtonOut, buttons_out

STATIC = Path(__file__).resolve().parent / "static"
# Any site may load the widget's files; whether its pages may also talk to the API is BOT_ALLOWED_ORIGINS' matter.
ANY_SITE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-cache",
}

router = APIRouter()


class CrisisLineOut(BaseModel):
    """A line that helps in danger; numbers as people write them, `text_word` what to text. `hours` null: at any time."""

    name: str
    purpose: str
    call: str | None
    text_to: str | None
    text_word: str | None
    hours: str | None
    free: bool
    where: str | None
    note: str | None


class NotSentOut(BaseModel):
    """What to say of a text that was not taken. In `rate_limited`, put the seconds of `Retry-After` for {seconds}."""

    too_long: str
    empty: str
    rate_limited: str
    storage: str


class WidgetOut(BaseModel):
    """What the widget shows beside a conversation, and its first words before there is one."""

    clinic: str
    phone: str
    welcome: str
    buttons: list[ButtonOut]
    crisis_lines: list[CrisisLineOut]
    not_sent: NotSentOut


@router.get("/api/widget", tags=["widget"])
async def read_widget(parts: Parts) -> WidgetOut:
    """Read the clinic's name, the first words, the crisis lines (emergency number first), and why a text may not be sent."""
    info = parts.content.widget()
    return WidgetOut(
        clinic=info.clinic,
        phone=info.phone,
        welcome=info.welcome.text,
        buttons=buttons_out(info.welcome),
        crisis_lines=[CrisisLineOut.model_validate(line, from_attributes=True) for line in info.crisis_lines],
        not_sent=NotSentOut.model_validate(info.not_sent, from_attributes=True),
    )


@router.get("/widget.js", include_in_schema=False)
async def load_widget() -> FileResponse:
    """The one script a site embeds."""
    return FileResponse(STATIC / "loader.js", media_type="text/javascript", headers=ANY_SITE)
