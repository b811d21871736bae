"""Learns the numbers of `data/crisis_words.json`: `python -m content.crisis_training`.

A logistic regression over the pieces of `content/crisis_words.py`, five classes: the four kinds of danger and none.
The threshold is chosen by cross-validation, so that of the ordinary examples left out 0.4% read like danger. Takes
about half a minute; the same data gives the same file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from content.crisis import CrisisMatcher
from content.crisis_words import FILE, LENGTH, SCALE, Reader, Weights, code_digest, digest, pieces
from content.red_flags import KINDS, Rules
from content.spelling import DATA
from content.training_data import plain, read_examples

Numbers = npt.NDArray[np.float64]
NONE = len(KINDS)  # The class of ordinary messages.
FALSE_ALARMS = 0.004
FOLDS = 4
FEWEST = 2  # A piece must stand in this many examples.
SMALLEST = 3  # Numbers all below this many hundredths are left out of the file.
STEPS = 120
PENALTY = 0.3
DANGER_COUNTS = 3.0  # A missed danger costs this many false alarms.


class Labelled(NamedTuple):
    """One example; `label` is the index of its kind in KINDS, or NONE."""

    text: str
    label: int


def examples(rules: Rules, data: Path = DATA) -> list[Labelled]:
    """Return the training examples and those of the rules, each text once, in order. Raises ContentError."""
    found = [Labelled(one.text, _label(one.intent)) for one in read_examples(data)]
    for number, kind in enumerate(KINDS):
        for flag in rules.file.flags.get(kind, {}).values():
            found += [Labelled(text, number) for text in flag.fires]
            found += [Labelled(text, NONE) for text in flag.stays_silent]
    for entry in (*rules.file.harmless.values(), *rules.file.guards.values()):
        found += [Labelled(text, NONE) for text in entry.stays_silent]
    return list({plain(one.text): one for one in reversed(found)}.values())[::-1]


def learn(matcher: CrisisMatcher, known: Sequence[Labelled]) -> Weights:
    """Return numbers learned from all of `known`, with the threshold at which `FALSE_ALARMS` of them were false."""
    folds = [_fold(one.text) for one in known]
    scores: list[float] = []
    for fold in range(FOLDS):
        reader = Reader(_fit(matcher, [one for one, its in zip(known, folds, strict=True) if its != fold]))
        left_out = [one for one, its in zip(known, folds, strict=True) if its == fold and one.label == NONE]
        scores += [score(reader, matcher, one.text) for one in left_out]
    weights = msgspec.structs.replace(
        _fit(matcher, known), threshold=round(float(np.quantile(scores, 1 - FALSE_ALARMS)), 3)
    )
    return msgspec.structs.replace(weights, code=code_digest(), digest=digest(weights))


def encode(weights: Weights) -> bytes:
    """Return the file: one piece a line, so that a change can be read."""
    head = msgspec.json.encode(msgspec.structs.replace(weights, numbers={})).removesuffix(b"{}}")
    lines = (msgspec.json.encode({piece: each})[1:-1] for piece, each in sorted(weights.numbers.items()))
    return head + b"{\n" + b",\n".join(lines) + b"\n}}\n"


def score(reader: Reader, matcher: CrisisMatcher, text: str) -> float:
    """Return the highest score of any piece of `text`."""
    return max((reader.read(words).score for words in matcher.readable(text)), default=-99.0)


def _label(intent: str) -> int:
    outcome, topic = intent.split("/")
    return next((number for number, kind in enumerate(KINDS) if outcome == "crisis" and kind == topic), NONE)


def _fold(text: str) -> int:
    return hashlib.sha256(plain(text).encode()).digest()[0] % FOLDS


def _fit(matcher: CrisisMatcher, known: Iterable[Labelled]) -> Weights:
    rows = [(set(pieces(matcher.whole(one.text))), one.label) for one in known]
    seen = Counter(piece for found, _ in rows for piece in found)
    place = {piece: at for at, piece in enumerate(sorted(piece for piece, count in seen.items() if count >= FEWEST))}
    columns = [np.array(sorted(place[piece] for piece in found if piece in place), dtype=np.int64) for found, _ in rows]
    scale = np.array([LENGTH / np.sqrt(max(1, len(found))) for found, _ in rows])
    learned, bias = _descend(columns, scale, np.array([label for _, label in rows]), len(place))
    whole = np.rint(learned * SCALE).astype(int)
    kept = {piece: whole[at].tolist() for piece, at in place.items() if np.abs(whole[at]).max() >= SMALLEST}
    return msgspec.convert(
        {
            "code": "",
            "digest": "",
            "threshold": 0.0,
            "bias": np.rint(bias * SCALE).astype(int).tolist(),
            "numbers": kept,
        },
        Weights,
    )


def _descend(
    columns: Sequence[npt.NDArray[np.int64]], scale: Numbers, labels: npt.NDArray[np.int64], width: int
) -> tuple[Numbers, Numbers]:
    """Minimise the penalised log loss with Adam. Returns numbers of shape (width, 4) and the bias, of shape (4,)."""
    rows = np.repeat(np.arange(len(columns)), [len(one) for one in columns])
    flat = np.concatenate(columns)
    values = scale[rows]
    wanted = np.eye(NONE + 1)[labels][:, :NONE]
    costs = np.where(labels == NONE, 1.0, DANGER_COUNTS)[:, None]
    state = np.zeros((width + 1, NONE))
    mean, spread = np.zeros_like(state), np.zeros_like(state)
    for step in range(1, STEPS + 1):
        odds = (
            np.stack([np.bincount(rows, state[flat, kind] * values, len(columns)) for kind in range(NONE)], axis=1)
            + state[-1]
        )
        powers = np.exp(np.clip(odds, -30, 30))
        errors = (powers / (1 + powers.sum(axis=1, keepdims=True)) - wanted) * costs
        slope = (
            np.stack([np.bincount(flat, errors[rows, kind] * values, width + 1) for kind in range(NONE)], axis=1)
            + PENALTY * state
        )
        slope[-1] = errors.sum(axis=0)
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope**2
        rate = 0.1 * min(1.0, 2 * (1 - step / (STEPS + 1)))
        state -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return state[:-1], state[-1]


def main() -> None:
    """Learn from the data here and write the file."""
    matcher = CrisisMatcher.rules_alone()
    weights = learn(matcher, examples(matcher.rules))
    (DATA / FILE).write_bytes(encode(weights))
    print(f"{DATA / FILE}: {len(weights.numbers)} pieces, threshold {weights.threshold}")


if __name__ == "__main__":
    main()
