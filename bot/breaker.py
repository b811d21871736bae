"""A circuit breaker: after failures in a row it stops asking for a while, then lets one question through to see."""

from __future__ import annotations

import time
from collections.abc import Callable

FAILURES = 3
PAUSE_S = 2.0


class CircuitBreaker:
    """Closed, it lets everything through. Open, nothing, until `pause_s` has passed; then one at a time, as a probe."""

    def __init__(
        self, failures: int = FAILURES, pause_s: float = PAUSE_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._pause_s, self._now = failures, pause_s, now
        self._failures = 0
        self._open_until = 0.0
        self._probing = False

    def allows(self) -> bool:
        """Return whether to ask now; an allowed question must be followed by `succeeded` or `failed`."""
        if self._failures < self._limit:
            return True
        if self._probing or self._now() < self._open_until:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        self._failures, self._probing = 0, False

    def failed(self) -> None:
        self._failures, self._probing = self._failures + 1, False
        if self._failures >= self._limit:
            self._open_until = self._now() + self._pause_s
