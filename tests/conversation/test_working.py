"""Every accepted message is answered, handed over, or raises an alarm; in order, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.conversation.model import Context, HandoffMark, Outcome, Owner, Reply, Urgency
from bot.errors import UnderstandingUnavailable
from bot.service import Service
from bot.store.schema import jobs
from tests.support.plain import NIA, NOON, Echo, idle, make, read_until, running, say, settled, texts, until


@dataclass
class Rasa(Echo):
    """An Echo that can be away, slow, broken, or held until it is let go."""

    away: bool = False
    broken: int = 0
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, Context]] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.go.set()

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        self.asked.append((text, context))
        await self.go.wait()
        if self.away:
            raise UnderstandingUnavailable("Rasa is away.")
        if self.broken:
            self.broken -= 1
            raise ValueError("a defect")
        return self.replies.get(text) or await super().reply_to(message_id, text, context)


@pytest.fixture
def rasa() -> Rasa:
    return Rasa()


@pytest.fixture
async def service(database_url: str, rasa: Rasa) -> AsyncIterator[Service]:
    async with running(make(database_url, rasa)) as service:
        yield service


async def start(service: Service) -> str:
    return (await service.conversations.start("website")).id


async def test_it_answers(service: Service) -> None:
    conversation = await start(service)
    sent = await say(service, conversation, "what is it?")
    reply = (await read_until(service, conversation, 3))[-1]
    assert (reply.text, reply.outcome, reply.in_reply_to) == ("re: what is it?", Outcome.ANSWER, sent.id)


async def test_it_answers_in_the_order_of_asking(service: Service) -> None:
    conversation = await start(service)
    asked = [f"question {number}" for number in range(8)]
    for text in asked:
        await say(service, conversation, text)
    messages = await read_until(service, conversation, 17)
    assert [message.text for message in messages if message.in_reply_to] == [f"re: {text}" for text in asked]


async def test_it_works_one_message_of_a_conversation_at_a_time_and_conversations_side_by_side(
    service: Service, rasa: Rasa
) -> None:
    rasa.go.clear()
    one, other = await start(service), await start(service)
    for conversation, text in ((one, "one a"), (one, "one b"), (other, "other a")):
        await say(service, conversation, text)
    await until(lambda: len(rasa.asked) == 2)
    await asyncio.sleep(0.3)
    assert sorted(text for text, _ in rasa.asked) == ["one a", "other a"]
    rasa.go.set()
    await settled(service)


async def test_it_tells_rasa_what_came_before(service: Service, rasa: Rasa) -> None:
    rasa.replies = {
        "eh?": Reply("Which?", Outcome.CLARIFY, "unsure"),
        "thanks": Reply("Bye", Outcome.SMALLTALK, "thanks"),
    }
    conversation = await start(service)
    for text in ("what is it?", "eh?", "eh?", "thanks", "and then?"):
        await say(service, conversation, text, f"{text}{len(rasa.asked)}")
        await settled(service)
    told = [(context.previous_topic, context.clarified) for _, context in rasa.asked]
    answered = "answer/what_is_it"
    assert told == [("", 0), (answered, 0), (answered, 1), (answered, 2), (answered, 0)]


async def test_a_clinical_message_opens_a_handoff(service: Service, rasa: Rasa) -> None:
    conversation = await start(service)
    await say(service, conversation, "may I ask the nurse?")
    await settled(service)
    [handoff] = await service.handoffs.queue()
    assert (handoff.kind, handoff.first_text) == ("medication", "may I ask the nurse?")
    await say(service, conversation, "anything else?")
    await settled(service)
    assert rasa.asked[-1][1].owner is Owner.WAITING
    assert (await service.handoffs.queue())[0].waiting_messages == 2


@pytest.mark.parametrize("outcome", [Outcome.CLINICAL, Outcome.STAFF, Outcome.CRISIS])
async def test_no_outcome_that_promises_a_person_comes_without_one(
    service: Service, rasa: Rasa, outcome: Outcome
) -> None:
    rasa.replies = {"hm": Reply("A person will answer.", outcome, "topic")}
    await say(service, await start(service), "hm")
    await settled(service)
    [handoff] = await service.handoffs.queue()
    assert handoff.urgency is (Urgency.URGENT if outcome is Outcome.CRISIS else Urgency.NORMAL)


async def test_staff_who_took_over_meanwhile_silence_the_bot(service: Service, rasa: Rasa) -> None:
    rasa.go.clear()
    conversation = await start(service)
    await say(service, conversation, "question")
    await until(lambda: bool(rasa.asked))
    await service.handoffs.take_over(conversation, NIA)
    rasa.go.set()
    await settled(service)
    assert await texts(service, conversation) == ["welcome", "question", "Nia joined"]


async def test_danger_that_rasa_finds_is_shown_even_when_staff_took_over(service: Service, rasa: Rasa) -> None:
    rasa.replies = {
        "x": Reply("Call.", Outcome.CRISIS, "abuse", handoff=HandoffMark("abuse", "Danger.", Urgency.URGENT))
    }
    rasa.go.clear()
    conversation = await start(service)
    await say(service, conversation, "x")
    await until(lambda: bool(rasa.asked))
    await service.handoffs.take_over(conversation, NIA)
    rasa.go.set()
    await settled(service)
    assert (await texts(service, conversation))[-1] == "Call."
    assert (await service.handoffs.queue())[0].urgency is Urgency.URGENT


async def test_while_staff_have_it_rasa_is_not_asked(service: Service, rasa: Rasa) -> None:
    conversation = await start(service)
    handoff = await service.handoffs.take_over(conversation, NIA)
    await say(service, conversation, "are you there?")
    await settled(service)
    assert rasa.asked == []
    assert (await service.handoffs.view(handoff.id)).handoff.waiting_messages == 2


async def test_an_outage_is_one_handoff_and_not_the_same_words_every_time(service: Service, rasa: Rasa) -> None:
    rasa.away = True
    conversation = await start(service)
    for number in range(4):
        await say(service, conversation, f"question {number}")
        await settled(service)
    said = [text for text in await texts(service, conversation) if not text.startswith("question")]
    assert said == ["welcome", "outage", "added"]
    [handoff] = await service.handoffs.queue()
    assert (handoff.kind, handoff.waiting_messages) == ("outage", 4)


async def test_an_outage_is_one_handoff_a_conversation_however_many_write(service: Service, rasa: Rasa) -> None:
    rasa.away = True
    conversations = [await start(service) for _ in range(5)]
    for number in range(4):
        await asyncio.gather(*(say(service, one, f"question {number}") for one in conversations))
    await say(service, conversations[0], "danger")
    await settled(service)
    handoffs = await service.handoffs.queue()
    assert sorted(handoff.conversation_id for handoff in handoffs) == sorted(conversations)
    assert [handoff.kind for handoff in handoffs[1:]] == ["outage"] * 4
    assert (handoffs[0].conversation_id, handoffs[0].kind) == (conversations[0], "self_harm")
    for conversation in conversations[1:]:
        said = [text for text in await texts(service, conversation) if not text.startswith("question")]
        assert said == ["welcome", "outage", "added"]


async def test_after_an_outage_it_answers_again_by_itself(service: Service, rasa: Rasa) -> None:
    rasa.away = True
    conversation = await start(service)
    await say(service, conversation, "question 1")
    await settled(service)
    rasa.away = False
    await say(service, conversation, "question 2")
    await settled(service)
    assert (await texts(service, conversation))[-1] == "re: question 2"


async def test_a_passing_defect_is_tried_again(service: Service, rasa: Rasa) -> None:
    rasa.broken = 2
    conversation = await start(service)
    await say(service, conversation, "question")
    await settled(service)
    assert (await texts(service, conversation))[1:] == ["question", "re: question"]
    assert await service.handoffs.queue() == []


async def test_a_lasting_defect_raises_an_alarm_and_may_be_tried_again(
    service: Service, rasa: Rasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation.worker.MAX_ATTEMPTS", 2)
    rasa.broken = 2
    conversation = await start(service)
    sent = await say(service, conversation, "question")
    await say(service, conversation, "another")
    await settled(service)
    [dead] = await service.handoffs.dead_letters()
    assert (dead.message.text, dead.attempts) == ("question", 2)
    [handoff] = await service.handoffs.queue()
    assert (handoff.kind, handoff.urgency) == ("failure", Urgency.URGENT)
    assert (await texts(service, conversation))[3:] == ["outage", "re: another"]
    await service.handoffs.retry_dead_letter(sent.id, NIA)
    await settled(service)
    assert (await texts(service, conversation))[-1] == "re: question"
    assert await service.handoffs.dead_letters() == []


async def test_a_lasting_defect_raises_the_handoff_that_staff_have_seen_already(
    service: Service, rasa: Rasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation.worker.MAX_ATTEMPTS", 1)
    conversation = await start(service)
    await say(service, conversation, "may I ask the nurse?")
    await settled(service)
    [seen] = await service.handoffs.queue()
    await service.handoffs.acknowledge(seen.id, NIA)
    rasa.broken = 1
    await say(service, conversation, "question")
    await settled(service)
    [handoff] = await service.handoffs.queue()
    assert (handoff.kind, handoff.urgency, handoff.acknowledged_at) == ("medication", Urgency.URGENT, None)


async def test_what_staff_had_and_closed_meanwhile_is_no_outage(database_url: str) -> None:
    async with idle(make(database_url)) as service:
        conversation = await start(service)
        await say(service, conversation, "question")
        handoff = await service.handoffs.take_over(conversation, NIA)
        [job] = await service.worker._claim(1)
        await service.handoffs.close(handoff.id, NIA)
        await service.worker._work(job)
        assert await texts(service, conversation) == ["welcome", "question", "Nia joined", "closed"]
        assert await service.handoffs.queue() == []
        assert (await service.counts())["jobs_pending"] == 0


async def test_what_was_answered_already_is_only_taken_off_the_list_when_tried_again(
    service: Service, rasa: Rasa
) -> None:
    conversation = await start(service)
    sent = await say(service, conversation, "question")
    await settled(service)
    async with service.database.write() as tx:
        await tx.jobs.add(sent, NOON)
        await tx.session.run(jobs.update().values(state="dead", finished_at=NOON))
    await service.handoffs.retry_dead_letter(sent.id, NIA)
    await say(service, conversation, "another")
    await settled(service)
    assert await service.handoffs.dead_letters() == []
    assert (await texts(service, conversation))[1:] == ["question", "re: question", "another", "re: another"]
    assert [text for text, _ in rasa.asked] == ["question", "another"]


async def test_what_waited_is_worked_at_the_next_start(database_url: str) -> None:
    before = make(database_url)
    await before.database.start()
    conversation = await start(before)
    await say(before, conversation, "question")
    await before.database.stop()
    async with running(make(database_url)) as after:
        assert [message.text for message in await read_until(after, conversation, 3)][-1] == "re: question"


async def test_the_work_of_a_worker_that_hangs_is_taken_up_and_its_late_reply_dropped(database_url: str) -> None:
    stuck = Rasa()
    stuck.go.clear()
    first = make(database_url, stuck)
    async with running(first):
        conversation = await start(first)
        await say(first, conversation, "question")
        await until(lambda: bool(stuck.asked))
        # Its heartbeats stop, as if the process hung.
        first.worker._pump._loops[1].cancel()
        async with running(make(database_url)) as second:
            await read_until(second, conversation, 3)
            stuck.go.set()
            await asyncio.sleep(0.3)
            assert await texts(second, conversation) == ["welcome", "question", "re: question"]


async def test_stopping_gives_back_what_could_not_be_finished(database_url: str) -> None:
    stuck = Rasa()
    stuck.go.clear()
    first = make(database_url, stuck)
    async with running(first):
        conversation = await start(first)
        await say(first, conversation, "question")
        await until(lambda: bool(stuck.asked))
    async with running(make(database_url)) as second:
        assert (await read_until(second, conversation, 3))[-1].text == "re: question"
