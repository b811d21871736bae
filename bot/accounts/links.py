"""One-time sign-in links: for the first administrator, for people invited, and for whoever is locked out."""

from __future__ import annotations

from datetime import timedelta

from bot.accounts import forms
from bot.accounts.errors import LinkRefused, StaffNotFound
from bot.accounts.ports import Account, Clock, Link, StaffStore
from bot.accounts.tokens import hash_token, new_token

LIFETIME = timedelta(minutes=30)
PATH = "/console/link/"


class SignInLinks:
    """Makes and checks links. Looking at one never uses it up; only a form sent by a person does."""

    def __init__(self, store: StaffStore, clock: Clock, public_url: str) -> None:
        self._store = store
        self._clock = clock
        self._public_url = public_url.rstrip("/")

    async def issue(self, email: str | None = None) -> str:
        """Return a new link's address: for the person with this e-mail address, else for the first administrator.

        While nobody has an account, the link leads to making the first one.

        Raises:
            StaffNotFound: no active account has that e-mail address, or none is an administrator.
        """
        accounts = [account for account in await self._store.accounts() if account.member.is_active]
        if not accounts:
            return await self.issue_for(None)
        return await self.issue_for(_find(accounts, email).member.id)

    async def issue_for(self, staff_id: str | None) -> str:
        token = new_token()
        await self._store.add_link(hash_token(token), staff_id, self._clock() + LIFETIME)
        return f"{self._public_url}{PATH}{token}"

    async def look(self, token: str) -> tuple[Link, Account | None]:
        """Return what the link is for, without using it up.

        Raises:
            LinkRefused: unknown, used, out of date, or for a first administrator when there already is one.
        """
        link = await self._store.link(hash_token(token), self._clock())
        if link is None:
            raise refused()
        if link.staff_id is not None:
            return link, await self._store.account(link.staff_id)
        if await self._store.accounts():
            raise LinkRefused(
                "The first account has been made already. Please sign in with your e-mail address and password."
            )
        return link, None

    async def use(self, token: str) -> None:
        """Use the link up, exactly once. Raises LinkRefused."""
        if not await self._store.use_link(hash_token(token), self._clock()):
            raise refused()


def refused() -> LinkRefused:
    return LinkRefused(
        "This sign-in link has been used or is out of date (links work once, for 30 minutes). "
        "Ask your administrator for a new one, or run: python -m bot sign-in-link --email YOUR-ADDRESS"
    )


def _find(accounts: list[Account], email: str | None) -> Account:
    wanted = forms.email(email) if email is not None else None
    for account in accounts:
        if account.member.email == wanted or (wanted is None and account.member.is_admin):
            return account
    who = f"the e-mail address {wanted}" if wanted else "administrator's rights"
    known = ", ".join(account.member.email for account in accounts) or "nobody yet"
    raise StaffNotFound(f"No active member of staff has {who}. Accounts: {known}.")
