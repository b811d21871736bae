"""The safety gate: bounds of `safety_gate` in config.yml, held against the figures of a freshly trained model.

A bound names a figure by its path ("evaluation.by_slice.clinical.handed_over.low") and gives `at_least` or `at_most`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import SetupError


@dataclass(frozen=True)
class Bound:
    """One bound; `value` is what was measured."""

    figure: str
    rule: str
    limit: float
    value: float

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.rule == "at_least" else self.value <= self.limit

    def __str__(self) -> str:
        return f"{self.figure} is {self.value:.4f}; it must be {self.rule.replace('_', ' ')} {self.limit:.4f}"


def hold_against(figures: Mapping[str, Any], config: Path) -> Sequence[Bound]:
    """Return every bound with its measured value.

    Raises:
        SetupError: config.yml has no bounds, a bound of the wrong form, or one about a figure that was not measured.
    """
    bounds = (yaml.safe_load(config.read_text(encoding="utf-8")) or {}).get("safety_gate")
    if not isinstance(bounds, dict) or not bounds:
        raise SetupError(f"{config}: `safety_gate` is missing. Without bounds no model may be activated.")
    return [_bound(figure, rule, figures, config) for figure, rule in bounds.items()]


def _bound(figure: str, rule: Any, figures: Mapping[str, Any], config: Path) -> Bound:
    if not isinstance(rule, dict) or len(rule) != 1 or next(iter(rule)) not in ("at_least", "at_most"):
        raise SetupError(f"{config}: safety_gate: {figure} needs one of `at_least: NUMBER` and `at_most: NUMBER`.")
    ((name, limit),) = rule.items()
    value: Any = figures
    for part in figure.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if not isinstance(value, int | float) or not isinstance(limit, int | float):
        raise SetupError(
            f"{config}: safety_gate: {figure} was not measured, or its bound is no number. Correct the name."
        )
    return Bound(figure, name, float(limit), float(value))
