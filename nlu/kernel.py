"""Kernel ridge regression onto topics: one linear system, with cross-validation in closed form.

The kernel adds the similarity of sentence vectors (Gaussian on the sphere) and of word and character features.
Scores are about 1 for a text like the examples of a topic, about 0 for a text unlike all of them, so the same
scores separate the topics and tell the known from the unknown.

Leaving a block B of examples out needs no second training: with A the inverse kernel matrix and W the weights,
the scores of B without B are Y[B] - inv(A[B, B]) @ W[B].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack
from scipy.sparse import csr_matrix

from nlu.encoder import Vectors, unit

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class KernelShape:
    """`sharpness` of the Gaussian on unit vectors, weight of the lexical kernel, and ridge (`noise`)."""

    sharpness: float = 1.5
    lexical: float = 0.1
    noise: float = 0.1


@dataclass(frozen=True)
class KernelModel:
    """What scoring needs: `examples` (n, 384) centred, `weights` (n, topics), `lexical_weights` (features, topics)."""

    shape: KernelShape
    centre: Vectors
    examples: Vectors
    weights: Scores
    lexical_weights: Scores

    def scores(self, vectors: Vectors, lexical: csr_matrix) -> Scores:
        """Return (texts, topics) scores."""
        near = _gaussian(centred(vectors, self.centre), self.examples, self.shape.sharpness)
        return np.asarray(near @ self.weights + lexical @ self.lexical_weights, dtype=np.float32)


@dataclass(frozen=True)
class FittedKernel:
    """A trained model with what cross-validation needs: the kernel `matrix` without noise, and the `inverse` with it."""

    model: KernelModel
    matrix: Scores
    inverse: Scores
    targets: Scores

    def without(self, blocks: Iterable[Rows]) -> Scores:
        """Return each row's scores as if its block had not been trained on; the blocks must cover all rows."""
        scores = np.zeros_like(self.targets)
        for rows in blocks:
            inner = self.inverse[np.ix_(rows, rows)].astype(np.float64)
            scores[rows] = self.targets[rows] - np.linalg.solve(inner, self.model.weights[rows])
        return scores


def fit(vectors: Vectors, lexical: csr_matrix, targets: Scores, shape: KernelShape) -> FittedKernel:
    """Train on unit `vectors` (n, 384), `lexical` (n, features) and `targets` (n, topics)."""
    centre = vectors.mean(axis=0)
    examples = centred(vectors, centre)
    matrix = _gaussian(examples, examples, shape.sharpness)
    _add_product(matrix, lexical, shape.lexical)
    inverse = _inverse(matrix + shape.noise * np.eye(len(matrix), dtype=np.float32))
    weights = np.asarray(inverse @ targets, dtype=np.float32)
    lexical_weights = np.asarray(shape.lexical * (lexical.T @ weights), dtype=np.float32)
    return FittedKernel(KernelModel(shape, centre, examples, weights, lexical_weights), matrix, inverse, targets)


def centred(vectors: Vectors, centre: Vectors) -> Vectors:
    """Return unit vectors seen from `centre`: what all texts have in common no longer makes them alike."""
    return unit(vectors - centre)


def _gaussian(left: Vectors, right: Vectors, sharpness: float) -> Scores:
    near = left @ right.T
    near -= 1.0
    near *= 2.0 * sharpness
    return np.asarray(np.exp(near, out=near), dtype=np.float32)


def _add_product(kernel: Scores, lexical: csr_matrix, weight: float, rows: int = 1000) -> None:
    """Add weight * lexical @ lexical.T, some rows at a time: the whole product would need twice the memory."""
    columns = lexical.T.tocsc()
    for start in range(0, kernel.shape[0], rows):
        part = slice(start, start + rows)
        kernel[part] += weight * (lexical[part] @ columns).toarray()


def _inverse(kernel: Scores) -> Scores:
    factor, failed = lapack.spotrf(kernel, lower=1, overwrite_a=1)
    if failed:
        raise ArithmeticError("The kernel matrix is not positive definite. Raise `noise` in config.yml.")
    inverse, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise ArithmeticError("The kernel matrix cannot be inverted. Raise `noise` in config.yml.")
    lower = np.tril(inverse)
    return np.asarray(lower + np.tril(inverse, -1).T, dtype=np.float32)
