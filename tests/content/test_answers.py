from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from content.answers import MAX_WORDS, MIN_WORDS, load_answers, overdue
from content.messages import load_messages
from content.topics import load_topics
from content.yaml_lines import ContentError
from tests.content.support import Copy, school_grade, shingles

TOPICS = list(load_topics()["answer"])
SOURCE_ARTICLE = Path(__file__).with_name("source_article_shingles.txt")  # fingerprints only: the text is not ours
MEDICAL_NUMBERS = re.compile(r"\d+|per ?cent|%|\b(?:mg|milligram|hour|week|month|half of|majority)s?\b", re.IGNORECASE)


def test_there_is_an_answer_for_every_answer_topic() -> None:
    assert list(load_answers()) == TOPICS
    assert len(TOPICS) == 20


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_has_between_40_and_110_words(topic: str) -> None:
    assert MIN_WORDS <= len(load_answers()[topic].text.split()) <= MAX_WORDS


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_shares_no_eight_words_in_a_row_with_the_source_article(topic: str) -> None:
    assert not shingles(load_answers()[topic].text) & set(SOURCE_ARTICLE.read_text().split())


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_gives_no_number_that_is_not_among_its_facts(topic: str) -> None:
    facts = " ".join(load_topics()["answer"][topic].facts)
    claims = MEDICAL_NUMBERS.findall(load_answers()[topic].text)
    assert [claim for claim in claims if claim not in facts] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_can_be_read_at_about_twelve(topic: str) -> None:
    assert school_grade(load_answers()[topic].text) < 9


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_offers_one_or_two_questions_that_can_be_answered(topic: str) -> None:
    related = load_answers()[topic].related
    assert 1 <= len(related) <= 2
    for intent in related:
        assert intent.split("/")[0] in ("answer", "operational")
        assert load_messages().questions[intent].value


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_says_where_it_comes_from_and_when_it_was_reviewed(topic: str) -> None:
    provenance = load_answers()[topic].provenance
    assert all(provenance[field] for field in ("source", "reviewer_role", "reviewed_on", "next_review"))
    assert provenance["reviewed_on"] < provenance["next_review"]


def test_no_answer_decides_about_the_reader() -> None:
    for answer in load_answers().values():
        assert not re.search(
            r"\byou (are|would be|should be) (suitable|safe|eligible)|you should (take|stop|start)", answer.text
        )


def test_an_answer_past_its_review_day_is_named() -> None:
    answers = load_answers()
    day = answers["evidence"].next_review
    assert "evidence" not in overdue(answers, day)
    assert "evidence" in overdue(answers, day + datetime.timedelta(days=1))


SPOILED = {
    "a missing review date": ("  reviewed_on: 2026-11-23\n", "", "what_is_it", "reviewed_on` is missing"),
    "an impossible date": ("reviewed_on: 2026-11-23", "reviewed_on: 2026-02-30", "what_is_it.reviewed_on", "date"),
    "a review before the last": (
        "next_review: 2027-05-23",
        "next_review: 2026-11-23",
        "what_is_it.next_review",
        "after",
    ),
    "an unknown topic": ("what_is_it:\n", "what_it_is:\n", "what_it_is", "not an `answer` topic"),
    "an unknown field": ("  reviewer_role: Content", "  reviewer: Content", "what_is_it.reviewer", "not a known field"),
    "an empty reviewer": ("Content editor", "''", "what_is_it.reviewer_role", "is empty"),
    "a related topic that does not exist": (
        "answer/who_it_may_help",
        "answer/nothing",
        "what_is_it.related[1]",
        "answerable",
    ),
    "a related topic for staff": ("answer/who_it_may_help", "clinical/dosing", "what_is_it.related[1]", "answerable"),
    "an answer that leads to itself": (
        "answer/who_it_may_help",
        "answer/what_is_it",
        "what_is_it.related[1]",
        "itself",
    ),
    "no related topic": (
        "[answer/what_it_feels_like, answer/who_it_may_help]",
        "[]",
        "what_is_it.related",
        "one or two",
    ),
    "an invisible character": ("form of mental", "form\u202e of mental", "what_is_it.text", "cannot be seen"),
    "a wrong type": ("  reviewer_role: Content editor", "  reviewer_role: 7", "what_is_it.reviewer_role", "quotes"),
}


@pytest.mark.parametrize(("old", "new", "where", "problem"), SPOILED.values(), ids=SPOILED.keys())
def test_it_refuses_by_name_and_line(copy: Copy, old: str, new: str, where: str, problem: str) -> None:
    before = copy.line("answers.yml", old.strip().splitlines()[0]) if where.count(".") else 0
    folder = copy.change("answers.yml", old, new)
    with pytest.raises(ContentError, match=re.escape(problem)) as refused:
        load_answers(folder)
    assert refused.value.where == where
    assert refused.value.path == folder / "answers.yml"
    if before:
        assert abs(refused.value.line - before) <= 1  # a folded text is named by the line where its field begins


def test_it_refuses_an_answer_that_is_too_short(copy: Copy) -> None:
    path = copy.folder / "answers.yml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("setting:\n  text: >-\n"), text.index("  related: [answer/who_is_present, operational")
    path.write_text(text[:start] + "setting:\n  text: It is calm.\n" + text[end:], encoding="utf-8")
    with pytest.raises(ContentError, match=r"setting\.text: has 3 words"):
        load_answers(copy.folder)


def test_it_refuses_a_topic_without_an_answer(copy: Copy) -> None:
    path = copy.folder / "answers.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index("trauma_and_brain:")
    path.write_text(text[:start], encoding="utf-8")
    with pytest.raises(ContentError, match="trauma_and_brain: has no answer"):
        load_answers(copy.folder)
