"""Reads the database and what reached the outside world, and counts what was lost, doubled or reordered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from bot.conversation.model import Author, Message, Outcome
from tests.delivery.nurse import Nurse
from tests.support.plain import make

FAULTS = (
    "lost",
    "doubled",
    "reordered",
    "gaps",
    "answered twice",
    "answers reordered",
    "stranded",
    "deliveries lost",
    "deliveries reordered",
    "deliveries doubled",
    "two numbers for one message",
    "shown wrongly",
    "staff replies lost",
    "staff replies doubled",
    "staff replies reordered",
)


class Heard(Protocol):
    """A visitor's own memory: the texts that were accepted, with their numbers; the numbers shown; the pushed channel."""

    @property
    def conversation(self) -> str: ...

    @property
    def said(self) -> Mapping[str, int]: ...

    @property
    def seen(self) -> Sequence[int]: ...

    @property
    def ref(self) -> str | None: ...


async def drained(url: str, patience: float = 120.0) -> None:
    """Wait until nothing is left to work or deliver; fails where nothing moves for `patience` seconds."""
    service = make(url)
    await service.database.start()
    try:
        left, moved = -1, time.monotonic()
        while left:
            counts = await service.counts()
            now_left = counts["jobs_pending"] + counts["outbox_pending"]
            if now_left != left:
                left, moved = now_left, time.monotonic()
            assert time.monotonic() - moved < patience, f"{left} pieces of work do not move"
            await asyncio.sleep(0.2)
    finally:
        await service.database.stop()


async def judge(
    url: str, visitors: Sequence[Heard], delivered: Sequence[tuple[str, str]] = (), nurses: Sequence[Nurse] = ()
) -> Counter[str]:
    """Return the counts of everything in `FAULTS` and of how the messages ended."""
    counts: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
    replied = _by_conversation(pair for nurse in nurses for pair in nurse.replied)
    got = _by_conversation(delivered)
    service = make(url)
    await service.database.start()
    try:
        dead = {letter.message.id for letter in await service.handoffs.dead_letters()}
        handed = {handoff.conversation_id for handoff in await service.handoffs.queue(limit=1_000_000)}
        for visitor in visitors:
            messages = (await service.conversations.read(visitor.conversation)).messages
            _stored(counts, list(visitor.said), messages)
            _answered(counts, messages, dead, visitor.conversation in handed)
            _staff(counts, replied[visitor.conversation], messages)
            counts["shown wrongly"] += visitor.seen != [one.seq for one in messages]
            if visitor.ref:
                _delivered(counts, [one.id for one in messages if one.author is not Author.VISITOR], got[visitor.ref])
    finally:
        await service.database.stop()
    return counts


def _by_conversation(pairs: Iterable[tuple[str, str]]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def faults(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in FAULTS if counts[name]}


def _stored(counts: Counter[str], said: list[str], messages: Sequence[Message]) -> None:
    stored = [message.text for message in messages if message.author is Author.VISITOR]
    counts["lost"] += len(set(said) - set(stored))
    counts["doubled"] += len(stored) - len(set(stored))
    counts["reordered"] += sum(a != b for a, b in zip(said, stored, strict=False))
    counts["gaps"] += [message.seq for message in messages] != list(range(1, len(messages) + 1))


def _answered(counts: Counter[str], messages: Sequence[Message], dead: set[str], handed: bool) -> None:
    by_id = {message.id: message for message in messages}
    replies = [message for message in messages if message.in_reply_to]
    answered = {message.in_reply_to for message in replies}
    counts["answered twice"] += len(replies) - len(answered)
    # Danger is answered at once, before what still waits.
    turns = [by_id[str(reply.in_reply_to)].seq for reply in replies if reply.outcome is not Outcome.CRISIS]
    counts["answers reordered"] += turns != sorted(turns)
    with_staff = _with_staff(messages)
    for message in messages:
        if message.author is not Author.VISITOR:
            continue
        if message.id in answered:
            counts["answered"] += 1
        elif message.id in dead:
            counts["in the dead-letter list"] += 1
        elif message.seq in with_staff:
            counts["with staff"] += 1
        else:
            counts["handed over" if handed else "stranded"] += 1


def _with_staff(messages: Sequence[Message]) -> set[int]:
    """Return the numbers that a member of staff answered later, or that came while one had the conversation."""
    answered = max((one.seq for one in messages if one.author is Author.STAFF), default=0)
    found, theirs = set(range(1, answered)), False
    for message in messages:
        if message.author is Author.SYSTEM:
            theirs = message.text.endswith("joined")
        elif theirs:
            found.add(message.seq)
    return found


def _staff(counts: Counter[str], replied: list[str], messages: Sequence[Message]) -> None:
    stored = [message.text for message in messages if message.author is Author.STAFF]
    counts["staff replies lost"] += len(set(replied) - set(stored))
    counts["staff replies doubled"] += len(stored) - len(set(stored))
    for nurse in {text.split()[-1] for text in replied}:
        said, kept = ([one for one in texts if one.endswith(nurse)] for texts in (replied, stored))
        counts["staff replies reordered"] += said != kept


def _delivered(counts: Counter[str], wanted: list[str], got: list[str]) -> None:
    once = list(dict.fromkeys(got))
    counts["delivered"] += len(once)
    counts["deliveries doubled"] += len(got) - len(once)
    counts["deliveries lost"] += len(set(wanted) - set(got))
    counts["deliveries reordered"] += once != [one for one in wanted if one in set(once)]
