"""The console as one application, to be mounted at `/console`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from bot.accounts.accounts import Accounts
from bot.accounts.errors import LinkRefused, StaffNotFound
from bot.accounts.links import SignInLinks
from bot.accounts.ports import Clock, StaffStore
from bot.accounts.sessions import Sessions
from bot.accounts.signing_in import SigningIn
from bot.console import live, pages_handoff, pages_queue, pages_sign_in, pages_staff
from bot.console.cookies import Cookies
from bot.console.errors import ForgedForm, NotSignedIn
from bot.console.headers import PrivateHeaders
from bot.console.web import Console, console, templates
from bot.conversation.ports import Conversations
from bot.errors import BadInput, HandoffNotFound, HandrailError, NotAllowed
from bot.handoff.ports import Handoffs
from bot.web.static import Files
from content.profile import Profile

STATIC = Path(__file__).resolve().parent / "static"


def build_console(
    handoffs: Handoffs,
    conversations: Conversations,
    staff: StaffStore,
    profile: Profile,
    public_url: str,
    clock: Clock,
) -> FastAPI:
    """Return the console. Mount it at `/console`; `public_url` decides over https cookies and the links' address."""
    sessions, links = Sessions(staff, clock), SignInLinks(staff, clock, public_url)
    app = FastAPI(title="Handrail console", openapi_url=None)
    app.state.console = Console(
        handoffs=handoffs,
        conversations=conversations,
        accounts=Accounts(staff, links, clock),
        sessions=sessions,
        signing_in=SigningIn(staff, sessions, links, clock),
        links=links,
        cookies=Cookies(secure=public_url.startswith("https://")),
        profile=profile,
        clock=clock,
        templates=templates(profile, clock),
    )
    for pages in (pages_sign_in, pages_queue, pages_handoff, pages_staff, live):
        app.include_router(pages.router)
    app.mount("/static", Files(STATIC))
    app.add_middleware(PrivateHeaders)
    _handle_errors(app)
    return app


def _handle_errors(app: FastAPI) -> None:
    """Every refusal becomes a page with one clear sentence and a way on."""
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(LinkRefused, _message("This link does not work any more", 410, "/console/sign-in"))
    app.add_exception_handler(HandoffNotFound, _gone)
    app.add_exception_handler(StaffNotFound, _message("Not found", 404, "/console/staff"))
    app.add_exception_handler(NotAllowed, _message("That is not allowed", 403))
    app.add_exception_handler(ForgedForm, _message("Please try that again", 403))
    app.add_exception_handler(BadInput, _message("That did not work", 400))
    app.add_exception_handler(HandrailError, _message("That did not work", 503))
    app.add_exception_handler(HTTPException, _no_such_page)


async def _to_sign_in(request: Request, _: Exception) -> Response:
    """Lead to the sign-in page and back again; a part of a page makes the whole page go there."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Refresh": "true"})
    if request.url.path == "/console/events":
        return Response(status_code=204)  # tells an event stream to stop asking
    onward = quote(request.url.path) if request.method == "GET" and request.url.path != "/console/" else ""
    return RedirectResponse(f"/console/sign-in?next={onward}" if onward else "/console/sign-in", status_code=303)


def _message(
    title: str, status: int, onward: str = "/console/queue/waiting"
) -> Callable[[Request, Exception], Response]:
    def show(request: Request, error: Exception) -> Response:
        return console(request).page("message.html", status, title=title, text=str(error), onward=onward)

    return show


def _gone(request: Request, _: Exception) -> Response:
    text = "It may have been deleted by the visitor, who can do so at any time."
    return _message("This conversation is not here any more", 404)(request, HandoffNotFound(text))


def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    text = "Check the address, or go back to the queue."
    return console(request).page(
        "message.html", status, title="There is no such page", text=text, onward="/console/queue/waiting"
    )
