"""Hard messages: several questions, follow-ups, danger, other languages, nothing to read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from content.encoder import Vectors
from nlu.danger import Danger
from nlu.decision import UNSURE, group_of
from nlu.segments import LONGEST
from nlu.understander import Understander
from nlu.understanding import Understanding
from tests.nlu.small_model import small_understander

Context = dict[str, object]


@pytest.fixture(scope="module")
def understander() -> Understander:
    return small_understander()


def asked(understander: Understander, text: str, **context: object) -> Understanding:
    return understander.understand(text, context)


def test_it_answers_a_plain_question(understander: Understander) -> None:
    found = asked(understander, "How much does a session cost?")
    assert found.intent == "operational/cost"
    assert found.ranking[0][0] == "operational/cost"
    assert found.model == "small"


def test_a_clinical_part_makes_the_whole_clinical_and_keeps_the_rest(understander: Understander) -> None:
    found = asked(understander, "How much does a session cost? And can I have it while I take sertraline?")
    assert found.intent == "clinical/medication"
    assert "operational/cost" in found.also


def test_an_illness_stated_beside_a_practical_question_makes_the_whole_clinical(understander: Understander) -> None:
    found = asked(understander, "How much does a session cost? I take lithium every day.")
    assert found.intent == "clinical/medication"
    assert "operational/cost" in found.also


def test_a_clinical_question_behind_a_friendly_opening_is_clinical(understander: Understander) -> None:
    found = asked(understander, "Hello there! Lovely website. I take lithium every day, can I still have ketamine?")
    assert group_of(found.intent) == "clinical"


@pytest.mark.parametrize("opening", ["", "hi, quick question about prices. ", "how much is it? "])
def test_danger_overrules_everything(understander: Understander, opening: str) -> None:
    found = asked(understander, f"{opening}I want to kill myself tonight")
    assert found.intent == "crisis/self_harm"
    assert found.confidence == 1.0
    assert found.reason


def test_danger_is_found_at_the_end_of_a_long_text(understander: Understander) -> None:
    story = "I have been reading about your clinic and the garden was lovely this year. " * 25
    assert asked(understander, f"{story[:1900]} I want to kill myself.").intent == "crisis/self_harm"


def test_a_long_text_costs_a_bounded_number_of_encodings(understander: Understander) -> None:
    class Counting:
        def __init__(self) -> None:
            self.texts = 0

        def encode(self, texts: Sequence[str]) -> Vectors:
            self.texts += len(texts)
            return understander.encoder.encode(texts)

    counting = Counting()
    asked(replace(understander, encoder=counting), ("I have read a lot and wonder what it is. " * 60)[:2000])
    assert counting.texts <= LONGEST + 2


@dataclass(frozen=True)
class Silent:
    """A crisis check that finds nothing; its readers say `odds`."""

    odds: float | None
    findings: Sequence[Danger] = ()

    def look(self, _: str) -> Silent:
        return self


def test_the_model_alone_alarms_unless_the_readers_contradict(understander: Understander) -> None:
    unsure, surer = "there is no way out for me", "I want to kill myself tonight"
    unheard, contradicted = (replace(understander, danger=Silent(odds)) for odds in (None, -8.0))
    assert [asked(unheard, text).intent for text in (unsure, surer)] == ["crisis/self_harm"] * 2
    assert asked(contradicted, surer).intent == "crisis/self_harm"
    assert group_of(asked(contradicted, unsure).intent) == "clinical"


def test_where_the_readers_hear_danger_a_person_reads_what_the_model_takes_for_a_question(
    understander: Understander,
) -> None:
    text = "could my brother take my place"
    assert group_of(asked(replace(understander, danger=Silent(-8.0)), text).intent) not in ("clinical", "crisis")
    assert group_of(asked(replace(understander, danger=Silent(8.0)), text).intent) in ("clinical", "crisis")


def test_another_language_goes_to_a_person_and_is_named(understander: Understander) -> None:
    found = asked(understander, "Bonjour, combien coûte une séance chez vous s'il vous plaît ?")
    assert (found.intent, found.language) == ("staff/no_approved_answer", "fr")
    assert found.reason == "Written in French."


@pytest.mark.parametrize("text", ["🤷🤷🤷", "12345", "https://example.com/a?b=c", "...", "   "])
def test_nothing_to_read_is_asked_back(understander: Understander, text: str) -> None:
    assert asked(understander, text).intent == UNSURE


def test_after_two_questions_back_a_person_takes_over(understander: Understander) -> None:
    assert asked(understander, "12345", clarified=1).intent == UNSURE
    found = asked(understander, "12345", clarified=2)
    assert found.intent == "staff/no_approved_answer"
    assert found.reason == "Not understood twice in a row."


def test_a_follow_up_is_read_with_the_turn_before(understander: Understander) -> None:
    alone = understander.model.predict(["how much for them?"], understander.encoder)[0]
    found = asked(understander, "and does it stay that way?", previous_topic="answer/is_it_a_cure")
    assert (
        dict(found.ranking)["answer/is_it_a_cure"]
        > alone.shares[understander.model.topics.index("answer/is_it_a_cure")]
    )


@pytest.mark.parametrize("text", ["can you explain that a bit more please", "are you quite sure about that"])
@pytest.mark.parametrize(
    ("previous", "meant"),
    [
        ("answer/is_it_a_cure", "answer/is_it_a_cure"),
        ("answer/cost", "operational/cost"),
        ("clinical/medication", "clinical/medication"),
        ("smalltalk/greet", "smalltalk/more"),
        ("unheard/of", "smalltalk/more"),
        ("", "smalltalk/more"),
    ],
)
def test_what_only_asks_for_more_means_the_topic_before(
    understander: Understander, text: str, previous: str, meant: str
) -> None:
    assert asked(understander, text, previous_topic=previous).intent == meant


def test_who_surely_asks_for_more_of_an_answer_gets_it_while_a_person_is_awaited(understander: Understander) -> None:
    assert asked(understander, "can you explain that a bit more please", previous_topic="answer/is_it_a_cure").sure


@pytest.mark.parametrize("text", ["my husband then?", "could my mum instead?"])
def test_half_a_question_that_alone_seems_for_staff_is_read_with_the_turn_before(
    understander: Understander, text: str
) -> None:
    assert group_of(asked(understander, text).intent) in ("clinical", "staff")
    assert asked(understander, text, previous_topic="operational/companion").intent == "operational/companion"


def test_what_is_surely_clinical_alone_stays_so_after_a_general_question(understander: Understander) -> None:
    assert (
        asked(understander, "and while pregnant?", previous_topic="operational/companion").intent
        == "clinical/pregnancy"
    )


@pytest.mark.parametrize("text", ["would that matter?", "even so?", "and is it ok then?"])
def test_what_points_back_to_a_clinical_message_goes_to_the_clinician(understander: Understander, text: str) -> None:
    assert group_of(asked(understander, text, previous_topic="clinical/medication").intent) == "clinical"


def test_a_sure_question_after_a_clinical_message_is_still_answered(understander: Understander) -> None:
    found = asked(understander, "and how much does a session cost?", previous_topic="clinical/medication")
    assert found.intent == "operational/cost"


def test_a_short_text_that_means_nothing_alone_is_read_after_the_turn_before(understander: Understander) -> None:
    found = asked(understander, "for six of them", previous_topic="operational/cost")
    assert dict(found.ranking).get("operational/cost", 0.0) > dict(asked(understander, "for six of them").ranking).get(
        "operational/cost", 0.0
    )


@pytest.mark.parametrize("previous", ["operational/cost", "answer/what_is_it", "smalltalk/greet", "unheard/of", ""])
def test_context_never_turns_a_clinical_question_into_an_answer(understander: Understander, previous: str) -> None:
    for text in ("what about my lithium?", "and with sertraline?", "is it ok if i'm pregnant"):
        alone = asked(understander, text)
        if group_of(alone.intent) == "clinical":
            assert group_of(asked(understander, text, previous_topic=previous).intent) == "clinical"


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("how much does one session cost", True),
        ("thanks so much", True),
        ("I take lithium", False),
        ("my printer is out of toner", False),
    ],
)
def test_it_is_sure_only_of_general_questions_and_small_talk(understander: Understander, text: str, sure: bool) -> None:
    assert understander.understand(text, {}).sure == sure


def test_an_unsure_answer_offers_choices_a_visitor_can_press(understander: Understander) -> None:
    found = asked(understander, "is it for ever and is it dear, or what is it")
    for topic in found.choices:
        assert group_of(topic) in ("general", "staff")
    assert len(found.choices) <= 3


def test_what_is_understood_is_plain_json(understander: Understander) -> None:
    found = asked(understander, "can my wife come with me?")
    again = json.loads(json.dumps(found.as_dict()))
    assert again["intent"] == found.intent
    assert set(again["nearest"][0]) == {"text", "topic", "similarity"}


@pytest.mark.parametrize("metadata", [{}, {"clarified": None, "previous_topic": None}, {"clarified": "1"}])
def test_missing_context_is_no_error(understander: Understander, metadata: Context) -> None:
    assert understander.understand("hello", metadata).intent
