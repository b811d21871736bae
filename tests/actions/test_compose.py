from __future__ import annotations

import pytest

from actions.compose import mark
from content.answers import load_answers
from content.messages import load_messages
from content.topics import intents, load_topics
from tests.actions.support import SERTRALINE, reply, understood

TAXONOMY = load_topics()
ANSWERS, MESSAGES = load_answers(), load_messages()
WAITING = {"owner": "waiting"}


@pytest.mark.parametrize("topic", TAXONOMY["answer"])
def test_a_common_question_gets_its_approved_answer_whole(topic: str) -> None:
    said = reply(f"answer/{topic}")
    assert (said.text, said.outcome, said.topic) == (ANSWERS[topic].text, "answer", topic)
    assert said.handoff is None
    assert said.provenance["next_review"]
    assert 1 <= len(said.buttons) <= 2


@pytest.mark.parametrize("topic", TAXONOMY["operational"])
def test_an_operational_question_is_answered_from_the_profile(topic: str) -> None:
    said = reply(f"operational/{topic}")
    assert (said.outcome, said.topic, said.handoff) == ("answer", topic, None)
    assert said.text


@pytest.mark.parametrize("topic", TAXONOMY["clinical"])
def test_a_clinical_question_is_handed_over_and_never_answered(topic: str) -> None:
    said = reply(f"clinical/{topic}", entities=[SERTRALINE])
    assert (said.outcome, said.topic) == ("clinical", topic)
    assert said.handoff is not None
    assert (said.handoff["kind"], said.handoff["urgency"]) == (topic, "normal")
    assert "our nursing team" in said.text
    assert not any(answer.text in said.text for answer in ANSWERS.values())


@pytest.mark.parametrize("topic", TAXONOMY["crisis"])
@pytest.mark.parametrize("owner", ["assistant", "waiting"])
def test_danger_shows_the_crisis_message_in_every_state(topic: str, owner: str) -> None:
    said = reply(f"crisis/{topic}", metadata={"owner": owner})
    assert said.outcome == "crisis"
    assert said.handoff is not None
    assert said.handoff["urgency"] == "urgent"
    assert "999" in said.text.split(".")[0]


def test_danger_always_gets_the_whole_message_here() -> None:
    """Whether it was shown a moment ago is for the bot to know."""
    again = reply("crisis/self_harm", metadata={"previous_topic": "crisis/self_harm"})
    assert again.text == reply("crisis/self_harm").text


def test_a_reason_names_the_topic_and_what_was_found() -> None:
    handoff = reply("clinical/medication", entities=[SERTRALINE]).handoff
    assert handoff is not None
    assert (
        handoff["reason"]
        == "Asks about a medicine together with the treatment: sertraline (own medicine, now, 100 mg)."
    )


def test_a_person_is_fetched_when_asked_for() -> None:
    said = reply("staff/talk_to_human")
    assert said.outcome == "staff"
    assert said.handoff == {"kind": "talk_to_human", "reason": "Asked for a person.", "urgency": "normal"}
    assert "We are open now" in said.text


def test_what_has_no_approved_answer_goes_to_staff_without_a_guess() -> None:
    said = reply("staff/no_approved_answer")
    assert said.handoff is not None
    assert "rather not guess" in said.text


def test_another_language_is_handed_over_with_its_name() -> None:
    said = reply("staff/no_approved_answer", language="de")
    assert said.text.startswith("Guten Tag")
    assert said.handoff is not None
    assert said.handoff["reason"] == "Wrote in another language (German)."


@pytest.mark.parametrize("topic", [topic for topic in TAXONOMY["smalltalk"] if topic != "out_of_scope"])
def test_small_talk_is_answered_with_a_fixed_wording(topic: str) -> None:
    said = reply(f"smalltalk/{topic}")
    assert (said.outcome, said.topic, said.handoff) == ("smalltalk", topic, None)
    assert said.text == getattr(MESSAGES.smalltalk, topic)


def test_what_has_nothing_to_do_with_the_clinic_is_a_question_back() -> None:
    said = reply("smalltalk/out_of_scope")
    assert (said.outcome, said.topic) == ("clarify", "out_of_scope")
    assert said.buttons[-1].label == "Talk to a person"


def test_when_unsure_it_offers_at_most_three_topics_and_a_person() -> None:
    choices = ["answer/setting", "operational/cost", "clinical/dosing", "answer/routes"]
    said = reply("clarify/unsure", choices=choices)
    assert (said.outcome, said.topic, said.handoff) == ("clarify", "unsure", None)
    assert [button.label for button in said.buttons] == [
        "What is the room like?",
        "What does it cost?",
        "Doses",
        "Talk to a person",
    ]


def test_when_nothing_is_near_it_asks_for_other_words() -> None:
    said = reply("clarify/unsure")
    assert said.text == MESSAGES.clarify.unclear
    assert [button.label for button in said.buttons] == ["Talk to a person"]


@pytest.mark.parametrize("intent", ["clarify/unsure", "staff/no_approved_answer"])
def test_after_two_questions_back_a_person_takes_over(intent: str) -> None:
    said = reply(intent, choices=["answer/setting"], metadata={"clarified": 2})
    assert (said.outcome, said.topic) == ("staff", "no_approved_answer")
    assert said.handoff is not None
    assert said.handoff["reason"] == "Was not understood twice in a row."


