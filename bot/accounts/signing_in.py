"""Signing in with e-mail, password and, where set up, a code; or with a one-time link."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.accounts import forms, passwords, totp
from bot.accounts.errors import FormRefused, SignInRefused
from bot.accounts.links import SignInLinks, refused
from bot.accounts.ports import Account, Clock, NewAccount, StaffStore
from bot.accounts.sessions import Sessions
from bot.accounts.throttle import Throttle
from bot.accounts.tokens import hash_token

CODE_USED = "code_used"
WRONG = "That did not match. Please check the e-mail address, the password and, if you use one, the six-digit code."


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What the form of a sign-in link asks for. Name, role and e-mail count for the first administrator only."""

    password: str
    again: str
    name: str = ""
    role: str = ""
    email: str = ""


class SigningIn:
    """Every way in. Each returns the new session's token for the cookie, or raises and changes nothing."""

    def __init__(self, store: StaffStore, sessions: Sessions, links: SignInLinks, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._links = links
        self._throttle = Throttle(store, clock)
        self._clock = clock
        # One password at a time: guesses sent at once cannot slip past the count, nor eat every core.
        self._one_at_a_time = asyncio.Lock()

    async def with_password(self, email: str, password: str, code: str, address: str) -> str:
        """Check all three; `address` is where the request comes from.

        Raises:
            SignInRefused: something is wrong, never saying what.
            RateLimited: too many tries.
        """
        email = email.strip().lower()[: forms.EMAIL_LENGTH]
        async with self._one_at_a_time:
            await self._throttle.check(email, address)
            account = await self._store.account_by_email(email)
            if account is None or not await self._is_right(account, password, code):
                await self._refuse(account, email, password, address)
            assert account is not None
            return await self._open(account.member.id, "signed_in")

    async def with_link(self, token: str, person: NewPerson | None) -> str:
        """Use a link: the first administrator and people without a password choose one, others just come in.

        Raises:
            LinkRefused, FormRefused (the link then stays usable).
        """
        _, account = await self._links.look(token)
        if account is None:
            return await self._first(token, person or NewPerson("", ""))
        password_hash = None
        if account.password_hash is None:
            password_hash = await self._new_hash(person or NewPerson("", ""), account)
        await self._links.use(token)
        if password_hash is not None:
            await self._store.set_password(account.member.id, password_hash)
        return await self._open(account.member.id, "signed_in_with_link")

    async def _first(self, token: str, person: NewPerson) -> str:
        name, role, email = forms.name(person.name), forms.role(person.role), forms.email(person.email)
        password_hash = await hashed(person.password, person.again, (name, role, email))
        new = NewAccount(name=name, role=role, email=email, is_admin=True, password_hash=password_hash)
        member = await self._store.add_first(hash_token(token), new, self._clock())
        if member is None:
            raise refused()
        return await self._open(member.id, "first_account_made")

    async def _new_hash(self, person: NewPerson, account: Account) -> str:
        member = account.member
        return await hashed(person.password, person.again, (member.name, member.role, member.email))

    async def _is_right(self, account: Account, password: str, code: str) -> bool:
        known = account.password_hash if account.member.is_active else None
        if not await asyncio.to_thread(passwords.matches, known, password):
            return False
        return account.totp_secret is None or await self._code_is_right(account.member.id, account.totp_secret, code)

    async def _code_is_right(self, staff_id: str, secret: str, code: str) -> bool:
        """Accept each code once, so that one read over a shoulder is worth nothing."""
        now = self._clock()
        step = totp.accepted_step(secret, code, now)
        if step is None:
            return False
        used = f"{staff_id}:{step}"
        if await self._store.count(CODE_USED, used, now - totp.REPLAY_WINDOW):
            return False
        await self._store.record(now, staff_id, CODE_USED, used)
        return True

    async def _refuse(self, account: Account | None, email: str, password: str, address: str) -> None:
        if account is None:
            await asyncio.to_thread(passwords.matches, None, password)
        await self._throttle.failed(email, address, account.member.id if account else None)
        raise SignInRefused(WRONG)

    async def _open(self, staff_id: str, action: str) -> str:
        await self._store.record(self._clock(), staff_id, action)
        return await self._sessions.open(staff_id)


async def hashed(password: str, again: str, about: tuple[str, ...]) -> str:
    """Judge a new password and return its hash. Raises FormRefused."""
    if password != again:
        raise FormRefused("The two passwords are not the same. Please type them again.", "again")
    await asyncio.to_thread(passwords.judge, password, about)
    return await asyncio.to_thread(passwords.hash_password, password)
