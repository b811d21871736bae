"""Telegram's published sending limits: about 30 messages a second in all, 20 a minute to one group."""

from __future__ import annotations

import math
import time

from tests.support.bot_api.errors import too_many


class _Bucket:
    """A leaky bucket: `size` at once, leaking `rate` a second."""

    def __init__(self, size: float, rate: float) -> None:
        self._size, self._rate, self._level, self._at = size, rate, 0.0, time.monotonic()

    def seconds_until_free(self) -> float:
        now = time.monotonic()
        self._level = max(0.0, self._level - (now - self._at) * self._rate)
        self._at = now
        if self._level + 1 <= self._size:
            self._level += 1
            return 0.0
        return (self._level + 1 - self._size) / self._rate


class Floods:
    """Off until `enforce` is set. A little slack allows for the clocks of two processes."""

    def __init__(self) -> None:
        self.enforce = False
        self._all = _Bucket(33, 33)
        self._groups: dict[int, _Bucket] = {}

    def check(self, chat_id: int) -> None:
        """Raises RefusedError (429) where sending to `chat_id` now is too much."""
        if not self.enforce:
            return
        wait = self._all.seconds_until_free()
        if chat_id < 0:
            wait = max(wait, self._groups.setdefault(chat_id, _Bucket(22, 22 / 60)).seconds_until_free())
        if wait > 0:
            raise too_many(math.ceil(wait))
