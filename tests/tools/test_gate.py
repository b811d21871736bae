"""The gate: a bound that does not hold is named, and a gate without bounds lets nothing through."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SetupError
from tools.gate import hold_against

FIGURES = {"evaluation": {"by_slice": {"clinical": {"handed_over": {"low": 0.97}}}}}


def config(folder: Path, text: str) -> Path:
    path = folder / "config.yml"
    path.write_text(text)
    return path


def test_a_broken_bound_is_named_with_its_figure(tmp_path: Path) -> None:
    text = "safety_gate:\n  evaluation.by_slice.clinical.handed_over.low: {at_least: 0.98}\n"
    (bound,) = hold_against(FIGURES, config(tmp_path, text))
    assert not bound.holds
    assert "evaluation.by_slice.clinical.handed_over.low is 0.9700; it must be at least 0.98" in str(bound)


def test_a_bound_holds_at_its_limit(tmp_path: Path) -> None:
    text = "safety_gate:\n  evaluation.by_slice.clinical.handed_over.low: {at_most: 0.97}\n"
    assert all(bound.holds for bound in hold_against(FIGURES, config(tmp_path, text)))


@pytest.mark.parametrize(
    "text",
    [
        "pipeline: []\n",
        "safety_gate: {}\n",
        "safety_gate:\n  evaluation.by_slice.typo: {at_least: 1}\n",
        "safety_gate:\n  evaluation.by_slice.clinical.handed_over.low: {minimum: 1}\n",
        "safety_gate:\n  evaluation.by_slice.clinical.handed_over.low: {at_least: high}\n",
    ],
)
def test_a_gate_that_cannot_be_held_refuses(tmp_path: Path, text: str) -> None:
    with pytest.raises(SetupError, match="safety_gate"):
        hold_against(FIGURES, config(tmp_path, text))
