"""Waking whoever waits for a change: at once within this process, and across processes by the database."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class Signal:
    """One waiter's view of one topic; changes between two waits are told once."""

    def __init__(self, live: Live, topic: str) -> None:
        self._live = live
        self._topic = topic
        self._event = asyncio.Event()

    async def wait(self, timeout: float | None = None) -> bool:
        try:
            # Not `wait_for`: before Python 3.12 it may swallow a cancellation.
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True

    def wake(self) -> None:
        self._event.set()

    def close(self) -> None:
        self._live.remove(self._topic, self)


class Live:
    """The topics someone in this process waits for; nothing is kept of a topic that nobody watches."""

    def __init__(self) -> None:
        self._signals: defaultdict[str, set[Signal]] = defaultdict(set)

    def subscribe(self, topic: str) -> Signal:
        signal = Signal(self, topic)
        self._signals[topic].add(signal)
        return signal

    def publish(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for signal in tuple(self._signals.get(topic, ())):
                signal.wake()

    def publish_all(self) -> None:
        """Something may have changed anywhere: everyone looks again."""
        self.publish(tuple(self._signals))

    def remove(self, topic: str, signal: Signal) -> None:
        self._signals[topic].discard(signal)
        if not self._signals[topic]:
            del self._signals[topic]
