"""How the crisis check's reader of meaning learns, and how it is joined with the reader of words."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from content.crisis_sense import CENTRE, SCALE, Numbers, Weights, code_digest, digest, spread
from content.encoder import Vectors

NONE = 4  # The class of ordinary messages.
STEPS = 300
RATE = 0.05
PENALTY = 3.0
DANGER_COUNTS = 3.0  # A missed danger costs this many false alarms.
ROUNDS = 25


def fit(vectors: Vectors, labels: npt.NDArray[np.int64]) -> Weights:
    """Return numbers learned from `vectors`, of shape (n, 384), by a penalised logistic regression; not sealed yet."""
    centre = np.rint(vectors.mean(axis=0, dtype=np.float64) * CENTRE)
    rows = spread(vectors, centre / CENTRE)
    rows = np.hstack([rows, np.ones((len(rows), 1))])
    wanted = np.eye(NONE + 1)[labels][:, :NONE]
    costs = np.where(labels == NONE, 1.0, DANGER_COUNTS)[:, None]
    state = np.zeros((rows.shape[1], NONE))
    mean, size = np.zeros_like(state), np.zeros_like(state)
    for step in range(1, STEPS + 1):
        powers = np.exp(np.clip(rows @ state, -30, 30))
        slope = rows.T @ ((powers / (1 + powers.sum(axis=1, keepdims=True)) - wanted) * costs)
        slope[:-1] += PENALTY * state[:-1]
        mean = 0.9 * mean + 0.1 * slope
        size = 0.99 * size + 0.01 * slope**2
        rate = RATE * min(1.0, 2 * (1 - step / (STEPS + 1)))
        state -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(size / (1 - 0.99**step)) + 1e-8)
    whole = np.rint(state * SCALE).astype(int).tolist()
    held = {"bias": whole[-1], "centre": centre.astype(int).tolist(), "numbers": whole[:-1]}
    return msgspec.convert(
        {"code": "", "digest": "", "words": "", "threshold": 0, "doubt": 0, "excused": 0, "joint": [0, 0, 0], **held},
        Weights,
    )


def join(words: Numbers, meaning: Numbers, dangerous: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return what each reader's log odds count and what is added: a logistic regression by Newton's method."""
    rows = np.stack([words, meaning, np.ones(len(words))], axis=1)
    state = np.zeros(3)
    for _ in range(ROUNDS):
        share = 1 / (1 + np.exp(-np.clip(rows @ state, -30, 30)))
        bend = (rows * (share * (1 - share))[:, None]).T @ rows + 1e-3 * np.eye(3)
        state -= np.linalg.solve(bend, rows.T @ (share - dangerous) + 1e-3 * state)
    first, second, added = (round(float(one), 4) for one in state)
    return first, second, added


def sealed(
    weights: Weights, words: str, joint: tuple[float, float, float], *, threshold: float, excused: float, doubt: float
) -> Weights:
    """Return the finished file, joined with the reader of words whose digest is `words`."""
    whole = msgspec.structs.replace(
        weights,
        code=code_digest(),
        words=words,
        joint=joint,
        threshold=threshold,
        excused=excused,
        doubt=doubt,
    )
    return msgspec.structs.replace(whole, digest=digest(whole))
