"""The second part of the crisis check: reads whether a text sounds like messages of danger, by its words and meaning.

Two readers look at each piece of a text, one at the words (`content/crisis_words.py`), one at the meaning
(`content/crisis_sense.py`). What both say is added up and held against one threshold. Of several pieces the one that reads
most like danger counts, and a little the text as a whole: among many sentences of an ordinary life one always reads worst.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from content.crisis_sense import SenseReader
from content.crisis_words import WordReader
from content.encoder import Encoder, shared_encoder
from content.pinned import PinnedFileError
from content.red_flags import KINDS, Kind
from content.sentences import Piece
from content.spelling import DATA
from content.yaml_lines import ContentError

LOWEST = -10.0  # Below, the sum of many ordinary words says no more.
WHOLE, MOST = 0.3, 2.0
"""How far the score of a piece is drawn to that of the whole text, and how much it loses at most, so that danger told among
very many ordinary words is still heard. Of the values tried the best on training examples left out."""


class Reading(NamedTuple):
    """How a piece of text reads. `score`: joint log odds of danger, of any kind."""

    score: float
    kind: Kind


class Reader:
    """Hears the reader of words and the reader of meaning together. Holds no state between texts."""

    def __init__(self, words: WordReader, sense: SenseReader, encoder: Encoder) -> None:
        self.threshold = sense.weights.threshold
        self.doubt = sense.weights.doubt
        self.excused = sense.weights.excused
        self._words = words
        self._sense = sense
        self._encoder = encoder

    @classmethod
    def load(cls, data: Path = DATA) -> Reader:
        """Read both files in `data` and the sentence encoder.

        Raises:
            ContentError: one of them is missing, unreadable or changed.
        """
        words = WordReader.load(data)
        sense = SenseReader.load(data, words.digest)
        try:
            return cls(words, sense, shared_encoder())
        except PinnedFileError as error:
            raise ContentError(data, 1, "", f"the crisis check cannot read meaning. {error}") from error

    def loudest(self, pieces: Sequence[Piece], whole: Piece) -> tuple[Reading, Piece]:
        """Return the one of `pieces` that reads most like danger, with how it reads within the `whole` text."""
        reading, piece = max(zip(self.read(pieces), pieces, strict=True), key=lambda one: one[0].score)
        if len(pieces) == 1:
            return reading, piece
        return Reading(within(reading.score, self.read([whole])[0].score), reading.kind), piece

    def read(self, pieces: Sequence[Piece]) -> list[Reading]:
        """Return how each of `pieces` reads."""
        meant = self._sense.odds(self._encoder.encode([piece.text for piece in pieces]))
        return [
            self._join(self._words.odds(piece.words), [float(one) for one in odds])
            for piece, odds in zip(pieces, meant, strict=True)
        ]

    def _join(self, words: Sequence[float], meant: Sequence[float]) -> Reading:
        of_words, of_meaning, added = self._sense.weights.joint
        score = of_words * danger(words) + of_meaning * danger(meant) + added
        kinds = [of_words * one + of_meaning * other for one, other in zip(words, meant, strict=True)]
        return Reading(score, KINDS[kinds.index(max(kinds))])


def within(piece: float, whole: float) -> float:
    """Return the score of a piece, given that of the text it stands in."""
    return piece - min(WHOLE * (piece - whole), MOST)


def danger(odds: Sequence[float]) -> float:
    """Return the log odds of any danger, given those of each kind, no lower than `LOWEST`."""
    highest = max(odds)
    return max(LOWEST, highest + math.log(sum(math.exp(one - highest) for one in odds)))
