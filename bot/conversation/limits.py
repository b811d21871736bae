"""How much is taken in before the rest is asked to wait. Kept in memory, per replica, in bounded space."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many a minute: messages in one conversation, from one address and overall; new conversations likewise."""

    conversation: int = 30
    address: int = 300
    total: int = 3000
    starts: int = 120
    starts_total: int = 12_000


class Gate:
    """A leaky bucket for each key (GCRA): a minute's worth may come at once, then they come evenly.

    Holds one number a key for the `keys` keys last seen.
    """

    def __init__(self, limits: Limits, keys: int = 10_000) -> None:
        self._limits = limits
        self._keys = keys
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def message(self, conversation_id: str, address: str, now: float) -> float:
        """Count a message; return 0, or the seconds to wait, in which case nothing was counted. `now` in seconds."""
        limits = self._limits
        wanted = [(f"c:{conversation_id}", limits.conversation), ("total", limits.total)]
        if address:
            wanted.append((f"a:{address}", limits.address))
        return self._take(wanted, now)

    def start(self, address: str, now: float) -> float:
        """Count a new conversation; otherwise as `message`.

        A flood of messages uses nothing of this up: whoever comes new may be in danger, and nothing of theirs is read
        before their conversation is there.
        """
        wanted = [("starts", self._limits.starts_total)]
        if address:
            wanted.append((f"s:{address}", self._limits.starts))
        return self._take(wanted, now)

    def person(self, conversation_id: str, address: str, now: float) -> float:
        """Count a request for a person; otherwise as `message`. Messages use nothing of this up, nor do other people."""
        wanted = [(f"p:{conversation_id}", self._limits.conversation)]
        if address:
            wanted.append((f"pa:{address}", self._limits.address))
        return self._take(wanted, now)

    def _take(self, wanted: list[tuple[str, int]], now: float) -> float:
        wait = max(self._full_at.get(key, now) - now - MINUTE + MINUTE / limit for key, limit in wanted)
        if wait > 1e-9:
            return wait
        for key, limit in wanted:
            self._full_at[key] = max(self._full_at.get(key, now), now) + MINUTE / limit
            self._full_at.move_to_end(key)
        while len(self._full_at) > self._keys:
            self._full_at.popitem(last=False)
        return 0.0
