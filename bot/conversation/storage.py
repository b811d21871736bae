"""The methods the conversation needs of a store, as Protocols: transactions that are committed whole or not at all.

Inside a transaction a conversation that was got with `lock=True` is nobody else's until the end. What is stored
wakes the watchers of `topics` after the commit, in every replica.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.conversation.model import Message, Outcome, Understanding
from bot.conversation.records import Conversation, Delivery, Draft, Job
from bot.handoff.storage import AuditTable, FailureTable, HandoffTable

WORK = "work"
OUTBOX = "outbox"
HANDOFFS = "handoffs"


class Subscription(Protocol):
    async def wait(self, timeout: float | None = None) -> bool:
        """Return True when something changed since the last call, False after `timeout` seconds."""
        ...

    def wake(self) -> None: ...

    def close(self) -> None: ...


class ConversationTable(Protocol):
    async def add(self, conversation: Conversation) -> bool:
        """Store a new one; False when its `channel_ref` already has one."""
        ...

    async def get(self, conversation_id: str, lock: bool = False) -> Conversation | None: ...

    async def by_ref(self, channel: str, channel_ref: str) -> Conversation | None: ...

    async def save(self, conversation: Conversation) -> None: ...

    async def delete(self, conversation_id: str) -> bool:
        """Delete it with everything that hangs on it; False when there was none."""
        ...


class MessageTable(Protocol):
    async def append(self, conversation: Conversation, draft: Draft, now: datetime) -> Message:
        """Store a message under the next sequence number; the conversation must be locked."""
        ...

    async def by_client_id(self, conversation_id: str, author: str, client_id: str) -> Message | None: ...

    async def after(self, conversation_id: str, seq: int) -> tuple[Message, ...]: ...

    async def last_text(self, conversation_id: str) -> str:
        """Return the text of the newest message that a visitor did not write, "" when there is none."""
        ...

    async def explain(self, message_id: str, outcome: Outcome, topic: str, understanding: Understanding) -> None:
        """Keep with a visitor's message what came of it and why."""
        ...


class JobTable(Protocol):
    async def add(self, message: Message, now: datetime) -> None: ...

    async def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Job]:
        """Lease up to `limit` free conversations with work due, and return the oldest job of each."""
        ...

    async def held(self, job: Job) -> Conversation | None:
        """Lock the job's conversation and return it if the lease is still the job's own, else None."""
        ...

    async def next(self, job: Job, conversation: Conversation, now: datetime, until: datetime) -> Job | None:
        """Go on to the conversation's next job under the same lease, or give the lease back and return None."""
        ...

    async def done(self, job: Job) -> None: ...

    async def retry(self, job: Job, at: datetime, error: str) -> None: ...

    async def bury(self, job: Job, now: datetime, error: str) -> None: ...

    async def extend(self, claims: Sequence[str], until: datetime) -> None: ...

    async def release(self, claims: Sequence[str]) -> None: ...


class OutboxTable(Protocol):
    async def add(self, conversation: Conversation, message: Message, now: datetime) -> None: ...

    async def claim(self, channels: Sequence[str], now: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        """Lease up to `limit` due deliveries, at most one a conversation and never before an earlier one of it."""
        ...

    async def delivered(self, delivery: Delivery, now: datetime) -> None: ...

    async def retry(self, delivery: Delivery, at: datetime, error: str) -> None: ...

    async def fail(self, delivery: Delivery, now: datetime, error: str, permanent: bool) -> None: ...

    async def fail_stranded(self, channels: Sequence[str], before: datetime, now: datetime) -> None:
        """Fail what was queued before `before` for a channel that is not among `channels`."""
        ...

    async def extend(self, claims: Sequence[str], until: datetime) -> None: ...

    async def release(self, claims: Sequence[str]) -> None: ...


class Transaction(Protocol):
    @property
    def conversations(self) -> ConversationTable: ...

    @property
    def messages(self) -> MessageTable: ...

    @property
    def jobs(self) -> JobTable: ...

    @property
    def outbox(self) -> OutboxTable: ...

    @property
    def handoffs(self) -> HandoffTable: ...

    @property
    def failures(self) -> FailureTable: ...

    @property
    def audit(self) -> AuditTable: ...


class Store(Protocol):
    def write(self, durable: bool = True) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction, committed at the end of the block; raises StorageRefused where that cannot be done.

        `durable=False` is for what may be forgotten in a power cut (leases): it does not wait for the disk.
        """
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that only reads; raises StorageRefused."""
        ...

    def subscribe(self, topic: str) -> Subscription:
        """Watch `WORK`, `OUTBOX`, `HANDOFFS` or a conversation's id."""
        ...
