"""The outbox: pushes stored messages to the channels that need it, in order within a conversation, until delivered."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot import failpoints
from bot.conversation.ports import Clock, Recalling, Sender
from bot.conversation.pump import Pace, Pump, Source
from bot.conversation.records import Delivery
from bot.conversation.storage import OUTBOX, Store
from bot.errors import PassingError, PermanentError

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(hours=24)
MIN_ATTEMPTS = 12
FIRST_DELAY = 2.0
LONGEST_DELAY = 2 * 3600.0

_random = secrets.SystemRandom()


class Outbox:
    """Delivers up to `slots` conversations side by side; a channel without a sender waits, for a day."""

    def __init__(
        self, store: Store, senders: Sequence[Sender], clock: Clock, slots: int = 8, pace: Pace | None = None
    ) -> None:
        self._store = store
        self._senders = {sender.channel: sender for sender in senders}
        self._clock = clock
        self._pace = pace or Pace()
        self._lease = timedelta(seconds=self._pace.lease)
        source = Source("outbox", self._claim, self._extend, self._release, lambda: store.subscribe(OUTBOX))
        self._pump = Pump(source, self._deliver, slots, self._pace)

    def add_sender(self, sender: Sender) -> None:
        """Serve one more channel, also while running."""
        self._senders[sender.channel] = sender

    async def start(self) -> None:
        await self._fail_stranded()
        await self._pump.start()

    async def stop(self) -> None:
        await self._pump.stop()

    async def _fail_stranded(self) -> None:
        """Let staff see what waits for a channel that has been switched off for a day."""
        now = self._clock()
        async with self._store.write() as tx:
            await tx.outbox.fail_stranded(tuple(self._senders), now - GIVE_UP_AFTER, now)

    async def _claim(self, limit: int) -> Sequence[Delivery]:
        if not self._senders:
            return ()
        now = self._clock()
        # Durable, unlike other leases: the count of attempts says that a message may already be with its channel.
        async with self._store.write() as tx:
            return await tx.outbox.claim(tuple(self._senders), now, now + self._lease, limit)

    async def _extend(self, claims: Sequence[str]) -> None:
        async with self._store.write(durable=False) as tx:
            await tx.outbox.extend(claims, self._clock() + self._lease)

    async def _release(self, claims: Sequence[str]) -> None:
        async with self._store.write(durable=False) as tx:
            await tx.outbox.release(claims)

    async def _deliver(self, delivery: Delivery) -> None:
        failpoints.hit("before_send")
        try:
            await self._send(self._senders[delivery.channel], delivery)
        except PermanentError as error:
            await self._fail(delivery, str(error), permanent=True)
        except PassingError as error:
            await self._try_later(delivery, str(error), error.retry_after)
        except Exception as error:
            log.exception("send_failed", delivery_id=delivery.id)
            await self._try_later(delivery, f"{type(error).__name__}: {error}", None)
        else:
            failpoints.hit("after_send")
            async with self._store.write() as tx:
                await tx.outbox.delivered(delivery, self._clock())
            failpoints.hit("after_delivered_commit")

    async def _send(self, sender: Sender, delivery: Delivery) -> None:
        """Send, unless the channel already has it from an attempt whose end nobody heard of."""
        recalling = sender if delivery.attempts > 1 and isinstance(sender, Recalling) else None
        if recalling is None or not await recalling.was_delivered(delivery.channel_ref, delivery.message):
            await sender.send(delivery.channel_ref, delivery.message)

    async def _try_later(self, delivery: Delivery, error: str, retry_after: float | None) -> None:
        now = self._clock()
        if exhausted(delivery.attempts, now - delivery.queued_at):
            await self._fail(delivery, error, permanent=False)
            return
        wait = delay(delivery.attempts, _random.random()) if retry_after is None else retry_after
        async with self._store.write() as tx:
            await tx.outbox.retry(delivery, now + timedelta(seconds=wait), error)

    async def _fail(self, delivery: Delivery, error: str, permanent: bool) -> None:
        log.warning("delivery_failed", delivery_id=delivery.id, permanent=permanent)
        async with self._store.write() as tx:
            await tx.outbox.fail(delivery, self._clock(), error, permanent)


def delay(attempt: int, chance: float) -> float:
    """Seconds to wait after the `attempt`th failure: doubling from 2 s to 2 h, spread by up to a quarter either way.

    `chance` is in 0..1.
    """
    full = min(FIRST_DELAY * 2.0 ** (attempt - 1), LONGEST_DELAY)
    return full * (0.75 + chance / 2)


def exhausted(attempts: int, age: timedelta) -> bool:
    """Tell whether to give up: only after a day, and only after a dozen tries."""
    return attempts >= MIN_ATTEMPTS and age >= GIVE_UP_AFTER
