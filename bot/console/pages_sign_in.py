"""Coming in: the sign-in form and one-time links."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts.errors import FormRefused, SignInRefused
from bot.accounts.ports import Account
from bot.accounts.signing_in import NewPerson
from bot.accounts.tokens import form_token, new_token
from bot.console.web import Console, Form, Parts, guard_stranger
from bot.errors import RateLimited
from bot.web.address import client_address

HOME = "/console/queue/waiting"
SECOND_STEP = "/console/account/second-step"

router = APIRouter(dependencies=[Depends(guard_stranger)])


@router.get("/sign-in")
async def sign_in_form(request: Request, parts: Parts, next: str = "") -> Response:
    return _stranger_page(request, parts, "sign_in.html", next=next, email="", refused="")


@router.post("/sign-in")
async def sign_in(request: Request, parts: Parts, form: Form) -> Response:
    email, onward = form.get("email", ""), form.get("next", "")
    try:
        address = client_address(request)
        token = await parts.signing_in.with_password(email, form.get("password", ""), form.get("code", ""), address)
    except (SignInRefused, RateLimited) as refusal:
        status = 429 if isinstance(refusal, RateLimited) else 401
        return _stranger_page(request, parts, "sign_in.html", status, next=onward, email=email, refused=str(refusal))
    return _come_in(parts, token, onward if _is_ours(onward) else HOME)


@router.get("/link/{token}")
async def link_form(request: Request, parts: Parts, token: str) -> Response:
    """Show what the link does. Programs that look at links in advance see this page and use nothing up."""
    _, account = await parts.links.look(token)
    return _link_page(request, parts, token, account)


@router.post("/link/{token}")
async def use_link(request: Request, parts: Parts, token: str, form: Form) -> Response:
    _, account = await parts.links.look(token)
    wanted = {name: form.get(name, "") for name in ("name", "role", "email", "password", "again")}
    try:
        session = await parts.signing_in.with_link(token, NewPerson(**wanted))
    except FormRefused as refusal:
        return _link_page(request, parts, token, account, 400, typed=wanted, refused=str(refusal), field=refusal.field)
    is_new = account is None or account.password_hash is None
    return _come_in(parts, session, f"{SECOND_STEP}?new=1" if is_new else HOME)


def _come_in(parts: Console, token: str, onward: str) -> Response:
    response = RedirectResponse(onward, status_code=303)
    parts.cookies.open_session(response, token)
    return response


def _is_ours(path: str) -> bool:
    """Say whether a path to go on to stays inside the console, so that no link can lead a person elsewhere."""
    return path.startswith("/console/") and "\\" not in path and "//" not in path


def _link_page(
    request: Request,
    parts: Console,
    token: str,
    account: Account | None,
    status: int = 200,
    typed: dict[str, str] | None = None,
    refused: str = "",
    field: str = "",
) -> Response:
    typed = typed or {"name": "", "role": "", "email": ""}
    return _stranger_page(
        request,
        parts,
        "link.html",
        status,
        link_token=token,
        account=account,
        typed=typed,
        refused=refused,
        field=field,
    )


def _stranger_page(request: Request, parts: Console, template: str, status: int = 200, **context: Any) -> Response:
    """Render a page with a form for somebody not signed in, tied to a cookie of this browser."""
    known = parts.cookies.stranger(request) or new_token()
    response = parts.page(template, status, form_token=form_token(known), **context)
    parts.cookies.know_stranger(response, known)
    return response
