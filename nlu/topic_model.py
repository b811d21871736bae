"""The topic model: sentence vectors, words and characters joined by one kernel, calibrated on left-out examples."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nlu import kernel
from nlu.calibration import Knowledge, Labels, Probabilities, familiarity, fit_knowledge, fit_sharpness, probabilities
from nlu.encoder import SentenceEncoder, Vectors
from nlu.kernel import FittedKernel, KernelModel, KernelShape
from nlu.lexical import LexicalFeatures
from nlu.thinned import best_threshold, folds, rehearse

FOLDS = 10


@dataclass(frozen=True)
class TrainingShape:
    """What training may vary: the `kernel`, and how much of what arrives is foreign to every topic.

    `foreign_share` (0 to 1) is assumed where a threshold must tell foreign texts without having seen any;
    `unknown_share` where foreign texts are a topic of their own, and only those unlike even them are meant.
    """

    kernel: KernelShape = field(default_factory=KernelShape)
    foreign_share: float = 0.5
    unknown_share: float = 0.05
    seed: int = 0


@dataclass(frozen=True)
class Neighbour:
    """A known example near a text; `similarity` is the cosine of the sentence vectors."""

    text: str
    topic: str
    similarity: float


@dataclass(frozen=True)
class Prediction:
    """What the model thinks of one text.

    `shares` holds the topics' probabilities in the order of `TopicModel.topics`, given that the text belongs to one
    of them; `known` is the probability that it does; `familiar` (about 0 to 1) is what `known` was judged by.
    """

    shares: Probabilities
    familiar: float
    known: float
    nearest: tuple[Neighbour, ...]


@dataclass(frozen=True)
class TopicModel:
    """A trained model. `vectors` (n, 384) and `labels` (n,) are those of `texts`, its training examples."""

    topics: tuple[str, ...]
    texts: tuple[str, ...]
    labels: Labels
    vectors: Vectors
    lexical: LexicalFeatures
    kernel: KernelModel
    sharpness: float
    knowledge: Knowledge
    data_hash: str

    def predict(self, texts: Sequence[str], encoder: SentenceEncoder, neighbours: int = 3) -> list[Prediction]:
        """Return one prediction a text."""
        vectors = encoder.encode(texts)
        scores = self.kernel.scores(vectors, self.lexical.transform(texts))
        near = vectors @ self.vectors.T
        shares = probabilities(scores, self.sharpness)
        familiar = familiarity(scores, near, self.labels)
        known = self.knowledge.probability(familiar)
        return [
            Prediction(shares[row], float(familiar[row]), float(known[row]), self._neighbours(near[row], neighbours))
            for row in range(len(texts))
        ]

    def _neighbours(self, near: Vectors, count: int) -> tuple[Neighbour, ...]:
        count = min(count, len(near))
        best = np.argpartition(-near, count - 1)[:count] if count else np.array([], dtype=int)
        ordered = best[np.argsort(-near[best])]
        return tuple(
            Neighbour(self.texts[row], self.topics[self.labels[row]], round(float(near[row]), 4)) for row in ordered
        )


@dataclass(frozen=True)
class LeftOut:
    """Every training example, judged by a model that had not seen it: `shares` (n, topics), `known` (n,)."""

    labels: Labels
    shares: Probabilities
    familiar: Probabilities
    known: Probabilities


def train(
    texts: Sequence[str], names: Sequence[str], encoder: SentenceEncoder, shape: TrainingShape
) -> tuple[TopicModel, LeftOut]:
    """Train on `texts` with topic `names`; the same data and seed give the same model.

    Raises:
        ValueError: fewer than two topics.
    """
    topics = tuple(sorted(set(names)))
    if len(topics) < 2:
        raise ValueError("At least two topics are needed. Add examples of another topic.")
    number = {name: index for index, name in enumerate(topics)}
    labels = np.array([number[name] for name in names], dtype=np.intp)
    vectors = encoder.encode(texts)
    lexical = LexicalFeatures()
    features = lexical.fit(texts)
    targets = np.eye(len(topics), dtype=np.float32)[labels]
    fitted = kernel.fit(vectors, features, targets, shape.kernel)
    knowledge = _knowledge(fitted, vectors, labels, shape)
    left_out, sharpness = _left_out(fitted, vectors, labels, knowledge, shape.seed)
    print_of_data = data_hash(texts, names)
    model = TopicModel(
        topics, tuple(texts), labels, vectors, lexical, fitted.model, sharpness, knowledge, print_of_data
    )
    return model, left_out


def data_hash(texts: Sequence[str], names: Sequence[str]) -> str:
    """Return the SHA-256 of the examples with their topics, whatever their order."""
    lines = sorted(f"{name}\t{text}" for text, name in zip(texts, names, strict=True))
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _knowledge(fitted: FittedKernel, vectors: Vectors, labels: Labels, shape: TrainingShape) -> Knowledge:
    rehearsals = rehearse(fitted.matrix, fitted.targets, vectors, labels, shape.kernel.noise, shape.seed)
    threshold = best_threshold(rehearsals, shape.foreign_share)
    middle = rehearsals[len(rehearsals) // 2]
    return fit_knowledge(middle.known, middle.foreign, threshold, shape.unknown_share)


def _left_out(
    fitted: FittedKernel, vectors: Vectors, labels: Labels, knowledge: Knowledge, seed: int
) -> tuple[LeftOut, float]:
    parts = folds(labels, seed, FOLDS)
    scores = fitted.without(parts)
    sharpness = fit_sharpness(scores, labels)
    familiar = np.zeros(len(labels))
    for rows in parts:
        near = vectors[rows] @ vectors.T
        near[:, rows] = -1.0
        familiar[rows] = familiarity(scores[rows], near, labels)
    shares = probabilities(scores, sharpness)
    return LeftOut(labels, shares, familiar, knowledge.probability(familiar)), sharpness
