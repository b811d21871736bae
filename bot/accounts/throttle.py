"""Slows down guessing: failed sign-ins are counted in the audit trail, so that restarts and replicas do not forget them."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from bot.accounts.ports import Clock, StaffStore
from bot.errors import RateLimited

FAILED = "sign_in_failed"
WINDOW = timedelta(minutes=15)
# Guesses at one account from one address; at one account from anywhere; at all accounts from one address. The
# second is loose, because whoever knows a nurse's e-mail address must not be able to lock her out by failing for her.
PAIR_LIMIT = 5
EMAIL_LIMIT = 50
ADDRESS_LIMIT = 30


class Throttle:
    """Counts failures by e-mail address, by network address and by both together; only their hashes are kept."""

    def __init__(self, store: StaffStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def check(self, email: str, address: str) -> None:
        """Raise RateLimited where there were too many failures in the last quarter of an hour."""
        since = self._clock() - WINDOW
        for key, limit in _keys(email, address):
            if await self._store.count(FAILED, key, since) >= limit:
                minutes = int(WINDOW.total_seconds() // 60)
                raise RateLimited(
                    f"Too many tries. Please wait {minutes} minutes, or ask an administrator for a sign-in link.",
                    WINDOW.total_seconds(),
                )

    async def failed(self, email: str, address: str, staff_id: str | None) -> None:
        for key, _ in _keys(email, address):
            await self._store.record(self._clock(), staff_id, FAILED, key)


def _keys(email: str, address: str) -> tuple[tuple[str, int], ...]:
    return (
        (_key("pair", email, address), PAIR_LIMIT),
        (_key("email", email), EMAIL_LIMIT),
        (_key("address", address), ADDRESS_LIMIT),
    )


def _key(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:32]}"
