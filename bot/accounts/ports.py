"""What staff accounts need from the database, as Protocols. All times are aware, in UTC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.handoff.model import StaffMember

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff with what they sign in with. No password: invited or reset, waiting for their link."""

    member: StaffMember
    password_hash: str | None = None
    totp_secret: str | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A person to be added. `email` is already normalised."""

    name: str
    role: str
    email: str
    is_admin: bool = False
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that has not ended; `last_seen_at` is when its person last did something."""

    staff: StaffMember
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A sign-in link that can still be used. `staff_id` None: it makes the first administrator."""

    staff_id: str | None
    expires_at: datetime


class StaffStore(Protocol):
    """Staff, their sessions and sign-in links. Every method commits before it returns."""

    async def accounts(self) -> Sequence[Account]:
        """Return everyone, active or not, oldest account first."""
        ...

    async def account(self, staff_id: str) -> Account | None: ...

    async def account_by_email(self, email: str) -> Account | None: ...

    async def add(self, account: NewAccount, now: datetime) -> StaffMember:
        """Raise FormRefused where the e-mail address is taken."""
        ...

    async def add_first(self, link_hash: str, account: NewAccount, now: datetime) -> StaffMember | None:
        """Use up the link and add the first administrator together; None if the link is spent or anybody exists."""
        ...

    async def set_password(self, staff_id: str, password_hash: str | None) -> None: ...

    async def set_totp(self, staff_id: str, secret: str | None) -> None: ...

    async def set_active(self, staff_id: str, active: bool) -> None:
        """Switch the account on or off; off also ends its sessions and links. The last administrator stays on.

        Raises:
            NotAllowed: nobody active would be left to administer.
        """
        ...

    async def end_sessions(self, staff_id: str, keep: str | None = None) -> None:
        """End every session of the person, except the one whose token hash is `keep`."""
        ...

    async def add_link(self, token_hash: str, staff_id: str | None, expires_at: datetime) -> None: ...

    async def link(self, token_hash: str, now: datetime) -> Link | None:
        """Return the link if it is unused, not out of date and its person still active."""
        ...

    async def use_link(self, token_hash: str, now: datetime) -> bool:
        """Use the link up; False if someone else was faster."""
        ...

    async def add_session(self, token_hash: str, staff_id: str, now: datetime, expires_at: datetime) -> None: ...

    async def session(self, token_hash: str, now: datetime) -> Session | None:
        """Return the session unless it has ended or its person was deactivated."""
        ...

    async def touch_session(self, token_hash: str, now: datetime, expires_at: datetime) -> None: ...

    async def end_session(self, token_hash: str) -> None: ...

    async def record(self, at: datetime, staff_id: str | None, action: str, detail: str = "") -> None:
        """Write one line of the audit trail."""
        ...

    async def count(self, action: str, detail: str, since: datetime) -> int:
        """Return how many lines of the audit trail have this action and detail since then."""
        ...
