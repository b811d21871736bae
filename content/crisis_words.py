"""Reads whether a text sounds like messages of danger, from the words in it.

Each word, pair of words and pair with one word between carries four numbers, one for each kind of danger
(`data/crisis_words.json`). They are added up. The numbers are learned by `python -m content.crisis_training`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from content.spelling import DATA
from content.yaml_lines import ContentError

FILE = "crisis_words.json"
REMAKE = "Make it anew with `python -m content.crisis_training`."
SCALE = 100  # The file holds hundredths, as whole numbers.
LENGTH = 5.0  # Keeps the numbers of a short text near those of a long one; only their scale depends on it.
CODE = ("content/crisis_words.py", "content/normalise.py", "content/spelling.py", "data/spelling.yml")


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. `code` and `digest` are SHA-256: of the code that makes the pieces, and of the numbers.

    `bias`, and each of `numbers`: hundredths, one a kind.
    """

    code: str
    digest: str
    bias: tuple[int, int, int, int]
    numbers: dict[str, tuple[int, int, int, int]]


class WordReader:
    """Adds up the numbers of a text's words. Holds no state between texts."""

    def __init__(self, weights: Weights) -> None:
        self.digest = weights.digest
        self._bias = weights.bias
        self._numbers = weights.numbers

    @classmethod
    def load(cls, data: Path = DATA) -> WordReader:
        """Read the file in `data`. Raises ContentError: missing, unreadable or changed by hand."""
        path = data / FILE
        try:
            weights = msgspec.json.decode(path.read_bytes(), type=Weights)
        except (OSError, msgspec.MsgspecError) as error:
            raise ContentError(path, 1, "", f"cannot be read: {error}. {REMAKE}") from error
        if digest(weights) != weights.digest:
            raise ContentError(path, 1, "digest", f"does not belong to these numbers: the file was changed. {REMAKE}")
        return cls(weights)

    def odds(self, words: Sequence[str]) -> tuple[float, ...]:
        """Return the log odds of each kind of danger against none, in the order of `KINDS`."""
        sums = [0, 0, 0, 0]
        known = set(pieces(words))
        for piece in known:
            numbers = self._numbers.get(piece)
            if numbers:
                for kind, number in enumerate(numbers):
                    sums[kind] += number
        scale = LENGTH / math.sqrt(max(1, len(known))) / SCALE
        return tuple(bias / SCALE + number * scale for bias, number in zip(self._bias, sums, strict=True))


def pieces(words: Sequence[str]) -> Iterator[str]:
    """Yield each word, each pair of neighbours and each pair with one word between; every number reads as "#"."""
    line = ["<", *("#" if word.isdigit() else word for word in words), ">"]
    for at, word in enumerate(line):
        yield word
        if at + 1 < len(line):
            yield f"{word} {line[at + 1]}"
        if at + 2 < len(line):
            yield f"{word} _ {line[at + 2]}"


def digest(weights: Weights) -> str:
    """Return the SHA-256 of the numbers."""
    held = msgspec.json.encode((weights.bias, sorted(weights.numbers.items())))
    return hashlib.sha256(held).hexdigest()


def code_digest(root: Path = DATA.parent) -> str:
    """Return the SHA-256 of the code and spelling on which the numbers depend."""
    return hashlib.sha256(b"\0".join((root / path).read_bytes() for path in CODE)).hexdigest()
