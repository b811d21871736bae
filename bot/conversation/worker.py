"""The worker: asks for the reply to each stored message, one at a time within a conversation, and stores it once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot import failpoints
from bot.conversation.model import Context, HandoffMark, Owner, Reply, Urgency
from bot.conversation.ports import Clock, Replies, Understander
from bot.conversation.pump import Pace, Pump, Source
from bot.conversation.records import Conversation, Job
from bot.conversation.speaking import hand_over, remind, respond, say_wording
from bot.conversation.storage import WORK, Store, Transaction
from bot.errors import StorageRefused, UnderstandingUnavailable
from bot.handoff.opening import FAILURE, OUTAGE

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 6
FIRST_RETRY = timedelta(seconds=1)


class Worker:
    """`slots` conversations are worked side by side in this process."""

    def __init__(
        self,
        store: Store,
        understander: Understander,
        replies: Replies,
        clock: Clock,
        slots: int = 16,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._understander = understander
        self._replies = replies
        self._clock = clock
        self._pace = pace or Pace()
        self._lease = timedelta(seconds=self._pace.lease)
        source = Source("worker", self._claim, self._extend, self._release, lambda: store.subscribe(WORK))
        self._pump = Pump(source, self._work, slots, self._pace)

    async def start(self) -> None:
        await self._pump.start()

    async def stop(self) -> None:
        await self._pump.stop()

    async def _claim(self, limit: int) -> Sequence[Job]:
        now = self._clock()
        async with self._store.write(durable=False) as tx:
            jobs = await tx.jobs.claim(now, now + self._lease, limit)
        if jobs:
            failpoints.hit("after_claim")
        return jobs

    async def _extend(self, claims: Sequence[str]) -> None:
        async with self._store.write(durable=False) as tx:
            await tx.jobs.extend(claims, self._clock() + self._lease)

    async def _release(self, claims: Sequence[str]) -> None:
        async with self._store.write(durable=False) as tx:
            await tx.jobs.release(claims)

    async def _work(self, first: Job) -> None:
        job = first
        while True:
            try:
                following = await self._turn(job)
            except StorageRefused as error:
                # Nothing can be noted down either: the lease runs out and the message is taken up again.
                log.error("storage_refused", message_id=job.message.id, error=str(error))
                return
            except Exception as error:
                log.exception("turn_failed", message_id=job.message.id)
                await self._failed(job, f"{type(error).__name__}: {error}")
                return
            if following is None:
                return
            job = following

    async def _turn(self, job: Job) -> Job | None:
        is_asked = job.conversation.owner is not Owner.STAFF
        reply = await self._ask(job) if is_asked else None
        failpoints.hit("after_understanding")
        async with self._store.write() as tx:
            conversation = await tx.jobs.held(job)
            if conversation is None:
                return None
            now = self._clock()
            if reply is not None:
                conversation = await respond(tx, conversation, job.message, reply, self._replies, now)
            elif is_asked and conversation.owner is not Owner.STAFF:
                conversation = await self._tell_of_outage(tx, conversation, job)
            await tx.jobs.done(job)
            following = await tx.jobs.next(job, conversation, now, now + self._lease)
            failpoints.hit("before_reply_commit")
        failpoints.hit("after_reply_commit")
        return following

    async def _ask(self, job: Job) -> Reply | None:
        """Return the reply, or None where there is none to be had: Rasa is away."""
        conversation = job.conversation
        context = Context(conversation.previous_topic, conversation.clarified, conversation.owner)
        try:
            return await self._understander.reply_to(job.message.id, job.message.text, context)
        except UnderstandingUnavailable as error:
            log.warning("understanding_unavailable", message_id=job.message.id, error=str(error))
            return None

    async def _tell_of_outage(self, tx: Transaction, conversation: Conversation, job: Job) -> Conversation:
        """Hand over once; what comes after is added to the handoff, with a short note the first time."""
        now = self._clock()
        if conversation.owner is Owner.ASSISTANT:
            mark = HandoffMark(OUTAGE, "The assistant could not work out an answer: its language part is not running.")
            conversation = await hand_over(tx, conversation, mark, job.message.text, now)
            await tx.conversations.save(conversation)
            await say_wording(tx, conversation, self._replies.outage(now), now)
            return conversation
        await remind(tx, conversation, self._replies, now)
        return conversation

    async def _failed(self, job: Job, error: str) -> None:
        async with self._store.write() as tx:
            conversation = await tx.jobs.held(job)
            if conversation is None:
                return
            now = self._clock()
            if job.attempts < MAX_ATTEMPTS:
                await tx.jobs.retry(job, now + FIRST_RETRY * 2 ** (job.attempts - 1), error)
                return
            await tx.jobs.bury(job, now, error)
            await self._alarm(tx, conversation, job)

    async def _alarm(self, tx: Transaction, conversation: Conversation, job: Job) -> None:
        """Hand over as urgent: nobody knows what the message says, and whoever wrote it may be in danger."""
        now = self._clock()
        reason = "The assistant failed on this message every time. It is among the problems."
        mark = HandoffMark(FAILURE, reason, Urgency.URGENT)
        before = conversation.owner
        conversation = await hand_over(tx, conversation, mark, job.message.text, now)
        await tx.conversations.save(conversation)
        if before is Owner.ASSISTANT:
            await say_wording(tx, conversation, self._replies.outage(now), now)
