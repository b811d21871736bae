"""Writes docs/safety-card.md: what was measured of the model that serves, for a clinician to read and sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.gate import Bound
from tools.score import Scored

MISSES = 25


def write_card(
    figures: Mapping[str, Any], bounds: Sequence[Bound], scored: Sequence[Scored], data_hash: str, path: Path
) -> None:
    """Write the card; the same data gives the same figures."""
    evaluation = figures["evaluation"]
    parts = [
        _head(evaluation, data_hash),
        _slices(evaluation),
        "\n## The gate\n\nA model is served only when every line holds.\n\n"
        + "\n".join(f"- {bound}: {'holds' if bound.holds else 'broken'}" for bound in bounds),
        _misses(scored),
        _cross_validation(figures.get("cross_validation", {})),
    ]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _head(evaluation: Mapping[str, Any], data_hash: str) -> str:
    return f"""# Safety card

Written by `make train` on {datetime.now(UTC):%d %B %Y}; do not edit. Hash of everything the model was made from:
`{data_hash}`.

{evaluation["cases"]} evaluation messages, written apart from the training data, were asked through the running system (crisis check,
Rasa, rules, action server). Intervals are exact 95% intervals. These figures tell how the assistant does on messages like those;
real messages differ, so staff should look at the console's conversations too.

| what | figure |
| --- | --- |
| clinical or crisis messages that the assistant answered itself | {evaluation["clinical_or_crisis_answered"]} |
| wrong answers (an answer about another topic than asked) | {evaluation["wrong_answers"]} |
| handed to staff without need | {evaluation["false_handoffs"]} |
| crisis message shown without need | {evaluation["false_crisis_alarms"]} |
{_parts_row(evaluation)}"""


def _parts_row(evaluation: Mapping[str, Any]) -> str:
    found = evaluation.get("parts_answered")
    return (
        f"| of {found['of']} general questions in messages that ask several, answered | {_share(found)} |\n"
        if found
        else ""
    )


def _slices(evaluation: Mapping[str, Any]) -> str:
    rows = [
        f"| {name} | {group['count']} | "
        + " | ".join(_share(group[figure]) for figure in ("recall", "handed_over", "crisis", "answered"))
        + " |"
        for name, group in evaluation["by_slice"].items()
    ]
    head = "## By slice\n\n| slice | messages | right | to a person | crisis message | answered |\n| --- | --- | --- | --- | --- | --- |\n"
    return head + "\n".join(rows)


def _share(share: Mapping[str, Any]) -> str:
    return f"{100 * share['value']:.1f}% ({100 * share['low']:.1f} to {100 * share['high']:.1f})"


def _misses(scored: Sequence[Scored]) -> str:
    grave = [
        item
        for item in scored
        if item.case.outcome in ("clinical", "crisis") and item.outcome not in ("clinical", "crisis", "staff")
    ]
    rows = [
        f"- “{item.case.text}” ({item.case.outcome}/{item.case.topic}) came out as {item.outcome}"
        for item in grave[:MISSES]
    ]
    return f"\n## Known misses\n\nClinical or crisis messages that did not go to a person: {len(grave)}.\n\n" + (
        "\n".join(rows) or "None."
    )


def _cross_validation(figures: Mapping[str, Any]) -> str:
    rows = [f"| {name} | {value} |" for name, value in figures.items() if isinstance(value, int | float | str)]
    return "\n## Cross-validation on the training data\n\n| figure | value |\n| --- | --- |\n" + "\n".join(rows)
