"""The curated answers of `data/answers.yml`: one for each `answer` topic, with its source and review dates."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from content.checks import refuse_bad_texts
from content.topics import DATA, Taxonomy, load_topics
from content.yaml_lines import ContentError, Lines, line_of, read_table

MIN_WORDS, MAX_WORDS = 40, 110
MAX_RELATED = 2
RELATED_OUTCOMES = ("answer", "operational")


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An approved text. `related` holds one or two topics ("answer/what_it_feels_like") to ask about next."""

    text: str
    related: tuple[str, ...]
    source: str
    reviewer_role: str
    reviewed_on: datetime.date
    next_review: datetime.date

    @property
    def provenance(self) -> dict[str, str]:
        """Return where the text comes from and who reviewed it when, as plain strings."""
        return {
            "source": self.source,
            "reviewer_role": self.reviewer_role,
            "reviewed_on": self.reviewed_on.isoformat(),
            "next_review": self.next_review.isoformat(),
        }


@cache
def load_answers(data: Path = DATA) -> Mapping[str, Answer]:
    """Return topic -> Answer for every `answer` topic. Raises ContentError naming the field and its line."""
    path, taxonomy = data / "answers.yml", load_topics(data)
    table, lines = read_table(path, Answer)
    refuse_bad_texts(path, lines, table)
    for topic in table:
        if topic not in taxonomy["answer"]:
            raise ContentError(
                path, line_of(lines, topic), topic, "is not an `answer` topic of topics.yml. Check its spelling."
            )
        _refuse_bad_answer(path, lines, topic, table[topic], taxonomy)
    for topic in taxonomy["answer"]:
        if topic not in table:
            raise ContentError(path, 1, topic, "has no answer. Write one.")
    return table


def overdue(answers: Mapping[str, Answer], today: datetime.date) -> list[str]:
    """Return the topics whose next review lies before `today`."""
    return [topic for topic, answer in answers.items() if answer.next_review < today]


def _refuse_bad_answer(path: Path, lines: Lines, topic: str, answer: Answer, taxonomy: Taxonomy) -> None:
    def refuse(field: str, problem: str) -> None:
        where = f"{topic}.{field}"
        raise ContentError(path, line_of(lines, where), where, problem)

    words = len(answer.text.split())
    if not MIN_WORDS <= words <= MAX_WORDS:
        refuse("text", f"has {words} words. Write {MIN_WORDS} to {MAX_WORDS}.")
    if not 1 <= len(answer.related) <= MAX_RELATED or len(set(answer.related)) != len(answer.related):
        refuse("related", "must name one or two different topics.")
    for index, related in enumerate(answer.related):
        outcome, _, name = related.partition("/")
        if outcome not in RELATED_OUTCOMES or name not in taxonomy[outcome]:
            problem = f'"{related}" is not an answerable topic. Write it like "answer/setting" or "operational/cost".'
            refuse(f"related[{index}]", problem)
        if related == f"answer/{topic}":
            refuse(f"related[{index}]", "leads back to this answer itself. Name another topic.")
    if answer.next_review <= answer.reviewed_on:
        refuse("next_review", "is not after reviewed_on. Write the day when it is due again.")
