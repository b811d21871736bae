"""Staff take handoffs, reply, give back and close; who may not is refused and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.conversation.model import Author, Owner, Urgency
from bot.errors import AlreadyClaimed, BadInput, EmptyText, HandoffClosed, HandoffNotFound, NotAllowed, NotRead
from bot.handoff.model import Handoff, HandoffState, StaffMember
from bot.service import Service
from bot.store.schema import audit, jobs, outbox, staff
from tests.support.patience import PATIENCE_S
from tests.support.plain import ADA, EVE, NIA, NOON, RAVI, SetClock, idle, make, say, texts


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def service(database_url: str, clock: SetClock) -> AsyncIterator[Service]:
    async with idle(make(database_url, clock=clock)) as service:
        yield service


async def opened(service: Service, text: str = "") -> Handoff:
    conversation = (await service.conversations.start("website")).id
    await (say(service, conversation, text) if text else service.conversations.ask_for_person(conversation))
    return next(one for one in await service.handoffs.queue() if one.conversation_id == conversation)


async def owner(service: Service, handoff: Handoff) -> Owner:
    return (await service.conversations.read(handoff.conversation_id)).owner


async def test_asking_for_a_person_says_what_happens_next_once(service: Service) -> None:
    handoff = await opened(service)
    for _ in range(3):
        await service.conversations.ask_for_person(handoff.conversation_id)
    assert await texts(service, handoff.conversation_id) == ["welcome", "handed over talk_to_human", "added"]
    assert len(await service.handoffs.queue()) == 1


async def test_asking_again_for_a_person_writes_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    handoff = await opened(service)
    await service.conversations.ask_for_person(handoff.conversation_id)
    taken = await service.handoffs.claim((await opened(service)).id, NIA)
    monkeypatch.setattr(service.database, "write", None)
    for conversation in (handoff.conversation_id, taken.conversation_id):
        await service.conversations.ask_for_person(conversation)


async def test_the_queue_shows_the_urgent_first_and_then_who_waits_longest(service: Service, clock: SetClock) -> None:
    first = await opened(service)
    clock.move(60)
    second = await opened(service)
    clock.move(60)
    urgent = await opened(service, "danger")
    assert [one.id for one in await service.handoffs.queue()] == [urgent.id, first.id, second.id]


async def test_taking_it_makes_the_conversation_the_staffs_and_says_who_joined(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    assert (handoff.state, handoff.claimed_by) == (HandoffState.CLAIMED, NIA)
    assert await owner(service, handoff) is Owner.STAFF
    assert (await texts(service, handoff.conversation_id))[-1] == "Nia joined"


async def test_taking_it_twice_says_it_once(service: Service) -> None:
    handoff = await opened(service)
    for _ in range(2):
        await service.handoffs.claim(handoff.id, NIA)
    assert (await texts(service, handoff.conversation_id)).count("Nia joined") == 1


async def test_only_one_of_two_who_take_it_at_once_gets_it(service: Service) -> None:
    handoff = await opened(service)
    takes = (service.handoffs.claim(handoff.id, NIA), service.handoffs.claim(handoff.id, RAVI))
    results = await asyncio.gather(*takes, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyClaimed", "Handoff"]


async def test_it_names_who_has_it(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    for act in (
        service.handoffs.claim(handoff.id, RAVI),
        service.handoffs.reply(handoff.id, RAVI, "a", "hello"),
        service.handoffs.take_over(handoff.conversation_id, RAVI),
    ):
        with pytest.raises(AlreadyClaimed, match="Nia"):
            await act


@pytest.mark.parametrize("staff", [RAVI, EVE])
async def test_who_does_not_have_it_may_not_end_it(service: Service, staff: StaffMember) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    for act in (service.handoffs.release(handoff.id, staff), service.handoffs.close(handoff.id, staff)):
        with pytest.raises(NotAllowed):
            await act
    assert await owner(service, handoff) is Owner.STAFF


async def test_who_left_the_clinic_may_do_nothing(service: Service) -> None:
    handoff = await opened(service)
    for act in (
        service.handoffs.claim(handoff.id, EVE),
        service.handoffs.acknowledge(handoff.id, EVE),
        service.handoffs.reply(handoff.id, EVE, "a", "hello"),
        service.handoffs.take_over(handoff.conversation_id, EVE),
    ):
        with pytest.raises(NotAllowed):
            await act
    assert (await service.handoffs.queue())[0].state is HandoffState.OPEN


async def test_an_administrator_may_give_back_what_someone_left_behind(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    assert (await service.handoffs.release(handoff.id, ADA)).state is HandoffState.OPEN
    assert await owner(service, handoff) is Owner.WAITING


async def test_a_reply_carries_name_and_role_and_takes_the_handoff(service: Service) -> None:
    handoff = await opened(service)
    reply = await service.handoffs.reply(handoff.id, NIA, "a", "Hello, how can I help?")
    assert (reply.author, reply.staff_name, reply.staff_role) == (Author.STAFF, "Nia", "Nurse")
    view = await service.handoffs.view(handoff.id)
    assert (view.handoff.claimed_by, view.handoff.waiting_messages) == (NIA, 0)


async def test_a_reply_sent_twice_is_one_reply(service: Service) -> None:
    handoff = await opened(service)
    sends = [service.handoffs.reply(handoff.id, NIA, "a", "Hello") for _ in range(3)]
    replies = await asyncio.gather(*sends)
    assert len({reply.id for reply in replies}) == 1
    assert (await texts(service, handoff.conversation_id)).count("Hello") == 1


async def test_a_reply_sent_again_after_closing_is_still_the_same(service: Service) -> None:
    handoff = await opened(service)
    first = await service.handoffs.reply(handoff.id, NIA, "a", "Hello")
    await service.handoffs.close(handoff.id, NIA)
    assert await service.handoffs.reply(handoff.id, NIA, "a", "Hello") == first


async def test_an_empty_reply_takes_nothing(service: Service) -> None:
    handoff = await opened(service)
    with pytest.raises(EmptyText):
        await service.handoffs.reply(handoff.id, NIA, "a", " ")
    assert (await service.handoffs.queue())[0].state is HandoffState.OPEN


async def test_giving_it_back_tells_the_visitor_and_lets_another_take_it(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    await service.handoffs.release(handoff.id, NIA)
    assert (await texts(service, handoff.conversation_id))[-1] == "left"
    assert (await service.handoffs.claim(handoff.id, RAVI)).claimed_by == RAVI


async def test_closing_brings_the_assistant_back(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    closed = await service.handoffs.close(handoff.id, NIA, "All well.")
    assert (closed.state, closed.closed_at) == (HandoffState.CLOSED, SetClock().now)
    assert await owner(service, handoff) is Owner.ASSISTANT
    assert (await texts(service, handoff.conversation_id))[-1] == "closed"
    assert [one.id for one in await service.handoffs.queue(HandoffState.CLOSED)] == [handoff.id]


async def test_it_is_not_closed_over_a_message_that_was_not_read(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    read_to = (await service.conversations.read(handoff.conversation_id)).messages[-1].seq
    last = await say(service, handoff.conversation_id, "one more thing")
    with pytest.raises(NotRead, match="written again"):
        await service.handoffs.close(handoff.id, NIA, read_to=read_to)
    assert await owner(service, handoff) is Owner.STAFF
    assert (await service.handoffs.close(handoff.id, NIA, read_to=last.seq)).state is HandoffState.CLOSED


async def test_what_is_closed_stays_closed(service: Service) -> None:
    handoff = await opened(service)
    await service.handoffs.close(handoff.id, NIA)
    for act in (
        service.handoffs.claim(handoff.id, NIA),
        service.handoffs.close(handoff.id, NIA),
        service.handoffs.reply(handoff.id, NIA, "new", "hello"),
    ):
        with pytest.raises(HandoffClosed):
            await act


async def test_a_closed_conversation_may_be_taken_over_again(service: Service) -> None:
    handoff = await opened(service)
    await service.handoffs.close(handoff.id, NIA)
    again = await service.handoffs.take_over(handoff.conversation_id, RAVI)
    assert again.id != handoff.id
    assert again.claimed_by == RAVI


async def test_acknowledging_is_kept_until_there_is_danger_again(service: Service, clock: SetClock) -> None:
    handoff = await opened(service, "danger one")
    assert (await service.handoffs.acknowledge(handoff.id, RAVI)).acknowledged_at == clock.now
    assert (await service.handoffs.view(handoff.id)).owner is Owner.WAITING
    await say(service, handoff.conversation_id, "danger two")
    assert (await service.handoffs.view(handoff.id)).handoff.acknowledged_at is None


async def test_danger_while_staff_have_it_raises_it_and_keeps_who_has_it(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    await say(service, handoff.conversation_id, "danger")
    now = (await service.handoffs.view(handoff.id)).handoff
    assert (now.kind, now.urgency, now.claimed_by) == ("self_harm", Urgency.URGENT, NIA)
    assert now.is_unseen
    assert (await texts(service, handoff.conversation_id))[-1] == "Call 999."


async def test_danger_that_nobody_has_seen_may_be_taken_over_by_any_colleague(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    await say(service, handoff.conversation_id, "danger")
    assert (await service.handoffs.claim(handoff.id, NIA)).is_unseen
    taken = await service.handoffs.claim(handoff.id, RAVI)
    assert (taken.claimed_by, taken.is_unseen) == (RAVI, False)
    assert (await texts(service, handoff.conversation_id))[-1] == "Ravi joined"
    with pytest.raises(AlreadyClaimed, match="Ravi"):
        await service.handoffs.reply(handoff.id, NIA, "a", "hello")


async def test_danger_that_was_seen_stays_with_who_has_it(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    await say(service, handoff.conversation_id, "danger")
    await service.handoffs.acknowledge(handoff.id, NIA)
    with pytest.raises(AlreadyClaimed, match="Nia"):
        await service.handoffs.claim(handoff.id, RAVI)


async def test_only_one_of_two_who_take_over_at_once_gets_it(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    await say(service, handoff.conversation_id, "danger")
    takes = (service.handoffs.claim(handoff.id, RAVI), service.handoffs.claim(handoff.id, ADA))
    results = await asyncio.gather(*takes, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyClaimed", "Handoff"]


async def test_what_someone_has_whose_account_is_off_may_be_taken_over(service: Service) -> None:
    handoff = await service.handoffs.claim((await opened(service)).id, NIA)
    async with service.database.write() as tx:
        await tx.session.run(staff.update().where(staff.c.id == NIA.id).values(is_active=False))
    assert (await service.handoffs.claim(handoff.id, RAVI)).claimed_by == RAVI


async def test_giving_back_all_that_someone_has_tells_each_visitor_and_leaves_the_rest(service: Service) -> None:
    mine = [await service.handoffs.claim((await opened(service)).id, NIA) for _ in range(2)]
    done = await service.handoffs.claim((await opened(service)).id, NIA)
    await service.handoffs.close(done.id, NIA)
    other = await service.handoffs.claim((await opened(service)).id, RAVI)
    await service.handoffs.release_all(NIA.id, ADA)
    for handoff in mine:
        assert (await service.handoffs.view(handoff.id)).handoff.state is HandoffState.OPEN
        assert await owner(service, handoff) is Owner.WAITING
        assert (await texts(service, handoff.conversation_id))[-1] == "left"
    assert (await service.handoffs.view(done.id)).handoff.state is HandoffState.CLOSED
    assert (await service.handoffs.view(other.id)).handoff.claimed_by == RAVI


async def test_it_refuses_an_unknown_handoff(service: Service) -> None:
    for act in (service.handoffs.view("none"), service.handoffs.claim("none", NIA)):
        with pytest.raises(HandoffNotFound):
            await act
    for trouble in (service.handoffs.send_again("none", NIA), service.handoffs.retry_dead_letter("none", NIA)):
        with pytest.raises(BadInput):
            await trouble


async def test_who_did_what_is_written_down(service: Service) -> None:
    handoff = await opened(service)
    await service.handoffs.acknowledge(handoff.id, RAVI)
    await service.handoffs.reply(handoff.id, NIA, "a", "Hello")
    await service.handoffs.close(handoff.id, NIA)
    async with service.database.read() as tx:
        rows = await tx.session.rows(audit.select().order_by(audit.c.id))
    written = [(row["staff_id"], row["action"]) for row in rows]
    assert written == [("ravi", "acknowledged"), ("nia", "claimed"), ("nia", "replied"), ("nia", "closed")]


async def test_who_has_something_tried_again_is_written_down(service: Service) -> None:
    conversation = (await service.conversations.start("phone", "chat 1")).id
    sent = await say(service, conversation, "hello")
    async with service.database.write() as tx:
        await tx.session.run(jobs.update().values(state="dead", finished_at=NOON))
        await tx.session.run(outbox.update().values(state="failed", finished_at=NOON))
    [failed] = await service.handoffs.failed_deliveries()
    await service.handoffs.retry_dead_letter(sent.id, NIA)
    await service.handoffs.send_again(failed.id, RAVI)
    async with service.database.read() as tx:
        rows = await tx.session.rows(audit.select().order_by(audit.c.id))
    written = [(row["staff_id"], row["action"], row["detail"]) for row in rows]
    assert written == [("nia", "work_retried", sent.id), ("ravi", "sent_again", failed.id)]


async def test_watching_tells_of_a_new_handoff(service: Service) -> None:
    changes = service.handoffs.watch()
    await anext(changes)
    handoff = await opened(service)
    async with asyncio.timeout(PATIENCE_S):
        await anext(changes)
    assert (await service.handoffs.queue())[0].id == handoff.id
