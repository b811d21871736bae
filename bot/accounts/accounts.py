"""Looking after accounts: one's own, and for administrators everybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.accounts import forms, passwords, totp
from bot.accounts.errors import FormRefused, StaffNotFound
from bot.accounts.links import SignInLinks
from bot.accounts.ports import Account, Clock, NewAccount, StaffStore
from bot.accounts.sessions import SignedIn
from bot.accounts.signing_in import hashed
from bot.errors import NotAllowed
from bot.handoff.model import StaffMember


class Accounts:
    """Every method says who acts; what that person may not do raises NotAllowed and changes nothing."""

    def __init__(self, store: StaffStore, links: SignInLinks, clock: Clock) -> None:
        self._store = store
        self._links = links
        self._clock = clock

    async def everyone(self, actor: StaffMember) -> Sequence[Account]:
        _require_admin(actor)
        return await self._store.accounts()

    async def own(self, actor: StaffMember) -> Account:
        return await self._get(actor.id)

    async def invite(self, actor: StaffMember, name: str, role: str, email: str, is_admin: bool) -> str:
        """Add a person and return the sign-in link to hand to them. Raises FormRefused."""
        _require_admin(actor)
        new = NewAccount(name=forms.name(name), role=forms.role(role), email=forms.email(email), is_admin=is_admin)
        member = await self._store.add(new, self._clock())
        await self._record(actor, "invited", member.id)
        return await self._links.issue_for(member.id)

    async def reset(self, actor: StaffMember, staff_id: str) -> str:
        """Take away password, second step and sessions; return a link with which the person starts afresh."""
        _require_admin(actor)
        account = await self._get(staff_id)
        if not account.member.is_active:
            raise NotAllowed(f"{account.member.name}'s account is switched off. Switch it on first.")
        await self._store.set_password(staff_id, None)
        await self._store.set_totp(staff_id, None)
        await self._store.end_sessions(staff_id)
        await self._record(actor, "reset", staff_id)
        return await self._links.issue_for(staff_id)

    async def set_active(self, actor: StaffMember, staff_id: str, active: bool) -> Account:
        _require_admin(actor)
        account = await self._get(staff_id)
        if staff_id == actor.id:
            raise NotAllowed("You cannot switch off your own account. Ask another administrator.")
        await self._store.set_active(staff_id, active)
        await self._record(actor, "switched_on" if active else "switched_off", staff_id)
        return account

    async def change_password(self, who: SignedIn, current: str, password: str, again: str) -> None:
        """Change one's own password; one's other sessions end. Raises FormRefused."""
        account = await self._get(who.staff.id)
        if not await asyncio.to_thread(passwords.matches, account.password_hash, current):
            raise FormRefused("The current password is not right.", "current")
        new_hash = await hashed(password, again, (account.member.name, account.member.role, account.member.email))
        await self._store.set_password(who.staff.id, new_hash)
        await self._store.end_sessions(who.staff.id, keep=who.token_hash)
        await self._record(who.staff, "password_changed")

    async def switch_on_code(self, actor: StaffMember, secret: str, code: str) -> None:
        """Switch on the second step once a code of the person's app matches. Raises FormRefused."""
        totp.confirm(secret, code, self._clock())
        await self._store.set_totp(actor.id, secret)
        await self._record(actor, "second_step_on")

    async def switch_off_code(self, actor: StaffMember, current: str) -> None:
        """Switch off the second step; the password is asked, so that an unlocked screen is not enough."""
        account = await self._get(actor.id)
        if not await asyncio.to_thread(passwords.matches, account.password_hash, current):
            raise FormRefused("The current password is not right.", "current")
        await self._store.set_totp(actor.id, None)
        await self._record(actor, "second_step_off")

    async def _get(self, staff_id: str) -> Account:
        account = await self._store.account(staff_id)
        if account is None:
            raise StaffNotFound("There is no such member of staff.")
        return account

    async def _record(self, actor: StaffMember, action: str, detail: str = "") -> None:
        await self._store.record(self._clock(), actor.id, action, detail)


def _require_admin(actor: StaffMember) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an administrator may look after staff accounts.")
