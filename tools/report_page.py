"""The evaluation as one HTML page to look at: outcomes, confusion by topic, reliability, the worst cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.score import Scored

BINS = 10
WORST = 60


@dataclass(frozen=True)
class Bin:
    """One bar of the reliability diagram: mean stated confidence and share that was right, both 0..1."""

    confidence: float
    right: float
    count: int


def write_page(scored: Sequence[Scored], summary: dict[str, Any], path: Path) -> None:
    """Write the page; it needs no network and no script."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
    page = templates.get_template("report.html").render(
        summary=summary,
        outcomes=_outcomes(scored),
        confusions=_confusions(scored),
        bins=reliability(scored),
        worst=sorted((item for item in scored if not item.ok), key=_badness)[:WORST],
    )
    path.write_text(page, encoding="utf-8")


def reliability(scored: Sequence[Scored]) -> list[Bin]:
    """Return stated confidence against what came true, over the cases that Rasa decided and somebody labelled."""
    groups: list[list[Scored]] = [[] for _ in range(BINS)]
    for item in scored:
        confidence = item.reply.understanding.confidence
        if item.case.outcome and confidence > 0:
            groups[min(int(confidence * BINS), BINS - 1)].append(item)
    return [
        Bin(
            confidence=sum(item.reply.understanding.confidence for item in group) / len(group),
            right=sum(item.ok or item.topic_ok for item in group) / len(group),
            count=len(group),
        )
        for group in groups
        if group
    ]


def _outcomes(scored: Sequence[Scored]) -> dict[str, Counter[str]]:
    table: dict[str, Counter[str]] = {}
    for item in scored:
        if item.case.outcome:
            table.setdefault(item.case.outcome, Counter())[item.outcome] += 1
    return table


def _confusions(scored: Sequence[Scored]) -> list[tuple[tuple[str, str], int]]:
    pairs = Counter(
        (f"{item.case.outcome}/{item.case.topic}", f"{item.outcome}/{item.reply.topic}")
        for item in scored
        if item.case.outcome and not item.ok
    )
    return pairs.most_common(60)


def _badness(item: Scored) -> tuple[int, float]:
    rank = (
        0 if item.case.outcome in ("clinical", "crisis") and item.outcome == "answer" else 1 if item.wrong_answer else 2
    )
    return rank, -item.reply.understanding.confidence
