"""How the crisis check's reader of words learns: a penalised logistic regression over the pieces of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from content.crisis_words import LENGTH, SCALE, Weights, code_digest, digest, pieces

Numbers = npt.NDArray[np.float64]
NONE = 4  # The class of ordinary messages.
FEWEST = 2  # A piece must stand in this many examples.
SMALLEST = 3  # Numbers all below this many hundredths are left out of the file.
STEPS = 120
PENALTY = 0.3
DANGER_COUNTS = 3.0  # A missed danger costs this many false alarms.


def fit(texts: Sequence[Sequence[str]], labels: npt.NDArray[np.int64]) -> Weights:
    """Return numbers learned from `texts`, plain words each; a label is the index of a kind, or NONE."""
    rows = [set(pieces(words)) for words in texts]
    seen = Counter(piece for found in rows for piece in found)
    place = {piece: at for at, piece in enumerate(sorted(piece for piece, count in seen.items() if count >= FEWEST))}
    columns = [np.array(sorted(place[piece] for piece in found if piece in place), dtype=np.int64) for found in rows]
    scale = np.array([LENGTH / np.sqrt(max(1, len(found))) for found in rows])
    learned, bias = _descend(columns, scale, labels, len(place))
    whole = np.rint(learned * SCALE).astype(int)
    kept = {piece: whole[at].tolist() for piece, at in place.items() if np.abs(whole[at]).max() >= SMALLEST}
    rounded = np.rint(bias * SCALE).astype(int).tolist()
    weights = msgspec.convert({"code": code_digest(), "digest": "", "bias": rounded, "numbers": kept}, Weights)
    return msgspec.structs.replace(weights, digest=digest(weights))


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


def encode(weights: Weights) -> bytes:
    """Return the file: one piece a line, so that a change can be read."""
    head = msgspec.json.encode(msgspec.structs.replace(weights, numbers={})).removesuffix(b"{}}")
    lines = (msgspec.json.encode({piece: each})[1:-1] for piece, each in sorted(weights.numbers.items()))
    return head + b"{\n" + b",\n".join(lines) + b"\n}}\n"
