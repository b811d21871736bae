"""The demo page: a clinic's home page as its own website might have it, with the widget embedded by one script tag."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.website.parts import Parts
from bot.web.static import ASK_AGAIN, STATIC

CARDS = (
    ("booking", "Your first visit"),
    ("session_length", "How long it takes"),
    ("cost", "Prices"),
    ("getting_home", "Getting home"),
    ("companion", "Bringing someone"),
    ("staff_credentials", "Who looks after you"),
)
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
async def read_home(parts: Parts) -> str:
    """Show the clinic from its profile; a topic that the profile leaves empty is left out."""
    clinic = parts.content.home()
    cards = [(title, clinic.texts[topic]) for topic, title in CARDS if topic in clinic.texts]
    return _templates.get_template("home.html").render(clinic=clinic, cards=cards)


@router.get("/favicon.ico")
async def read_icon() -> FileResponse:
    """Browsers ask for it unasked."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml", headers=ASK_AGAIN)
