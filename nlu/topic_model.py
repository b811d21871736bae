"""The topic model: sentence vectors, words and characters joined by one kernel, calibrated on left-out examples."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from content.encoder import Encoder, Vectors
from nlu.calibration import Knowledge, Labels, Probabilities, familiarity, fit_knowledge, highest
from nlu.kernel import Kernel, KernelModel, KernelShape, Rows, Scores
from nlu.lexical import LexicalFeatures
from nlu.stacking import ByTopic, Stack, fit_stack
from nlu.thinned import CAUTIOUS, REALISTIC, Examples, best_threshold, folds, rehearse

FOLDS = 5
FEWEST = max(CAUTIOUS)
"""Examples of a topic with which it is still learned where all but one are left out."""
JUDGED = 12_000
"""Examples enough for calibration and cross-validation: of many, only as many parts are left out in turn as hold these."""


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
    """A trained model. `labels` (n,) are those of `texts`, its training examples."""

    topics: tuple[str, ...]
    texts: tuple[str, ...]
    labels: Labels
    lexical: LexicalFeatures
    kernel: KernelModel
    stack: Stack
    knowledge: Knowledge
    data_hash: str

    def predict(self, texts: Sequence[str], encoder: Encoder, neighbours: int = 3) -> list[Prediction]:
        """Return one prediction a text."""
        vectors = encoder.encode(texts)
        scores, cosines = self.kernel.scores(vectors, self.lexical.transform(texts))
        near = cosines[:, : len(self.texts)]
        nearness = self._by_topic.nearest(near)
        shares = self.stack.probabilities(scores, nearness, self.topics, texts)
        familiar = familiarity(scores, near)
        known = self.knowledge.probability(familiar)
        return [
            Prediction(shares[row], float(familiar[row]), float(known[row]), self._neighbours(near[row], neighbours))
            for row in range(len(texts))
        ]

    @cached_property
    def _by_topic(self) -> ByTopic:
        return ByTopic.of(self.labels, len(self.topics))

    def _neighbours(self, near: Vectors, count: int) -> tuple[Neighbour, ...]:
        places, values = highest(near[None], count)
        return tuple(
            Neighbour(self.texts[place], self.topics[self.labels[place]], round(float(value), 4))
            for place, value in zip(places[0], values[0], strict=True)
        )


@dataclass(frozen=True)
class LeftOut:
    """The training examples in `parts`, each as judged by a model trained without its part; other rows hold nothing.

    `scores` and `nearness` (examples, topics) and `familiar` (examples,) are what `TopicModel.stack` and `.knowledge` read.
    """

    parts: tuple[Rows, ...]
    scores: Scores
    nearness: Scores
    familiar: Probabilities

    @property
    def rows(self) -> Rows:
        """The judged examples, one part after the other."""
        return np.concatenate(self.parts)


@dataclass(frozen=True)
class Prepared:
    """Training examples with all that is computed once: encoding, features, kernel. The topics' names come last in
    `kernel` and `targets`, as one more example each; `labels` and `vectors` are the examples' own."""

    topics: tuple[str, ...]
    texts: tuple[str, ...]
    labels: Labels
    vectors: Vectors
    lexical: LexicalFeatures
    kernel: Kernel
    targets: Scores
    data_hash: str


def prepare(texts: Sequence[str], names: Sequence[str], encoder: Encoder, shape: TrainingShape) -> Prepared:
    """Encode and compare `texts` with topic `names`. Raises ValueError for fewer than two topics, or too few examples."""
    topics = tuple(sorted(set(names)))
    if len(topics) < 2:
        raise ValueError("At least two topics are needed. Add examples of another topic.")
    if sum(count >= FEWEST for count in Counter(names).values()) < 2:
        raise ValueError(
            f"At least two topics with {FEWEST} examples are needed, to learn what is known. Add examples."
        )
    number = {name: index for index, name in enumerate(topics)}
    labels = np.array([number[name] for name in names], dtype=np.intp)
    everything = [*texts, *map(words_of, topics)]
    vectors = encoder.encode(everything)
    lexical = LexicalFeatures()
    kernel = Kernel.of(vectors, lexical.fit(everything), shape.kernel)
    targets = np.eye(len(topics), dtype=np.float32)[np.concatenate([labels, np.arange(len(topics))])]
    return Prepared(
        topics, tuple(texts), labels, vectors[: len(texts)], lexical, kernel, targets, data_hash(texts, names)
    )


