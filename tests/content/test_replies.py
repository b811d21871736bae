from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from content.hours import Week
from content.replies import Replies, load_replies
from content.topics import load_topics

LONDON = ZoneInfo("Europe/London")
REPLIES = load_replies()


def moment(day: int, hour: int, month: int = 11) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (moment(23, 10), "We are open now and usually reply within two working hours."),
        (moment(23, 7), "We open again today at 9:00 am"),
        (moment(23, 20), "We open again tomorrow at 9:00 am"),
        (moment(27, 20), "We open again on Monday at 9:00 am"),
        (moment(24, 20, month=12), "We open again on Tuesday at 9:00 am"),
    ],
)
def test_it_says_when_to_expect_an_answer(now: datetime.datetime, expected: str) -> None:
    assert expected in REPLIES.when(now)


def test_a_clinic_that_stays_closed_gives_its_phone_number() -> None:
    closed = Week(monday=(), tuesday=(), wednesday=(), thursday=(), friday=(), saturday=(), sunday=())
    clinic = msgspec.structs.replace(REPLIES.profile.clinic, hours=closed)
    profile = msgspec.structs.replace(REPLIES.profile, clinic=clinic)
    assert "01632 960 247" in Replies(profile, REPLIES.messages).when(moment(23, 10))


def test_an_opening_weeks_away_is_named_by_its_date() -> None:
    days = tuple(datetime.date(2026, 11, 24) + datetime.timedelta(days=ahead) for ahead in range(10))
    clinic = msgspec.structs.replace(REPLIES.profile.clinic, closed_on=days)
    profile = msgspec.structs.replace(REPLIES.profile, clinic=clinic)
    assert "on Friday 4 December at 9:00 am" in Replies(profile, REPLIES.messages).when(moment(23, 20))


@pytest.mark.parametrize("topic", load_topics()["clinical"])
def test_a_clinical_question_goes_to_clinical_staff_without_medical_advice(topic: str) -> None:
    text = REPLIES.handed_over(topic, moment(23, 10)).text
    assert "our nursing team" in text
    assert "within one working day" in text
    assert "999" in text


@pytest.mark.parametrize("topic", ["talk_to_human", "no_approved_answer", "cost", "outage"])
def test_anything_else_goes_to_the_front_desk(topic: str) -> None:
    assert "our front desk" in REPLIES.handed_over(topic, moment(23, 10)).text


def test_an_outage_may_be_asked_for_as_a_kind_of_handoff() -> None:
    assert REPLIES.handed_over("outage", moment(23, 20)) == REPLIES.outage(moment(23, 20))


def test_an_outage_says_that_nothing_is_lost_and_when_a_person_answers() -> None:
    text = REPLIES.outage(moment(23, 20)).text
    assert "Your message is safe" in text
    assert "tomorrow at 9:00 am" in text
    assert "999" in text


def test_another_language_is_met_in_that_language_first() -> None:
    text = REPLIES.other_language("fr", moment(23, 10)).text
    assert text.startswith("Bonjour")
    assert "999" in text
    assert "116 123" in text
    assert "our front desk" in text


def test_a_language_without_a_sentence_gets_english() -> None:
    assert REPLIES.other_language("xx", moment(23, 10)) == REPLIES.handed_over("talk_to_human", moment(23, 10))


def test_the_welcome_offers_questions_and_a_person() -> None:
    wording = REPLIES.welcome()
    assert "Wren House Clinic" in wording.text
    assert len(wording.buttons) == 4
    assert wording.buttons[-1].label == "Talk to a person"


def test_staff_are_named_with_their_role() -> None:
    assert REPLIES.staff_joined("Nia", "Nurse").text.startswith("Nia (Nurse) has joined")
    assert REPLIES.staff_left(moment(23, 10)).text.endswith(
        "We are open now and usually reply within two working hours."
    )


def test_a_name_with_brackets_is_only_text() -> None:
    assert "{when}" in REPLIES.staff_joined("{when}", "Nurse").text


@pytest.mark.parametrize(
    ("kind", "expected"), [("photo", "photo"), ("voice", "voice"), ("hologram", "only read words")]
)
def test_what_is_not_text_gets_a_kind_sentence(kind: str, expected: str) -> None:
    assert expected in REPLIES.attachment(kind).text


def test_what_is_not_taken_is_told_with_the_numbers_to_ring() -> None:
    texts = REPLIES.not_sent(2000)
    assert "at most 2,000 characters" in texts.too_long
    assert "{seconds} seconds" in texts.rate_limited
    assert "call 999 now" in texts.rate_limited
    assert REPLIES.profile.clinic.phone in texts.storage
    assert "call 999 now" in texts.storage
    assert "{" not in f"{texts.too_long}{texts.empty}{texts.storage}"


def test_the_same_moment_gives_the_same_words() -> None:
    assert REPLIES.handed_over("medication", moment(23, 20)) == load_replies().handed_over("medication", moment(23, 20))
