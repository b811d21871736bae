"""What Prometheus may know: counts and durations, never a text, a name, an id or an address."""

from __future__ import annotations

import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.conversation.model import Context, Reply
from bot.conversation.ports import CrisisCheck, Understander
from bot.errors import UnderstandingUnavailable

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
WAITING = {
    "handoffs_open": "Handoffs not closed",
    "jobs_pending": "Visitors' messages still to be answered",
    "jobs_dead": "Visitors' messages whose work failed every time (dead letters)",
    "outbox_pending": "Replies still to be delivered by a channel",
    "outbox_failed": "Replies that a channel could not deliver",
}


class Metrics:
    """One registry for each app, so that tests and replicas do not share counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "handrail_messages", "Visitors' messages by what came of them", ["outcome"], registry=self.registry
        )
        self.rasa_seconds = Histogram(
            "handrail_rasa_seconds", "Seconds that Rasa took for one message", buckets=BUCKETS, registry=self.registry
        )
        self._now = {name: Gauge(f"handrail_{name}", text, registry=self.registry) for name, text in WAITING.items()}

    def render(self, waiting: Mapping[str, int]) -> bytes:
        """Return the text format; `waiting` counts what waits now, by the names of `WAITING`."""
        for name, gauge in self._now.items():
            gauge.set(waiting[name])
        return generate_latest(self.registry)


class Measured:
    """An `Understander` and a `CrisisCheck` that count what comes of each message."""

    def __init__(self, understander: Understander, crisis_check: CrisisCheck, metrics: Metrics) -> None:
        self._understander = understander
        self._crisis_check = crisis_check
        self._metrics = metrics

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        """See `Understander`."""
        started = time.perf_counter()
        try:
            reply = await self._understander.reply_to(message_id, text, context)
        except UnderstandingUnavailable:
            self._metrics.messages.labels("unavailable").inc()
            raise
        finally:
            self._metrics.rasa_seconds.observe(time.perf_counter() - started)
        self._metrics.messages.labels(reply.outcome).inc()
        return reply

    def check(self, text: str, *, thorough: bool = True) -> Reply | None:
        """See `CrisisCheck`."""
        reply = self._crisis_check.check(text, thorough=thorough)
        if reply:
            self._metrics.messages.labels(reply.outcome).inc()
        return reply