def train(texts: Sequence[str], names: Sequence[str], encoder: Encoder, shape: TrainingShape) -> TopicModel:
    """Train on `texts` with topic `names`; the same data and seed give the same model. Raises ValueError."""
    return learn(texts, names, encoder, shape)[0]


def learn(
    texts: Sequence[str], names: Sequence[str], encoder: Encoder, shape: TrainingShape
) -> tuple[TopicModel, LeftOut]:
    """As `train`, with how the examples that were left out in turn were judged."""
    return learn_prepared(prepare(texts, names, encoder, shape), shape)


def learn_prepared(data: Prepared, shape: TrainingShape) -> tuple[TopicModel, LeftOut]:
    """As `learn`, of examples that are prepared."""
    enough = -(-JUDGED * FOLDS // len(data.labels))
    parts = tuple(folds(data.labels, shape.seed, FOLDS)[:enough])
    fitted, scores = data.kernel.fit(data.targets, parts)
    judged = _left_out(data, parts, scores[: len(data.labels)])
    model = TopicModel(
        topics=data.topics,
        texts=data.texts,
        labels=data.labels,
        lexical=data.lexical,
        kernel=fitted,
        stack=_stack(data, judged, judged.rows),
        knowledge=_knowledge(data, shape),
        data_hash=data.data_hash,
    )
    return model, judged


def cross_validate(model: TopicModel, judged: LeftOut) -> Probabilities:
    """Return (examples, topics) probabilities of each judged example, by a stack fitted without its part, too; others have 0."""
    shares = np.zeros(judged.scores.shape)
    for rows in judged.parts:
        stack = _stack(model, judged, np.setdiff1d(judged.rows, rows))
        texts = [model.texts[row] for row in rows]
        shares[rows] = stack.probabilities(judged.scores[rows], judged.nearness[rows], model.topics, texts)
    return shares


def _stack(data: Prepared | TopicModel, judged: LeftOut, rows: Rows) -> Stack:
    texts = [data.texts[row] for row in rows]
    return fit_stack(judged.scores[rows], judged.nearness[rows], data.labels[rows], data.topics, texts)


def data_hash(texts: Sequence[str], names: Sequence[str]) -> str:
    """Return the SHA-256 of the examples with their topics, whatever their order."""
    lines = sorted(f"{name}\t{text}" for text, name in zip(texts, names, strict=True))
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def words_of(topic: str) -> str:
    """Return the words of a topic's name, learned as one more example: "operational/age_limits" is "age limits"."""
    return re.sub(r"[\W_]+", " ", topic.rpartition("/")[2]).strip().lower()


def _left_out(data: Prepared, parts: Sequence[Rows], scores: Scores) -> LeftOut:
    nearness = np.full(scores.shape, -1.0, dtype=np.float32)
    familiar = np.zeros(len(scores))
    by_topic = ByTopic.of(data.labels, len(data.topics))
    for rows in parts:
        near = data.vectors[rows] @ data.vectors.T
        near[:, rows] = -1.0
        nearness[rows] = by_topic.nearest(near)
        familiar[rows] = familiarity(scores[rows], near)
    return LeftOut(tuple(parts), scores, nearness, familiar)


def acceptance_threshold(data: Prepared, shape: TrainingShape) -> float:
    """Return the familiarity from which a text is best accepted where foreign ones arrive that are no topic of their own."""
    return best_threshold(rehearse(_examples(data), REALISTIC, shape.seed), shape.foreign_share)


def _knowledge(data: Prepared, shape: TrainingShape) -> Knowledge:
    rehearsal = rehearse(_examples(data), CAUTIOUS, shape.seed)
    return fit_knowledge(rehearsal.known, rehearsal.foreign, shape.unknown_share)


def _examples(data: Prepared) -> Examples:
    targets = data.targets[: len(data.labels)]
    return Examples(data.kernel, targets, data.vectors, data.labels)
