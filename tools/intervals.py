"""Exact binomial intervals (Clopper and Pearson, 1934), in the standard library."""

from __future__ import annotations

import math
from collections.abc import Callable


def exact_interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided interval of a proportion; (0, 1) where nothing was counted."""
    if not 0 <= hits <= count:
        raise ValueError(f"{hits} of {count} is no proportion")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _at_most(hits - 1, count, p) - tail)
    high = 1.0 if hits == count else _solve(lambda p: tail - _at_most(hits, count, p))
    return low, high


def _at_most(hits: int, count: int, p: float) -> float:
    if p in (0.0, 1.0):
        return 1.0 if p == 0.0 or hits >= count else 0.0
    log_p, log_q, top = math.log(p), math.log1p(-p), math.lgamma(count + 1)
    return math.fsum(
        math.exp(top - math.lgamma(k + 1) - math.lgamma(count - k + 1) + k * log_p + (count - k) * log_q)
        for k in range(hits + 1)
    )


def _solve(rises: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rises(middle) < 0 else (low, middle)
    return (low + high) / 2
