"""Word and character features: what the sentence vector blurs (names, brands, typos) stays visible here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

KINDS: tuple[dict[str, Any], ...] = (
    {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    {"analyzer": "char_wb", "ngram_range": (2, 5)},
)
COMMONEST_CHARACTERS = 0.05
"""Share of the texts from which a character sequence says nothing; comparing by it would cost the most time."""
MANY = 2_000


class LexicalFeatures:
    """Tf-idf of words (1 to 2) and characters (2 to 5, within words), each block of unit length."""

    def __init__(self, blocks: Sequence[Block] = ()) -> None:
        self._blocks = tuple(blocks)

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the vocabulary and return the features of `texts`, one row each."""
        vectorizers = [_vectorizer(kind) for kind in KINDS]
        if len(texts) > MANY:
            for vectorizer in vectorizers:
                vectorizer.set_params(min_df=2)  # what stands in one example of thousands teaches nothing
            vectorizers[1].set_params(max_df=COMMONEST_CHARACTERS)
        features = [vectorizer.fit_transform(texts) for vectorizer in vectorizers]
        self._blocks = tuple(
            Block.of(kind, vectorizer.get_feature_names_out(), vectorizer.idf_)
            for kind, vectorizer in zip(KINDS, vectorizers, strict=True)
        )
        return csr_matrix(hstack(features, format="csr", dtype=np.float32))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return the features of `texts`, one row each."""
        firsts = np.cumsum([0, *(len(block.terms) for block in self._blocks)])
        columns, values, ends = [], [], [0]
        for text in texts:
            ends.append(ends[-1])
            for block, first in zip(self._blocks, firsts[:-1], strict=True):
                found, weights = block.read(text)
                columns.append(found + first)
                values.append(weights)
                ends[-1] += len(found)
        return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=(len(texts), firsts[-1]))

    def words(self) -> frozenset[str]:
        """Return the single words of the examples, in lower case."""
        return frozenset(term for term in self._blocks[0].terms if " " not in term)

    def state(self) -> list[dict[str, Any]]:
        """Return what must be kept to build the same features again, as plain JSON values."""
        return [{"terms": list(block.terms), "idf": [float(x) for x in block.idf]} for block in self._blocks]

    @classmethod
    def from_state(cls, state: Sequence[Mapping[str, Any]]) -> LexicalFeatures:
        """Build the features that `state()` described."""
        return cls([Block.of(kind, block["terms"], block["idf"]) for kind, block in zip(KINDS, state, strict=True)])


@dataclass(frozen=True)
class Block:
    """One kind of features, read by a plain dictionary: for one message scikit-learn's checks would cost ten times as much.

    `terms` maps each known sequence to its column, in order; `idf` (columns,) are their weights.
    """

    analyse: Callable[[str], Sequence[str]]
    terms: Mapping[str, int]
    idf: npt.NDArray[np.float64]

    @classmethod
    def of(cls, kind: Mapping[str, Any], terms: Sequence[str], idf: Sequence[float]) -> Block:
        analyse = _vectorizer(kind).build_analyzer()
        return cls(analyse, {term: column for column, term in enumerate(terms)}, np.array(idf, dtype=np.float64))

    def read(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Return the columns of what `text` holds, and their weights, of unit length together."""
        counts = Counter(column for term in self.analyse(text) if (column := self.terms.get(term)) is not None)
        columns = np.fromiter(sorted(counts), dtype=np.int64, count=len(counts))
        often = np.array([counts[column] for column in sorted(counts)], dtype=np.float64)
        weights = (1.0 + np.log(often)) * self.idf[columns]
        length = float(np.sqrt(weights @ weights))
        return columns, np.asarray(weights / (length or 1.0), dtype=np.float32)


def _vectorizer(kind: Mapping[str, Any]) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, lowercase=True, dtype=np.float32, **kind)
