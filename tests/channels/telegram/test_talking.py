"""A conversation on Telegram, as a visitor sees it."""

from __future__ import annotations

from bot.conversation.model import Outcome, Reply
from tests.channels.telegram.clinic import BUTTONS, MIA, TOM, Clinic
from tests.support.bot_api.visitors import keyboard


async def test_it_begins_with_a_notice_of_privacy_crisis_lines_and_how_to_reach_the_clinic(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/start")
    await clinic.says(MIA, "Telegram is not private enough")
    notice = clinic.said(MIA)[0]
    assert "999" in notice
    assert "116 123" in notice
    assert "01632 960 247" in notice
    await clinic.idle()
    assert len(clinic.said(MIA)) == 1


async def test_it_shows_the_notice_first_to_someone_who_does_not_press_start(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "Does it hurt?")
    await clinic.says(MIA, "About: Does it hurt?")
    assert "Telegram is not private enough" in clinic.said(MIA)[0]


async def test_it_answers_in_order_and_keeps_people_apart(clinic: Clinic) -> None:
    for number in range(5):
        await clinic.api.visitors.write(MIA, f"m{number}")
        await clinic.api.visitors.write(TOM, f"t{number}")
    await clinic.idle()
    assert clinic.said(MIA)[1:] == [f"About: m{number}" for number in range(5)]
    assert clinic.said(TOM)[1:] == [f"About: t{number}" for number in range(5)]


async def test_it_types_while_it_thinks(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "Hello?")
    await clinic.says(MIA, "About: Hello?")
    await clinic.until(lambda: {"chat_id": MIA, "action": "typing"} in clinic.api.calls("sendChatAction"))


async def test_a_tapped_button_asks_its_question_and_disappears(clinic: Clinic) -> None:
    clinic.understander.replies["What is it?"] = BUTTONS
    await clinic.api.visitors.write(MIA, "What is it?")
    await clinic.says(MIA, "It is a treatment.")
    await clinic.api.visitors.tap(MIA, "Is it safe?")
    await clinic.says(MIA, "About: Is ketamine therapy safe?")
    await clinic.until(lambda: all(not keyboard(message) for message in clinic.api.visitors.shown(MIA)))
    await clinic.until(lambda: len(clinic.api.calls("answerCallbackQuery")) == 1)


async def test_a_new_reply_takes_the_buttons_off_the_one_before(clinic: Clinic) -> None:
    clinic.understander.replies["What is it?"] = BUTTONS
    await clinic.api.visitors.write(MIA, "What is it?")
    await clinic.says(MIA, "It is a treatment.")
    await clinic.api.visitors.write(MIA, "Thanks")
    await clinic.says(MIA, "About: Thanks")
    await clinic.until(lambda: all(not keyboard(message) for message in clinic.api.visitors.shown(MIA)))


async def test_a_button_tapped_again_and_again_has_one_effect(clinic: Clinic) -> None:
    clinic.understander.replies["What is it?"] = BUTTONS
    await clinic.api.visitors.write(MIA, "What is it?")
    await clinic.says(MIA, "It is a treatment.")
    message = clinic.api.visitors.shown(MIA)[-1]
    data = keyboard(message)[0]["callback_data"]
    for _ in range(4):
        await clinic.api.visitors.tap_data(MIA, dict(message), data)
    await clinic.idle()
    assert clinic.said(MIA).count("About: Is ketamine therapy safe?") == 1


async def test_a_button_of_a_deleted_conversation_says_so_and_does_nothing(clinic: Clinic) -> None:
    clinic.understander.replies["What is it?"] = BUTTONS
    await clinic.api.visitors.write(MIA, "What is it?")
    await clinic.says(MIA, "It is a treatment.")
    old = dict(clinic.api.visitors.shown(MIA)[-1])
    data = keyboard(old)[0]["callback_data"]
    await clinic.api.visitors.write(MIA, "/delete yes")
    await clinic.says(MIA, "We have deleted this conversation")
    await clinic.api.visitors.tap_data(MIA, old, data)
    await clinic.until(
        lambda: any("earlier" in call.get("text", "") for call in clinic.api.calls("answerCallbackQuery"))
    )
    assert await clinic.store.conversation_of(MIA) is None


async def test_a_tap_that_we_never_offered_does_nothing(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/start")
    await clinic.says(MIA, "Telegram is not private enough")
    message = clinic.api.visitors.shown(MIA)[-1]
    for data in ("b:1:99:0", "b:x", "seen:1", "\N{PILE OF POO}", "b:1:0:'; drop table messages"):
        await clinic.api.visitors.tap_data(MIA, dict(message), data)
    await clinic.idle()
    assert await clinic.written(MIA) == []


async def test_a_long_answer_comes_in_parts_ended_at_sentences(clinic: Clinic) -> None:
    sentence = "This is a sentence about the treatment, \N{GRINNING FACE} which goes on for a while. "
    clinic.understander.replies["Tell me all"] = Reply(sentence * 120, Outcome.ANSWER, "what_is_it", BUTTONS.buttons)
    await clinic.api.visitors.write(MIA, "Tell me all")
    await clinic.idle()
    parts = clinic.said(MIA)[1:]
    assert len(parts) == 3
    assert all(part.endswith("a while.") for part in parts)
    assert " ".join(parts) == (sentence * 120).strip()
    shown = clinic.api.visitors.shown(MIA)[1:]
    assert [bool(keyboard(message)) for message in shown] == [False, False, True]


async def test_a_very_long_text_is_taken_in_parts_and_all_of_it_is_read(clinic: Clinic) -> None:
    story = "It has been a long year for us. " * 100 + "I want to kill myself."
    await clinic.api.visitors.write(MIA, story)
    await clinic.idle()
    written = await clinic.written(MIA)
    assert len(written) == 2
    assert " ".join(written) == story
    handoffs = await clinic.service.handoffs.queue()
    assert [(handoff.kind, handoff.urgency.value) for handoff in handoffs] == [("self_harm", "urgent")]


async def test_an_edited_message_is_read_again(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "fine")
    await clinic.says(MIA, "About: fine")
    await clinic.api.visitors.edit(MIA, 1, "I want to end my life")
    await clinic.idle()
    assert await clinic.written(MIA) == ["fine", "I want to end my life"]
    assert "please call 999" in clinic.said(MIA)[-1]


async def test_markup_and_commands_of_visitors_stay_plain_text(clinic: Clinic) -> None:
    texts = ["<b>bold</b> & <script>alert(1)</script>", "*a* _b_ [c](http://d.example) `e`", "a\\b|c||d~e"]
    for text in texts:
        await clinic.api.visitors.write(MIA, text)
    await clinic.idle()
    assert clinic.said(MIA)[1:] == [f"About: {text}" for text in texts]


async def test_no_message_shows_a_link_preview(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "see https://example.com")
    await clinic.says(MIA, "About: see")
    sent = clinic.api.calls("sendMessage")
    assert sent
    assert all(call["link_preview_options"] == {"is_disabled": True} for call in sent)


async def test_it_sets_its_commands_and_descriptions_at_start(clinic: Clinic) -> None:
    await clinic.until(lambda: clinic.api.world.profile["short_description"])
    (commands,) = [value for key, value in clinic.api.world.profile.items() if "all_private_chats" in key]
    names = [command["command"] for command in commands]
    assert names == ["start", "help", "person", "urgent", "website", "privacy", "delete"]
    assert "999" in clinic.api.world.profile["description"]
