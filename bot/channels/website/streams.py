"""How many live connections one address may hold open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import RateLimited


class Streams:
    """Counts open live connections by address, in this process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: Counter[str] = Counter()

    def check(self, address: str) -> None:
        """Raise RateLimited where `address` has `limit` connections open."""
        if self._open[address] >= self._limit:
            raise RateLimited(
                "Too many live connections are open from your address. Close some, or ask again later.", 30
            )

    @contextmanager
    def held(self, address: str) -> Iterator[None]:
        """Count one connection as open while inside."""
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]