class TestSeveralQuestionsInOne:
    def test_a_clinical_part_hands_over_the_whole_and_general_parts_are_answered_below(self) -> None:
        said = reply("clinical/medication", also=["operational/cost", "answer/setting"])
        assert said.outcome == "clinical"
        first, second, third = (said.text.index(part) for part in ("nursing team", "£180", ANSWERS["setting"].text))
        assert first < second < third

    @pytest.mark.parametrize("grave", ["clinical/dosing", "crisis/abuse"])
    def test_the_gravest_part_decides_even_when_it_is_not_the_first(self, grave: str) -> None:
        said = reply("answer/setting", also=["operational/cost", grave])
        assert f"{said.outcome}/{said.topic}" == grave
        assert said.handoff is not None

    def test_danger_comes_alone(self) -> None:
        said = reply("crisis/self_harm", also=["answer/setting"])
        assert ANSWERS["setting"].text not in said.text

    def test_three_general_questions_are_all_answered_in_order(self) -> None:
        said = reply("answer/what_is_it", also=["answer/what_it_feels_like", "answer/setting"])
        assert said.topic == "what_is_it"
        wanted = [ANSWERS[topic].text for topic in ("what_is_it", "what_it_feels_like", "setting")]
        assert said.text == "\n\n".join([wanted[0], MESSAGES.clarify.answered_more, *wanted[1:]])
        assert "What does it feel like?" not in [button.label for button in said.buttons]

    def test_a_fourth_general_question_is_too_much_for_one_reply(self) -> None:
        said = reply("answer/what_is_it", also=["answer/what_it_feels_like", "answer/setting", "operational/cost"])
        assert said.text == reply("answer/what_is_it", also=["answer/what_it_feels_like", "answer/setting"]).text


@pytest.mark.parametrize("intent", ["answer/routes", "operational/cost"])
def test_the_same_answer_again_is_said_to_be_all_there_is_and_a_person_is_offered(intent: str) -> None:
    once = reply(intent, metadata={"previous_topic": "answer/setting"})
    again = reply(intent, metadata={"previous_topic": once.outcome + "/" + once.topic})
    assert again.text == f"{MESSAGES.clarify.answered_before}\n\n{once.text}"
    assert [button.label for button in again.buttons] == [*(one.label for one in once.buttons), "Talk to a person"]


def test_staff_are_not_told_of_a_topic_that_is_next_to_improbable() -> None:
    said = reply("clinical/pregnancy", confidence=0.003)
    assert said.outcome == "clinical"
    assert said.handoff == {
        "kind": "unclear",
        "reason": "Could not be understood, and may be serious.",
        "urgency": "normal",
    }
    sure = reply("clinical/pregnancy", confidence=0.9).handoff
    assert sure is not None
    assert sure["kind"] == "pregnancy"


class TestWhileSomebodyWaitsForStaff:
    @pytest.mark.parametrize("intent", ["answer/setting", "operational/cost", "smalltalk/thanks"])
    def test_a_sure_general_question_is_answered(self, intent: str) -> None:
        assert reply(intent, metadata=WAITING) == reply(intent)

    @pytest.mark.parametrize("intent", ["answer/setting", "operational/cost", "smalltalk/thanks"])
    def test_an_unsure_one_is_only_added(self, intent: str) -> None:
        said = reply(intent, metadata=WAITING, sure=False)
        assert (said.text, said.outcome) == (MESSAGES.waiting.added, "staff")
        assert said.handoff is not None
        assert said.handoff["reason"] == "Wrote more while waiting."

    @pytest.mark.parametrize("intent", ["clarify/unsure", "smalltalk/out_of_scope", "smalltalk/deny"])
    def test_it_asks_nothing_back(self, intent: str) -> None:
        said = reply(intent, metadata={**WAITING, "clarified": 2}, choices=["answer/setting"])
        assert said.text == MESSAGES.waiting.added

    def test_a_clinical_message_keeps_its_mark_for_staff(self) -> None:
        said = reply("clinical/medication", metadata=WAITING, entities=[SERTRALINE])
        assert (said.outcome, said.topic, said.text) == ("clinical", "medication", MESSAGES.waiting.added)
        assert said.handoff is not None
        assert "sertraline" in said.handoff["reason"]

    def test_asking_for_a_person_again_says_that_they_are_in_the_queue(self) -> None:
        assert "still in the queue" in reply("staff/talk_to_human", metadata=WAITING).text


def test_every_topic_of_the_taxonomy_gets_a_reply() -> None:
    for intent in intents(TAXONOMY):
        for metadata in ({}, WAITING):
            said = reply(intent, metadata=metadata)
            assert said.text, intent
            assert "{" not in said.text, intent
            assert (said.handoff is not None) == (said.outcome in ("clinical", "crisis", "staff")), intent


def test_the_mark_holds_what_was_agreed() -> None:
    message = understood(
        "clinical/medication",
        entities=[SERTRALINE],
        ranking=[["clinical/medication", 0.93]] + [["answer/routes", 0.01]] * 9,
        nearest=[{"text": "t", "topic": "clinical/medication", "similarity": 0.87}] * 9,
        reason="It names a medicine.",
        model="m1",
    )
    made = mark(reply("clinical/medication", entities=[SERTRALINE]), message)
    assert set(made) == {
        "outcome",
        "topic",
        "confidence",
        "handoff",
        "entities",
        "ranking",
        "nearest",
        "reason",
        "model",
        "provenance",
        "buttons",
    }
    assert (len(made["ranking"]), len(made["nearest"]), made["model"]) == (5, 3, "m1")
    assert made["entities"] == [
        {
            "kind": "medicine",
            "text": "sertraline",
            "start": 7,
            "end": 17,
            "value": "sertraline",
            "attributes": {"who": "self", "tense": "now", "negated": "no", "dose": "100 mg"},
        }
    ]
