"""Reads whether a text means what messages of danger mean, from its sentence vector.

Four sums over the 384 numbers of the vector, one for each kind of danger (`data/crisis_sense.json`), learned by
`python -m content.crisis_training`. The file also says how this reader and the reader of words are heard together.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from content.crisis_words import REMAKE
from content.encoder import DIMENSIONS, ENCODER, Vectors
from content.spelling import DATA
from content.yaml_lines import ContentError

FILE = "crisis_sense.json"
CENTRE, SCALE = 10_000, 1_000  # The file holds ten-thousandths and thousandths, as whole numbers.
SPREAD = 5.0  # Vectors are this much enlarged; only the scale of the numbers depends on it.
CODE = tuple(
    f"content/{name}.py" for name in ("crisis_sense", "crisis_reader", "encoder", "encoder_graph", "sentences")
)
Numbers = npt.NDArray[np.float64]


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. `code` and `digest` are SHA-256, `words` is the digest of the reader of words it was joined with.

    `threshold`: the joint log odds of danger above which a text is reported; `excused`: the same where a rule would fire but for
    an exemption; `doubt`: those below which a rule that may be doubted is not believed. `joint`: what the log odds of the
    reader of words and of this one count, and what is added.
    `centre`: the mean vector. `bias`, each of `numbers`: one a kind.
    """

    code: str
    digest: str
    words: str
    threshold: float
    doubt: float
    excused: float
    joint: tuple[float, float, float]
    bias: tuple[int, int, int, int]
    centre: list[int]
    numbers: list[tuple[int, int, int, int]]


class SenseReader:
    """Adds up the numbers of a sentence vector. Holds no state between texts."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._centre = np.array(weights.centre, dtype=np.float64) / CENTRE
        self._numbers = np.array(weights.numbers, dtype=np.float64) / SCALE
        self._bias = np.array(weights.bias, dtype=np.float64) / SCALE

    @classmethod
    def load(cls, data: Path, words: str) -> SenseReader:
        """Read the file in `data`; `words` is the digest of the reader of words. Raises ContentError."""
        path = data / FILE
        try:
            weights = msgspec.json.decode(path.read_bytes(), type=Weights)
        except (OSError, msgspec.MsgspecError) as error:
            raise ContentError(path, 1, "", f"cannot be read: {error}. {REMAKE}") from error
        if digest(weights) != weights.digest or not len(weights.centre) == len(weights.numbers) == DIMENSIONS:
            raise ContentError(path, 1, "digest", f"does not belong to these numbers: the file was changed. {REMAKE}")
        if weights.words != words:
            raise ContentError(path, 1, "words", f"does not belong to the crisis_words.json beside it. {REMAKE}")
        return cls(weights)

    def odds(self, vectors: Vectors) -> Numbers:
        """Return the log odds of each kind against none; `vectors` of shape (n, 384), result of shape (n, 4)."""
        return np.asarray(spread(vectors, self._centre) @ self._numbers + self._bias, dtype=np.float64)


def spread(vectors: Vectors, centre: Numbers) -> Numbers:
    """Return the vectors about their centre, enlarged."""
    return np.asarray((vectors - centre) * SPREAD, dtype=np.float64)


def digest(weights: Weights) -> str:
    """Return the SHA-256 of all that was learned."""
    held = (
        weights.words,
        weights.threshold,
        weights.doubt,
        weights.excused,
        weights.joint,
        weights.bias,
        weights.centre,
        weights.numbers,
    )
    return hashlib.sha256(msgspec.json.encode(held)).hexdigest()


def code_digest(root: Path = DATA.parent) -> str:
    """Return the SHA-256 of the code and the sentence encoder on which the numbers depend."""
    code = [(root / path).read_bytes() for path in CODE]
    return hashlib.sha256(b"\0".join([*code, ENCODER.encode()])).hexdigest()
