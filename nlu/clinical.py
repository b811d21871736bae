"""Finds medicines, conditions, doses, measurements, routes, durations and frequencies in a message, with their circumstances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from content.spelling import DATA
from nlu.circumstances import circumstances
from nlu.clinical_terms import Term, Terms, load_terms
from nlu.figures import Figure, figures

OWN = "ketamine"  # The clinic's own medicine: named in most questions, a sign of nothing.
LONGEST = 2000  # Characters read: no longer message is accepted.
REMEMBERED = 20_000  # Words whose spelling has been looked up.


@dataclass(frozen=True)
class ClinicalFinding:
    """Something clinical: `start`/`end` are offsets into the text, `value` the usual name or the words as written."""

    kind: str
    value: str
    start: int
    end: int
    attributes: dict[str, str] = field(default_factory=dict)


class ClinicalFinder:
    """Finds what is clinical in a text, without a model."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._guesses: dict[str, Term | None] = {}
        self._last: tuple[str, tuple[ClinicalFinding, ...]] = ("", ())
        self._nlp = spacy.blank("en")
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        phrases = [name for name in terms.names if not name.isalpha()]
        for name, document in zip(phrases, self._nlp.pipe(phrases), strict=False):
            self._matcher.add(name, [document])

    @classmethod
    @cache
    def load(cls, data: Path = DATA) -> ClinicalFinder:
        """Read the lists of names, once a process. Raises ContentError."""
        return cls(load_terms(data))

    def find(self, text: str) -> tuple[ClinicalFinding, ...]:
        """Return what is found in `text`, in order, without overlaps; names win over figures."""
        last = self._last
        if text != last[0]:  # two components ask about each message
            self._last = last = (text, self._find(text))
        return last[1]

    def _find(self, text: str) -> tuple[ClinicalFinding, ...]:
        document = self._nlp.make_doc(text[:LONGEST])
        named = _longest(list(self._named(document)))
        free = [
            figure
            for figure in figures(text[:LONGEST])
            if not any(_overlap(figure, start, end) for start, end, _ in named)
        ]
        doses = [figure for figure in free if figure.kind == "dose"]
        found = [self._finding(text, start, end, term, doses) for start, end, term in named]
        found += [ClinicalFinding(one.kind, text[one.start : one.end], one.start, one.end) for one in free]
        return tuple(sorted(found, key=lambda finding: finding.start))

    def _named(self, document: Doc) -> Iterator[tuple[int, int, Term]]:
        for key, first, last in self._matcher(document):
            span = document[first:last]
            yield span.start_char, span.end_char, self._terms.names[self._nlp.vocab.strings[key]]
        for token in document:
            term = self._terms.names.get(token.lower_) or self._misspelt(token.lower_)
            if term and _means_the_name(token.text):
                yield token.idx, token.idx + len(token), term

    def _misspelt(self, word: str) -> Term | None:
        if word not in self._guesses:
            if len(self._guesses) > REMEMBERED:
                self._guesses.clear()
            self._guesses[word] = None if word in self._terms.names else self._terms.nearest(word)
        return self._guesses[word]

    def _finding(self, text: str, start: int, end: int, term: Term, doses: list[Figure]) -> ClinicalFinding:
        attributes = circumstances(text, start, end)
        if term.group:
            attributes["group"] = term.group
        if term.kind == "medicine":
            near = [dose for dose in doses if 0 <= dose.start - end <= 12 or 0 <= start - dose.end <= 6]
            if near:
                attributes["dose"] = text[near[0].start : near[0].end]
        return ClinicalFinding(term.kind, term.value, start, end, attributes)


def clinical_features(text: str, finder: ClinicalFinder | None = None) -> dict[str, float]:
    """Return 0/1 features for a classifier; every key is always there.

    `personal` is 1 where a medicine or condition is somebody's own now, not spoken of in general.
    """
    found = (finder or ClinicalFinder.load()).find(text)
    medicines = [one for one in found if one.kind == "medicine" and one.attributes.get("group") != OWN]
    named = [*medicines, *(one for one in found if one.kind == "condition")]
    kinds = {one.kind for one in found}
    people = {one.attributes["who"] for one in named}
    facts = {
        "has_medicine_other_than_ketamine": bool(medicines),
        "has_own_medicine": any(one.attributes["who"] != "general" for one in medicines),
        "has_recreational_drug": any(one.attributes.get("group") == "recreational drug" for one in medicines),
        "has_condition": "condition" in kinds,
        "has_dose": "dose" in kinds,
        "has_measurement": "measurement" in kinds,
        "has_duration_or_frequency": bool(kinds & {"duration", "frequency"}),
        "personal": bool(people - {"general"}),
        "about_someone_else": bool(people - {"general", "self"}),
        "past": any(one.attributes["tense"] == "past" for one in named),
        "hypothetical": any(one.attributes["tense"] == "hypothetical" for one in named),
        "negated": any(one.attributes["negated"] == "yes" for one in named),
    }
    return {name: float(value) for name, value in facts.items()}


_IN_CAPITALS_ONLY = frozenset({"add", "did", "eds", "pots"})


def _means_the_name(word: str) -> bool:
    """Short names that are ordinary words ("add", "did") count only in capitals."""
    return word.lower() not in _IN_CAPITALS_ONLY or word.isupper()


def _overlap(figure: Figure, start: int, end: int) -> bool:
    return figure.start < end and start < figure.end


def _longest(named: list[tuple[int, int, Term]]) -> list[tuple[int, int, Term]]:
    """Of names that overlap keep the longest: "bipolar disorder", not "bipolar"."""
    kept: list[tuple[int, int, Term]] = []
    for start, end, term in sorted(named, key=lambda one: (one[0] - one[1], one[0])):
        if not any(start < other_end and other_start < end for other_start, other_end, _ in kept):
            kept.append((start, end, term))
    return kept
