"""Teaches the crisis check's two readers: `python -m content.crisis_training`.

Both learn from `data/nlu`, `data/crisis_examples.yml` and the examples of `data/red_flags.yml`, five classes: the four
kinds of danger and none. How the two are heard together, and the thresholds, are chosen by cross-validation: of the
ordinary examples left out, 1.4% read like danger where no rule fires, 4% where an exemption alone keeps a rule silent; of the
dangerous ones whose rules may be doubted, 99% are believed. Takes a few minutes, most of it for the sentence vectors; the
same data gives the same files on the same machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from content import crisis_sense_fit, crisis_words_fit
from content.crisis import CrisisMatcher
from content.crisis_examples import LABELS, read_crisis_examples
from content.crisis_reader import danger, within
from content.crisis_sense import FILE as SENSE_FILE
from content.crisis_sense import Numbers, SenseReader
from content.crisis_sense import Weights as Sense
from content.crisis_words import FILE as WORDS_FILE
from content.crisis_words import Weights as Words
from content.crisis_words import WordReader
from content.encoder import Encoder, Vectors, shared_encoder
from content.red_flags import KINDS, Rules
from content.sentences import READ_TOGETHER, Piece
from content.spelling import DATA
from content.training_data import plain, read_examples

NONE = len(KINDS)  # The class of ordinary messages.
FALSE_ALARMS = 0.014
DISBELIEVED = 0.01
EXCUSED_ALARMS = 0.04
FOLDS = 4


class Labelled(NamedTuple):
    """One example; `label` is the index of its kind in KINDS, or NONE."""

    text: str
    label: int


class Prepared(NamedTuple):
    """The examples with what the readers see of them: plain words, pieces, and one vector for each piece in order.

    `rows[i]` says to which example piece `i` belongs; `wholes` holds a vector for each example, from which is learned.
    `ruled`: which examples a rule finds; `doubted`: of these, those whose rules may be doubted;
    `excused`: those in which nothing but exemptions keeps a rule silent.
    """

    labels: npt.NDArray[np.int64]
    folds: npt.NDArray[np.int64]
    words: list[list[str]]
    pieces: list[Piece]
    rows: list[int]
    vectors: Vectors
    wholes: Vectors
    ruled: npt.NDArray[np.bool_]
    doubted: npt.NDArray[np.bool_]
    excused: npt.NDArray[np.bool_]


def examples(rules: Rules, data: Path = DATA) -> list[Labelled]:
    """Return the training examples and those of the rules, each text once, in order. Raises ContentError."""
    found = [Labelled(one.text, _label(one.intent)) for one in read_examples(data)]
    for number, kind in enumerate(KINDS):
        for flag in rules.file.flags.get(kind, {}).values():
            found += [Labelled(text, number) for text in flag.fires]
            found += [Labelled(text, NONE) for text in flag.stays_silent]
    for entry in (*rules.file.harmless.values(), *rules.file.guards.values()):
        found += [Labelled(text, NONE) for text in entry.stays_silent]
    found += [Labelled(one.text, LABELS.index(one.label)) for one in read_crisis_examples(data)]
    return list({plain(one.text): one for one in reversed(found)}.values())[::-1]


def prepare(matcher: CrisisMatcher, known: Sequence[Labelled], encoder: Encoder) -> Prepared:
    """Look at each example as the check does; `matcher` holds the rules alone."""
    readable = [matcher.readable(one.text) for one in known]
    pieces = [piece for some in readable for piece in some]
    found = [matcher.find(one.text) for one in known]
    texts = list(dict.fromkeys([*(piece.text for piece in pieces), *(one.text for one in known)]))
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    return Prepared(
        labels=np.array([one.label for one in known]),
        folds=np.array([hashlib.sha256(plain(one.text).encode()).digest()[0] % FOLDS for one in known]),
        words=[matcher.whole(one.text) for one in known],
        pieces=pieces,
        rows=[row for row, some in enumerate(readable) for _ in some],
        vectors=np.stack([vectors[piece.text] for piece in pieces]),
        wholes=np.stack([vectors[one.text] for one in known]),
        ruled=np.array([bool(signs) for signs in found]),
        doubted=np.array(
            [bool(signs) and matcher.may_be_doubted(one.text, signs) for one, signs in zip(known, found, strict=True)]
        ),
        excused=np.array([not signs and matcher.is_excused(one.text) for one, signs in zip(known, found, strict=True)]),
    )


def learn(data: Prepared) -> tuple[Words, Sense]:
    """Return what both readers learned from all of `data`, joined by what they made of examples left out."""
    pieces, wholes = _nothing(len(data.pieces)), _nothing(len(data.labels))
    folds = data.folds[data.rows]
    for fold in range(FOLDS):
        readers = _fit(data, data.folds != fold)
        places = np.flatnonzero(folds == fold)
        pieces[:, places] = _read(*readers, [data.pieces[place].words for place in places], data.vectors[places])
        places = np.flatnonzero(data.folds == fold)
        wholes[:, places] = _read(*readers, [data.words[place] for place in places], data.wholes[places])
    joint = crisis_sense_fit.join(pieces[0], pieces[1], data.labels[data.rows] != NONE)
    scores = _scores(data, _joined(joint, pieces), _joined(joint, wholes))
    words, sense = _fit(data, np.ones(len(data.labels), dtype=bool))
    return words, crisis_sense_fit.sealed(
        sense,
        words.digest,
        joint,
        threshold=_threshold(scores[_quiet(data) & ~data.excused], FALSE_ALARMS),
        excused=_threshold(scores[_quiet(data) & data.excused], EXCUSED_ALARMS),
        doubt=_doubt(data, scores),
    )


def _nothing(count: int) -> Numbers:
    return np.full((2, count), np.nan)


def _read(words: Words, sense: Sense, lines: Sequence[list[str]], vectors: Vectors) -> Numbers:
    """Return (2, len(lines)): the log odds of danger by words and by meaning."""
    reader = WordReader(words)
    by_meaning = SenseReader(sense).odds(vectors).tolist()
    return np.array([[danger(reader.odds(line)) for line in lines], [danger(odds) for odds in by_meaning]])


def _joined(joint: tuple[float, float, float], odds: Numbers) -> Numbers:
    return np.asarray(joint[0] * odds[0] + joint[1] * odds[1] + joint[2])


def _scores(data: Prepared, pieces: Numbers, wholes: Numbers) -> Numbers:
    """Return the score of each example as the check takes it, see `Reader.loudest`; -inf where nothing is read."""
    scores = np.full(len(data.labels), -np.inf)
    np.maximum.at(scores, data.rows, pieces)
    for row in np.flatnonzero(np.bincount(data.rows, minlength=len(scores)) > 1):
        scores[row] = within(scores[row], wholes[row])
    return scores


def _fit(data: Prepared, known: npt.NDArray[np.bool_]) -> tuple[Words, Sense]:
    """Teach both readers the examples marked in `known`; long ordinary ones in pieces, as they will be read.

    The reader of words gets such pieces instead of the whole and none that overlap, so that no word counts twice.
    """
    rows, many = np.array(data.rows), _in_pieces(data)
    own = np.flatnonzero(known & ~many)
    cut = np.flatnonzero((known & many)[rows])
    number_in_text = cut - np.searchsorted(rows, rows[cut])
    apart = cut[number_in_text % READ_TOGETHER == 0]
    words = crisis_words_fit.fit(
        [*(data.words[row] for row in own), *(data.pieces[place].words for place in apart)],
        np.concatenate([data.labels[own], np.full(len(apart), NONE)]),
    )
    sense = crisis_sense_fit.fit(
        np.concatenate([data.wholes[known], data.vectors[cut]]),
        np.concatenate([data.labels[known], np.full(len(cut), NONE)]),
    )
    return words, sense


def _in_pieces(data: Prepared) -> npt.NDArray[np.bool_]:
    """Return which examples are ordinary and read in several pieces."""
    return np.asarray((np.bincount(data.rows, minlength=len(data.labels)) > 1) & (data.labels == NONE))


def _quiet(data: Prepared) -> npt.NDArray[np.bool_]:
    """Return which examples are ordinary and silent to the rules."""
    return np.asarray((data.labels == NONE) & ~data.ruled)


def _threshold(scores: Numbers, alarms: float) -> float:
    """Return what the share `alarms` of the ordinary examples with these scores passes."""
    return round(float(np.sort(scores)[::-1][int(alarms * len(scores))]), 3)


def _doubt(data: Prepared, scores: Numbers) -> float:
    """Return the score that nearly all dangerous examples reach whose rules may be doubted."""
    heard = np.sort(scores[(data.labels != NONE) & data.doubted & np.isfinite(scores)])
    return round(float(heard[int(DISBELIEVED * len(heard))]), 3)


def _label(intent: str) -> int:
    outcome, topic = intent.split("/")
    return next((number for number, kind in enumerate(KINDS) if outcome == "crisis" and kind == topic), NONE)


def main() -> None:
    """Learn from the data here and write both files."""
    matcher = CrisisMatcher.rules_alone()
    words, sense = learn(prepare(matcher, examples(matcher.rules), shared_encoder()))
    (DATA / WORDS_FILE).write_bytes(crisis_words_fit.encode(words))
    (DATA / SENSE_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(sense), indent=0) + b"\n")
    print(
        f"{DATA / WORDS_FILE}: {len(words.numbers)} pieces. {DATA / SENSE_FILE}: threshold {sense.threshold}, doubt {sense.doubt}"
    )


if __name__ == "__main__":
    main()
