"""What a visitor sends is stored once, in order, or refused with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.conversation.limits import Limits
from bot.conversation.model import Author, InboundMessage, Outcome, Owner, Urgency
from bot.errors import BadInput, ConversationNotFound, EmptyText, RateLimited, TextTooLong, WrongToken
from bot.service import Service
from tests.support.plain import NIA, SetClock, idle, make, say, texts


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    async with idle(make(database_url, limits=Limits(3, 100, 100, 5), clock=SetClock())) as service:
        yield service


async def start(service: Service) -> str:
    return (await service.conversations.start("website")).id


async def test_it_welcomes_and_opens_to_its_token_alone(service: Service) -> None:
    started = await service.conversations.start("website")
    assert [message.text for message in started.messages] == ["welcome"]
    await service.conversations.authorise(started.id, started.token)
    with pytest.raises(WrongToken):
        await service.conversations.authorise(started.id, started.token + "x")
    with pytest.raises(ConversationNotFound):
        await service.conversations.authorise("nobody", started.token)


async def test_it_numbers_messages_without_gaps(service: Service) -> None:
    conversation = await start(service)
    sent = [await say(service, conversation, text) for text in ("one", "two", "three")]
    assert [message.seq for message in sent] == [2, 3, 4]


async def test_the_same_client_id_has_one_effect(service: Service) -> None:
    conversation = await start(service)
    first = await say(service, conversation, "hello", "a")
    again = await say(service, conversation, "something else", "a")
    assert again == first
    assert await texts(service, conversation) == ["welcome", "hello"]


async def test_the_same_client_id_at_the_same_moment_has_one_effect(service: Service) -> None:
    conversation = await start(service)
    sent = await asyncio.gather(*(say(service, conversation, "hello", "a") for _ in range(3)))
    assert len({message.id for message in sent}) == 1
    assert (await service.counts())["jobs_pending"] == 1


async def test_the_same_client_id_in_another_conversation_is_another_message(service: Service) -> None:
    one, other = await start(service), await start(service)
    assert (await say(service, one, "hello", "a")).id != (await say(service, other, "hello", "a")).id


async def test_who_asks_for_a_person_again_and_again_is_asked_to_wait_unless_it_is_urgent(service: Service) -> None:
    conversation = await start(service)
    for _ in range(3):
        await service.conversations.ask_for_person(conversation)
        [handoff] = await service.handoffs.queue()
        await service.handoffs.claim(handoff.id, NIA)
        await service.handoffs.close(handoff.id, NIA)
    with pytest.raises(RateLimited):
        await service.conversations.ask_for_person(conversation)
    await service.conversations.ask_for_person(conversation, urgent=True)
    [handoff] = await service.handoffs.queue()
    assert handoff.urgency is Urgency.URGENT


async def test_a_visitor_cannot_take_the_id_of_a_staff_reply(service: Service) -> None:
    conversation = await start(service)
    await service.conversations.ask_for_person(conversation)
    [handoff] = await service.handoffs.queue()
    await say(service, conversation, "mine", "same")
    reply = await service.handoffs.reply(handoff.id, NIA, "same", "Hello, I am Nia.")
    assert (reply.author, reply.text) == (Author.STAFF, "Hello, I am Nia.")


@pytest.mark.parametrize("text", ["", "   \n", "\u200b\u200d\ufeff", "\x00\x07", "\u202e\u2066", "\u3164\u2800"])
async def test_it_refuses_what_nobody_can_see(service: Service, text: str) -> None:
    conversation = await start(service)
    with pytest.raises(EmptyText):
        await say(service, conversation, text, "a")
    assert await texts(service, conversation) == ["welcome"]


async def test_it_refuses_a_text_that_is_too_long_and_says_by_how_much(service: Service) -> None:
    conversation = await start(service)
    await say(service, conversation, "x" * 2000, "fits")
    with pytest.raises(TextTooLong, match="2,001"):
        await say(service, conversation, "x" * 2001, "a")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("no\u202egnp.exe", "nognp.exe"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("lone \ud83d surrogate", "lone  surrogate"),
        ("line\r\nline", "line\nline"),
        ("<b>bold</b> & 'quotes'", "<b>bold</b> & 'quotes'"),
        ("مرحبا 👩‍⚕️ नमस्ते", "مرحبا 👩‍⚕️ नमस्ते"),
        ("  spaces stay ", "  spaces stay "),
    ],
)
async def test_it_keeps_a_text_as_typed_without_what_deceives(service: Service, typed: str, kept: str) -> None:
    conversation = await start(service)
    assert (await say(service, conversation, typed, "a")).text == kept


@pytest.mark.parametrize("client_id", ["", "x" * 201, "a\nb"])
async def test_it_refuses_a_client_id_that_is_none(service: Service, client_id: str) -> None:
    with pytest.raises(BadInput, match="client_id"):
        await service.conversations.accept(InboundMessage(await start(service), client_id, "hello"))


async def test_it_refuses_an_unknown_conversation(service: Service) -> None:
    for act in (say(service, "nobody", "hello"), service.conversations.read("nobody")):
        with pytest.raises(ConversationNotFound):
            await act


async def test_it_asks_a_flood_to_wait_and_says_how_long(service: Service) -> None:
    conversation = await start(service)
    for number in range(3):
        await say(service, conversation, f"text {number}")
    with pytest.raises(RateLimited) as refused:
        await say(service, conversation, "one more")
    assert 1 <= refused.value.retry_after <= 60
    assert len(await texts(service, conversation)) == 4


async def test_a_repeated_message_is_not_a_flood(service: Service) -> None:
    conversation = await start(service)
    first = [await say(service, conversation, f"text {number}") for number in range(3)]
    assert await say(service, conversation, "text 1") == first[1]


async def test_danger_is_never_limited_away(service: Service) -> None:
    conversation = await start(service)
    for number in range(5):
        await say(service, conversation, f"danger {number}")
    assert len(await texts(service, conversation)) == 11


async def test_danger_is_answered_and_handed_over_at_once(service: Service) -> None:
    conversation = await start(service)
    await say(service, conversation, "I am in danger")
    thread = await service.conversations.read(conversation)
    assert thread.owner is Owner.WAITING
    assert (thread.messages[-1].text, thread.messages[-1].outcome) == ("Call 999.", Outcome.CRISIS)
    [handoff] = await service.handoffs.queue()
    assert (handoff.kind, handoff.urgency, handoff.first_text) == ("self_harm", Urgency.URGENT, "I am in danger")
    assert (await service.counts())["jobs_pending"] == 0


async def test_the_crisis_message_is_not_repeated_word_for_word(service: Service) -> None:
    conversation = await start(service)
    for number in range(3):
        await say(service, conversation, f"danger {number}")
    replies = (await texts(service, conversation))[2::2]
    assert replies == ["Call 999.", "crisis self_harm 1", "crisis self_harm 2"]


async def test_another_danger_gets_its_own_whole_message(service: Service) -> None:
    conversation = await start(service)
    for text in ("danger", "danger again", "danger: pills", "danger: more pills"):
        await say(service, conversation, text)
    assert (await texts(service, conversation))[2::2] == [
        "Call 999.",
        "crisis self_harm 1",
        "Call 112.",
        "crisis medical_emergency 1",
    ]


async def test_something_that_is_not_text_gets_a_sentence_and_a_person(service: Service) -> None:
    conversation = await start(service)
    await service.conversations.accept(InboundMessage(conversation, "a", "", attachment="photo"))
    assert await texts(service, conversation) == ["welcome", "", "cannot read photo"]
    [handoff] = await service.handoffs.queue()
    assert "photo" in handoff.reason


async def test_a_sticker_calls_nobody(service: Service) -> None:
    conversation = await start(service)
    await service.conversations.accept(InboundMessage(conversation, "a", "", attachment="sticker"))
    assert (await texts(service, conversation))[-1] == "cannot read sticker"
    assert await service.handoffs.queue() == []


async def test_a_caption_is_checked_for_danger(service: Service) -> None:
    conversation = await start(service)
    await service.conversations.accept(InboundMessage(conversation, "a", "danger", attachment="photo"))
    assert (await texts(service, conversation))[-1] == "Call 999."


async def test_one_channel_ref_has_one_conversation(service: Service) -> None:
    started = await asyncio.gather(*(service.conversations.start("phone", "chat 1") for _ in range(4)))
    assert len({one.id for one in started}) == 1
    assert await texts(service, started[0].id) == ["welcome"]


async def test_a_forgotten_conversation_is_gone_with_all_that_hung_on_it(service: Service) -> None:
    conversation = await start(service)
    await say(service, conversation, "I am in danger")
    await say(service, conversation, "hello")
    await service.conversations.forget(conversation)
    with pytest.raises(ConversationNotFound):
        await service.conversations.read(conversation)
    assert await service.handoffs.queue() == []
    assert set((await service.counts()).values()) == {0}
