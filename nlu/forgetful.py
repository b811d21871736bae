"""A tracker store that keeps nothing, because every message comes with all that Rasa needs to know.

Rasa's own in-memory store would keep every visitor's text for as long as the server runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class ForgetfulTrackerStore(TrackerStore):
    """Creates a fresh tracker for each message and drops it afterwards."""

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        kwargs.pop("host", None)  # Rasa passes the endpoint's url as `host`; there is nothing to connect to
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:  # noqa: ARG002
        return None

    async def keys(self) -> Iterable[str]:
        return ()
