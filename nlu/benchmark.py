"""Measures the shipped topic classifier on labelled texts of any domain, with the settings of `config.yml`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import matthews_corrcoef

from content.encoder import shared_encoder
from nlu.settings import classifier_settings, training_shape
from nlu.topic_model import TopicModel, acceptance_threshold, learn_prepared, prepare


@dataclass(frozen=True)
class Row:
    """A text and its label; an empty label is out of scope."""

    text: str
    label: str


@dataclass(frozen=True)
class Report:
    """Figures of one benchmark; out of scope counts as one more class in `accuracy` and `mcc`.

    `in_scope_accuracy` and `out_of_scope_recall` are None where the test has no such rows; `threshold` is the
    familiarity below which a text counts as out of scope; `seconds` are those of each test text, one at a time.
    """

    accuracy: float
    in_scope_accuracy: float | None
    out_of_scope_recall: float | None
    mcc: float
    threshold: float
    train_seconds: float
    seconds: tuple[float, ...]


def measure(training: Sequence[Row], test: Sequence[Row], config: Path) -> Report:
    """Train on `training` and test on `test`; rows out of scope in `training` are learned as one more topic.

    Raises:
        ValueError: either holds too little, or `config` has no topic classifier.
    """
    if not test:
        raise ValueError("The test file has no rows.")
    encoder = shared_encoder()
    started = time.perf_counter()
    kept = [row for row in training if row.text.strip()]
    shape = training_shape(classifier_settings(config))
    data = prepare([row.text for row in kept], [row.label for row in kept], encoder, shape)
    model, _ = learn_prepared(data, shape)
    threshold = acceptance_threshold(data, shape)
    train_seconds = time.perf_counter() - started
    guesses, seconds = _guess(model, threshold, [row.text for row in test])
    return _report([row.label for row in test], guesses, threshold, train_seconds, seconds)


def _guess(model: TopicModel, threshold: float, texts: Sequence[str]) -> tuple[list[str], tuple[float, ...]]:
    encoder = shared_encoder()
    guesses, seconds = [], []
    model.predict(texts[:1], encoder)  # the first call pays for warming up
    for text in texts:
        started = time.perf_counter()
        found = model.predict([text], encoder)[0]
        seconds.append(time.perf_counter() - started)
        accepted = found.familiar >= threshold
        guesses.append(model.topics[int(found.shares.argmax())] if accepted else "")
    return guesses, tuple(seconds)


def _report(
    labels: Sequence[str], guesses: Sequence[str], threshold: float, train_seconds: float, seconds: tuple[float, ...]
) -> Report:
    truth, found = np.array(labels, dtype=object), np.array(guesses, dtype=object)
    inside = truth != ""
    return Report(
        accuracy=float(np.mean(truth == found)),
        in_scope_accuracy=float(np.mean((truth == found)[inside])) if inside.any() else None,
        out_of_scope_recall=float(np.mean((truth == found)[~inside])) if (~inside).any() else None,
        mcc=float(matthews_corrcoef(list(labels), list(guesses))),
        threshold=threshold,
        train_seconds=train_seconds,
        seconds=seconds,
    )
