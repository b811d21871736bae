"""Staff accounts (administrators) and one's own account."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts import totp
from bot.accounts.errors import FormRefused
from bot.accounts.sessions import SignedIn
from bot.console.pages_queue import frame
from bot.console.web import Console, Form, Parts, Who, guard_signed_in
from bot.errors import NotAllowed

router = APIRouter(dependencies=[Depends(guard_signed_in)])


@router.post("/sign-out")
async def sign_out(request: Request, parts: Parts) -> Response:
    await parts.sessions.close(parts.cookies.session(request) or "")
    response = RedirectResponse("/console/sign-in", status_code=303)
    parts.cookies.close_session(response)
    return response


@router.get("/staff")
async def staff(parts: Parts, who: Who) -> Response:
    return await _staff_page(parts, who)


@router.post("/staff")
async def invite(parts: Parts, who: Who, form: Form) -> Response:
    typed = {name: form.get(name, "") for name in ("name", "role", "email")}
    try:
        link = await parts.accounts.invite(who.staff, **typed, is_admin=form.get("is_admin") == "yes")
    except FormRefused as refusal:
        return await _staff_page(parts, who, 400, typed=typed, refused=str(refusal), field=refusal.field)
    return await _staff_page(parts, who, link=link, link_for=typed["name"])


@router.post("/staff/{staff_id}/reset")
async def reset(parts: Parts, who: Who, staff_id: str) -> Response:
    link = await parts.accounts.reset(who.staff, staff_id)
    named = {account.member.id: account.member.name for account in await parts.accounts.everyone(who.staff)}
    if staff_id == who.staff.id:
        return RedirectResponse(link, status_code=303)
    return await _staff_page(parts, who, link=link, link_for=named[staff_id])


@router.post("/staff/{staff_id}/{switch}")
async def switch(parts: Parts, who: Who, staff_id: str, switch: str) -> Response:
    if switch not in ("on", "off"):
        return RedirectResponse("/console/staff", status_code=303)
    try:
        await parts.accounts.set_active(who.staff, staff_id, switch == "on")
        if switch == "off":  # after it, so that the person cannot take them back
            await parts.handoffs.release_all(staff_id, who.staff)
    except NotAllowed as refusal:
        if not who.staff.is_admin:
            raise
        return await _staff_page(parts, who, 403, refused=str(refusal))
    return RedirectResponse("/console/staff", status_code=303)


@router.get("/account")
async def account(parts: Parts, who: Who, done: str = "") -> Response:
    return await _account_page(parts, who, done=done)


@router.post("/account/password")
async def change_password(parts: Parts, who: Who, form: Form) -> Response:
    try:
        await parts.accounts.change_password(
            who, form.get("current", ""), form.get("password", ""), form.get("again", "")
        )
    except FormRefused as refusal:
        return await _account_page(parts, who, 400, refused=str(refusal), field=refusal.field)
    return RedirectResponse("/console/account?done=password", status_code=303)


@router.get("/account/second-step")
async def second_step(parts: Parts, who: Who, new: str = "") -> Response:
    return await _second_step_page(parts, who, totp.new_secret(), new)


@router.post("/account/second-step")
async def switch_on_code(parts: Parts, who: Who, form: Form) -> Response:
    secret, new = form.get("secret", ""), form.get("new", "")
    try:
        await parts.accounts.switch_on_code(who.staff, secret, form.get("code", ""))
    except FormRefused as refusal:
        secret = secret if totp.is_secret(secret) else totp.new_secret()
        return await _second_step_page(parts, who, secret, new, 400, refused=str(refusal))
    return RedirectResponse("/console/queue/waiting" if new else "/console/account?done=code_on", status_code=303)


@router.post("/account/second-step/off")
async def switch_off_code(parts: Parts, who: Who, form: Form) -> Response:
    try:
        await parts.accounts.switch_off_code(who.staff, form.get("current_off", ""))
    except FormRefused as refusal:
        return await _account_page(parts, who, 400, refused=str(refusal), field="current_off")
    return RedirectResponse("/console/account?done=code_off", status_code=303)


async def _staff_page(parts: Console, who: SignedIn, status: int = 200, **context: Any) -> Response:
    defaults: dict[str, Any] = {
        "typed": {"name": "", "role": "", "email": ""},
        "refused": "",
        "field": "",
        "link": "",
        "link_for": "",
    }
    everyone = await parts.accounts.everyone(who.staff)
    return parts.page(
        "staff.html",
        status,
        who=who,
        everyone=everyone,
        **await frame(parts, who.staff, "staff"),
        **(defaults | context),
    )


async def _account_page(parts: Console, who: SignedIn, status: int = 200, **context: Any) -> Response:
    defaults: dict[str, Any] = {"refused": "", "field": "", "done": ""}
    own = await parts.accounts.own(who.staff)
    return parts.page(
        "account.html", status, who=who, own=own, **await frame(parts, who.staff, "account"), **(defaults | context)
    )


async def _second_step_page(
    parts: Console, who: SignedIn, secret: str, new: str, status: int = 200, refused: str = ""
) -> Response:
    qr_code = totp.qr_code(secret, who.staff.email, parts.profile.clinic.name)
    context = await frame(parts, who.staff, "account")
    return parts.page(
        "second_step.html", status, who=who, secret=secret, qr_code=qr_code, new=new, refused=refused, **context
    )
