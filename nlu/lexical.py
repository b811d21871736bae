"""Word and character features: what the sentence vector blurs (names, brands, typos) stays visible here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
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

    def __init__(self) -> None:
        self._vectorizers = [_vectorizer(kind) for kind in KINDS]

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the vocabulary and return the features of `texts`, one row each."""
        if len(texts) > MANY:
            for vectorizer in self._vectorizers:
                vectorizer.set_params(min_df=2)  # what stands in one example of thousands teaches nothing
            self._vectorizers[1].set_params(max_df=COMMONEST_CHARACTERS)
        return _join([vectorizer.fit_transform(texts) for vectorizer in self._vectorizers])

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return the features of `texts`, one row each."""
        return _join([vectorizer.transform(texts) for vectorizer in self._vectorizers])

    def words(self) -> frozenset[str]:
        """Return the single words of the examples, in lower case."""
        return frozenset(term for term in self._vectorizers[0].get_feature_names_out() if " " not in term)

    def state(self) -> list[dict[str, Any]]:
        """Return what must be kept to build the same features again, as plain JSON values."""
        return [
            {"terms": list(vectorizer.get_feature_names_out()), "idf": [float(x) for x in vectorizer.idf_]}
            for vectorizer in self._vectorizers
        ]

    @classmethod
    def from_state(cls, state: list[dict[str, Any]]) -> LexicalFeatures:
        """Build the features that `state()` described."""
        features = cls()
        for index, (kind, block) in enumerate(zip(KINDS, state, strict=True)):
            vocabulary = {term: column for column, term in enumerate(block["terms"])}
            vectorizer = _vectorizer({**kind, "vocabulary": vocabulary})
            vectorizer.idf_ = np.array(block["idf"], dtype=np.float64)
            features._vectorizers[index] = vectorizer
        return features


def _vectorizer(kind: dict[str, Any]) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, lowercase=True, dtype=np.float32, **kind)


def _join(blocks: list[csr_matrix]) -> csr_matrix:
    return csr_matrix(hstack(blocks, format="csr", dtype=np.float32))
