"""Kernel ridge regression onto topics: one linear system.

The kernel adds the similarity of sentence vectors (Gaussian on the sphere) and of word and character features.
Scores are about 1 for a text like the examples of a topic, about 0 for a text unlike all of them, so the same
scores separate the topics and tell the known from the unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.linalg.lapack import spotri
from scipy.sparse import csr_matrix

from content.encoder import Vectors, unit
from nlu.rounded import RoundedExamples

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
STRIP = 1_000
"""Texts compared with others at a time."""


@dataclass(frozen=True)
class KernelShape:
    """`sharpness` of the Gaussian on unit vectors, weight of the lexical kernel, and ridge (`noise`)."""

    sharpness: float = 1.5
    lexical: float = 0.1
    noise: float = 0.1


@dataclass(frozen=True)
class KernelModel:
    """What scoring needs: `examples` (n, 384) centred, `weights` (n, topics), `lexical_weights` (features, topics).

    The n rows are the training examples and, last, the topics' names. `distances` (n,) are theirs from the centre;
    `along` (n,) are the products of centred examples and centre.
    """

    shape: KernelShape
    centre: Vectors
    examples: Vectors
    distances: Vectors
    along: Vectors
    weights: Scores
    lexical_weights: Scores

    def scores(self, vectors: Vectors, lexical: csr_matrix) -> tuple[Scores, Vectors]:
        """Return scores (texts, topics), and the cosines (texts, n) of `vectors` with the examples as they were."""
        away = vectors - self.centre
        far = np.linalg.norm(away, axis=1, keepdims=True)
        products = self._rounded.products(away / np.maximum(far, 1e-9))
        cosines = (far * products + self.along) * self.distances + (vectors @ self.centre)[:, None]
        near = _sharpened(products, self.shape.sharpness)
        return np.asarray(near @ self.weights + lexical @ self.lexical_weights, dtype=np.float32), cosines

    @cached_property
    def _rounded(self) -> RoundedExamples:
        return RoundedExamples(self.examples)


@dataclass(frozen=True)
class Kernel:
    """How alike the n training texts are, by centred `examples` (n, 384) and `lexical` features (n, features).

    The whole table of n by n is made once, used up where the system is solved, and never copied: at 30,000 texts it
    takes 3.6 GB.
    """

    shape: KernelShape
    centre: Vectors
    examples: Vectors
    distances: Vectors
    lexical: csr_matrix

    @classmethod
    def of(cls, vectors: Vectors, lexical: csr_matrix, shape: KernelShape) -> Kernel:
        """Prepare unit `vectors` (n, 384) and `lexical` features (n, features) of n texts for comparison."""
        centre = vectors.mean(axis=0)
        away = vectors - centre  # what all texts have in common no longer makes them alike
        return cls(shape, centre, unit(away), np.linalg.norm(away, axis=1), lexical)

    def between(self, rows: Rows, columns: Rows) -> Scores:
        """Return (rows, columns) how alike these texts are, without noise."""
        table = _sharpened(self.examples[rows] @ self.examples[columns].T, self.shape.sharpness)
        turned = self.lexical[columns].T.tocsc()
        for start in range(0, len(rows), STRIP):  # the whole product would need twice the memory
            part = slice(start, start + STRIP)
            table[part] += self.shape.lexical * (self.lexical[rows[part]] @ turned).toarray()
        return table

    def inverse(self, rows: Rows) -> Scores:
        """Return the inverse (n, n) of the system of these n `rows` alone."""
        inverse, _ = spotri(self._factor(rows), lower=1)
        return _both_halves(inverse)

    def fit(self, targets: Scores, parts: Sequence[Rows]) -> tuple[KernelModel, Scores]:
        """Return the model of all texts, and the scores of the texts in `parts`, each by a model of all but its part.

        With these rows last, the last corner of the factor gives their corner of the system's inverse, which holds the
        answers of all systems that leave a part out: the scores of part F are targets[F] - inverse[F, F]^-1 @ weights[F].
        Rows in no part keep score 0.
        """
        held_out = np.concatenate(parts)
        rest = np.setdiff1d(np.arange(len(targets)), held_out)
        order = np.concatenate([rest, held_out])
        factor = self._factor(order)
        weights = np.zeros_like(targets)
        weights[order] = cho_solve((factor, True), targets[order], check_finite=False)
        corner, _ = spotri(factor[len(rest) :, len(rest) :], lower=1)
        del factor
        scores, start = np.zeros_like(targets), 0
        for rows in parts:
            part = slice(start, start + len(rows))
            scores[rows] = targets[rows] - np.linalg.solve(_both_halves(corner[part, part]), weights[rows])
            start += len(rows)
        lexical_weights = np.asarray(self.shape.lexical * (self.lexical.T @ weights), dtype=np.float32)
        along = self.examples @ self.centre
        model = KernelModel(self.shape, self.centre, self.examples, self.distances, along, weights, lexical_weights)
        return model, scores

    def _factor(self, rows: Rows) -> Scores:
        """Return the lower Cholesky factor of the system of these `rows`, built half, as LAPACK reads it, a strip at a time."""
        table = np.zeros((len(rows), len(rows)), dtype=np.float32)
        for start in range(0, len(rows), STRIP):
            table[start : start + STRIP, start:] = self.between(rows[start : start + STRIP], rows[start:])
        table[np.diag_indices_from(table)] += self.shape.noise
        try:
            factor, _ = cho_factor(table.T, lower=True, overwrite_a=True, check_finite=False)  # .T: Fortran's order
        except LinAlgError as error:
            raise ArithmeticError("The kernel matrix is not positive definite. Raise `noise` in config.yml.") from error
        return np.asarray(factor, dtype=np.float32)


def _both_halves(lower: Scores) -> Scores:
    """Return the symmetric matrix of which LAPACK filled the lower half alone."""
    half = np.tril(lower)
    return np.asarray(half + np.tril(half, -1).T, dtype=np.float32)


def _sharpened(products: Vectors, sharpness: float) -> Scores:
    """Turn the products of unit vectors into a Gaussian of their distance, in place."""
    products -= 1.0
    products *= 2.0 * sharpness
    return np.asarray(np.exp(products, out=products), dtype=np.float32)
