"""What every page of the console shares: its parts, who is signed in, and how pages are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.accounts.accounts import Accounts
from bot.accounts.links import SignInLinks
from bot.accounts.ports import Clock
from bot.accounts.sessions import Sessions, SignedIn
from bot.accounts.signing_in import SigningIn
from bot.accounts.tokens import form_token, same
from bot.console.cookies import Cookies
from bot.console.errors import ForgedForm, NotSignedIn
from bot.conversation.ports import Conversations
from bot.handoff.ports import Handoffs
from content.profile import Profile

TEMPLATES = Path(__file__).resolve().parent / "templates"
# Pages that refresh themselves say so: that is no sign of a person, and does not keep a session from going idle.
BACKGROUND = "x-background"


@dataclass(frozen=True, slots=True)
class Console:
    """The parts the pages work with."""

    handoffs: Handoffs
    conversations: Conversations
    accounts: Accounts
    sessions: Sessions
    signing_in: SigningIn
    links: SignInLinks
    cookies: Cookies
    profile: Profile
    clock: Clock
    templates: Environment

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Render a page or a part of one."""
        return HTMLResponse(self.templates.get_template(template).render(**context), status_code=status)


def templates(profile: Profile, clock: Clock) -> Environment:
    """Return the environment all pages are made in: everything is escaped, and a missing value is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def moment(at: datetime) -> str:
        local, today = at.astimezone(profile.zone), clock().astimezone(profile.zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"

    environment.filters["moment"] = moment
    environment.globals["clinic"] = profile.clinic.name
    environment.globals["emergency"] = profile.emergency
    environment.globals["support_lines"] = profile.lines_for("support")
    return environment


def console(request: Request) -> Console:
    found: Console = request.app.state.console
    return found


Parts = Annotated[Console, Depends(console)]


async def signed_in(request: Request, parts: Parts) -> SignedIn:
    """Return who is signed in. Raises NotSignedIn."""
    token = parts.cookies.session(request)
    by_hand = request.method == "POST" or BACKGROUND not in request.headers
    who = await parts.sessions.find(token, active=by_hand) if token else None
    if who is None:
        raise NotSignedIn("Please sign in.")
    return who


Who = Annotated[SignedIn, Depends(signed_in)]


async def guard_signed_in(request: Request, who: Who) -> None:
    """Stand before every private page. Raises NotSignedIn, and ForgedForm for a form without the session's token."""
    await _check_form(request, who.form_token)


async def guard_stranger(request: Request, parts: Parts) -> None:
    """Stand before the pages for people not signed in. Raises ForgedForm for a form shown in another browser."""
    cookie = parts.cookies.stranger(request)
    await _check_form(request, form_token(cookie) if cookie else "")


async def fields(request: Request) -> dict[str, str]:
    """Return what was typed into a form; files are left out."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Form = Annotated[dict[str, str], Depends(fields)]


async def _check_form(request: Request, expected: str) -> None:
    if request.method in ("GET", "HEAD"):
        return
    sent = request.headers.get("x-csrf-token") or (await fields(request)).get("form_token", "")
    if not expected or not same(sent, expected):
        raise ForgedForm("This page is out of date. Please go back, reload it and try again.")
