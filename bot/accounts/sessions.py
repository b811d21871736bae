"""Sessions: a random token in a cookie, its hash in the database, ended by eight idle hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.accounts.ports import Clock, StaffStore
from bot.accounts.tokens import form_token, hash_token, new_token
from bot.handoff.model import StaffMember

IDLE = timedelta(hours=8)
# Writing "still here" at most once a minute keeps reading pages free of writes.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the screen. `form_token` goes into every form; `token_hash` names the session in the database."""

    staff: StaffMember
    token_hash: str
    form_token: str


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(self, store: StaffStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def open(self, staff_id: str) -> str:
        """Start a session and return its token for the cookie."""
        token, now = new_token(), self._clock()
        await self._store.add_session(hash_token(token), staff_id, now, now + IDLE)
        return token

    async def find(self, token: str, active: bool = True) -> SignedIn | None:
        """Return whose session it is; `active` False (a page refreshing itself) does not keep it from going idle."""
        token_hash, now = hash_token(token), self._clock()
        session = await self._store.session(token_hash, now)
        if session is None:
            return None
        if active and now - session.last_seen_at >= TOUCH_EVERY:
            await self._store.touch_session(token_hash, now, now + IDLE)
        return SignedIn(staff=session.staff, token_hash=token_hash, form_token=form_token(token))

    async def close(self, token: str) -> None:
        await self._store.end_session(hash_token(token))
