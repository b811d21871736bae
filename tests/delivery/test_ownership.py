"""Whatever visitors, staff and Rasa do in whatever order: one owner, one order, nothing stranded, nobody talked over."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.conversation.model import Author, Context, HandoffMark, Message, Outcome, Owner, Reply
from bot.errors import AlreadyClaimed, UnderstandingUnavailable
from bot.handoff.model import HandoffState, StaffMember
from bot.service import Service
from tests.support.databases import sqlite_url
from tests.support.plain import NIA, RAVI, make, say, sign_up

T = TypeVar("T")
STAFF = st.sampled_from([NIA, RAVI])


class Held:
    """A Rasa whose answer to each text is what the machine decides, when the machine decides it."""

    def __init__(self) -> None:
        self.open: dict[str, asyncio.Future[Reply]] = {}

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        future = self.open[text] = asyncio.get_running_loop().create_future()
        try:
            return await future
        finally:
            del self.open[text]


class Ownership(RuleBasedStateMachine):
    """The real service on a real SQLite file; `owner` is what the rules say it must be."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.danger = False  # there was danger since staff have it
        self.rasa = Held()
        self.service: Service = make(sqlite_url(Path(self.folder.name)), self.rasa)
        self.said: list[str] = []
        self.owner, self.holder = Owner.ASSISTANT, ""

    def run(self, act: Awaitable[T]) -> T:
        async def limited() -> T:
            async with asyncio.timeout(30):
                return await act

        return self.loop.run_until_complete(limited())

    @initialize()
    def open(self) -> None:
        self.run(self.service.start())
        self.run(sign_up(self.service))
        self.conversation = self.run(self.service.conversations.start("website")).id

    def teardown(self) -> None:
        for future in list(self.rasa.open.values()):
            future.cancel()
        self.run(self.service.stop())
        self.loop.close()
        self.folder.cleanup()

    def messages(self) -> tuple[Message, ...]:
        return self.run(self.service.conversations.read(self.conversation)).messages

    def handoff_id(self) -> str:
        return self.run(self.service.handoffs.queue())[0].id

    def waiting_text(self) -> str | None:
        """Return the text Rasa is being asked about, giving the worker a moment to ask."""

        async def moment() -> None:
            for _ in range(20):
                if self.rasa.open:
                    return
                await asyncio.sleep(0.01)

        self.run(moment())
        return next(iter(self.rasa.open), None)

    @rule(twice=st.booleans())
    def the_visitor_writes(self, twice: bool) -> None:
        text = f"question {len(self.said)}"
        for _ in range(1 + twice):
            self.run(say(self.service, self.conversation, text))
        self.said.append(text)

    @rule()
    def the_visitor_is_in_danger(self) -> None:
        text = f"danger {len(self.said)}"
        self.run(say(self.service, self.conversation, text))
        self.said.append(text)
        self.danger = self.owner is Owner.STAFF
        self.owner = Owner.WAITING if self.owner is Owner.ASSISTANT else self.owner

    @rule()
    def the_visitor_asks_for_a_person(self) -> None:
        self.run(self.service.conversations.ask_for_person(self.conversation))
        self.owner = Owner.WAITING if self.owner is Owner.ASSISTANT else self.owner

    @rule(kind=st.sampled_from(["answer", "clinical", "away"]))
    def rasa_answers(self, kind: str) -> None:
        text = self.waiting_text()
        if text is None:
            return
        before = len(self.messages())
        future = self.rasa.open[text]
        if kind == "away":
            future.set_exception(UnderstandingUnavailable("away"))
        elif kind == "clinical":
            future.set_result(
                Reply(f"re: {text}", Outcome.CLINICAL, "dosing", handoff=HandoffMark("dosing", "A dose."))
            )
        else:
            future.set_result(Reply(f"re: {text}", Outcome.ANSWER, "what_is_it"))
        self.run(self._worked(text))
        if self.owner is Owner.STAFF:
            assert len(self.messages()) == before, "the bot talked over a member of staff"
        elif self.owner is Owner.ASSISTANT and kind != "answer":
            self.owner = Owner.WAITING

    async def _worked(self, text: str) -> None:
        """Wait until the job of `text` is done: the queue is shorter or another text is asked about."""
        waiting = (await self.service.counts())["jobs_pending"]
        while True:
            if (await self.service.counts())["jobs_pending"] < waiting or text in self.rasa.open:
                return
            await asyncio.sleep(0.005)

    @precondition(lambda self: self.owner is not Owner.ASSISTANT)
    @rule(staff=STAFF)
    def staff_take_it(self, staff: StaffMember) -> None:
        """Who has a conversation keeps it, unless there was danger since that nobody has seen."""
        free = self.run(self.service.handoffs.queue())[0].may_be_taken_over
        assert not free or (self.owner is Owner.STAFF and self.danger)
        try:
            self.run(self.service.handoffs.claim(self.handoff_id(), staff))
        except AlreadyClaimed:
            assert self.owner is Owner.STAFF
            assert self.holder != staff.id and not free
            return
        assert self.owner is Owner.WAITING or self.holder == staff.id or free
        self.danger = self.danger and self.holder == staff.id
        self.owner, self.holder = Owner.STAFF, staff.id

    @rule(staff=STAFF)
    def staff_take_over(self, staff: StaffMember) -> None:
        try:
            self.run(self.service.handoffs.take_over(self.conversation, staff))
        except AlreadyClaimed:
            assert self.holder not in ("", staff.id)
            return
        self.owner, self.holder = Owner.STAFF, staff.id

    @precondition(lambda self: self.owner is Owner.STAFF)
    @rule(end=st.booleans())
    def staff_leave(self, end: bool) -> None:
        holder = NIA if self.holder == NIA.id else RAVI
        if end:
            self.run(self.service.handoffs.close(self.handoff_id(), holder))
        else:
            self.run(self.service.handoffs.release(self.handoff_id(), holder))
        self.owner, self.holder = Owner.ASSISTANT if end else Owner.WAITING, ""

    @invariant()
    def one_owner_and_at_most_one_open_handoff(self) -> None:
        thread = self.run(self.service.conversations.read(self.conversation))
        assert thread.owner is self.owner
        handoffs = self.run(self.service.handoffs.queue())
        assert len(handoffs) == (self.owner is not Owner.ASSISTANT)
        if handoffs:
            claimed = handoffs[0].state is HandoffState.CLAIMED
            assert claimed is (self.owner is Owner.STAFF)

    @invariant()
    def everything_is_stored_once_and_answered_in_order(self) -> None:
        messages = self.messages()
        assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
        assert [message.text for message in messages if message.author is Author.VISITOR] == self.said
        seq_of = {message.id: message.seq for message in messages}
        replies = [message for message in messages if message.in_reply_to and message.outcome is not Outcome.CRISIS]
        turns = [seq_of[str(reply.in_reply_to)] for reply in replies]
        assert turns == sorted(set(turns))


TestOwnership = Ownership.TestCase
TestOwnership.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
