"""Cross-validates the classifier on its training data and counts what it would have done with each example.

`python -m nlu.validation --model model.tar.gz --out figures.json` runs in the Rasa environment. Training left two fifths
of the examples out in turn and keeps with the model how each was judged by one that had not seen it; these are counted,
with the crisis check beside, as in the assistant.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import beta

from content.crisis import CrisisMatcher
from nlu.calibration import Probabilities
from nlu.decision import CLINICAL, CRISIS, FOREIGN, GENERAL, SMALLTALK, STAFF, TRUTHS, Decider, group_of
from nlu.kernel import Rows
from nlu.settings import classifier_settings
from nlu.topic_model import TopicModel, cross_validate
from nlu.trained import with_left_out

ROOT = Path(__file__).resolve().parent.parent
HANDED_OVER = (CLINICAL, CRISIS, STAFF)
ANSWERED = (GENERAL, SMALLTALK)
BINS = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Judged:
    """One example: its true `topic`, the `intent` chosen for it, the best topic and that one's probability."""

    topic: str
    intent: str
    best: str
    probability: float

    @property
    def group(self) -> str:
        """The true cost group."""
        return group_of(self.topic)

    @property
    def done(self) -> str:
        """The cost group of what was done."""
        return "clarify" if self.intent.startswith("clarify") else group_of(self.intent)


def main(arguments: Sequence[str] | None = None) -> int:
    """Cross-validate and write the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m nlu.validation", description=__doc__)
    parser.add_argument("--model", required=True, type=Path, help="the trained Rasa model (.tar.gz)")
    parser.add_argument("--out", required=True, type=Path, help="file for the figures (JSON)")
    options = parser.parse_args(arguments)
    options.out.write_text(json.dumps(validate(ROOT / "config.yml", options.model), indent=1) + "\n", encoding="utf-8")
    return 0


def validate(config: Path, model_file: Path) -> dict[str, Any]:
    """Return the figures of `model_file`'s cross-validation. Raises SettingsError, ContentError, CostError, ModelError."""
    settings, (model, out) = classifier_settings(config), with_left_out(model_file)
    shares, known = cross_validate(model, out), model.knowledge.probability(out.familiar)
    # The rules alone: the crisis check's reader of words has learned from these very examples.
    danger = CrisisMatcher.rules_alone()
    judged = judge(model, out.rows, shares, known, Decider(model.topics, settings["costs"]), danger)
    return {"examples": len(judged), "data_hash": model.data_hash, **figures(judged)}


def judge(
    model: TopicModel, rows: Rows, shares: Probabilities, known: Probabilities, decider: Decider, danger: CrisisMatcher
) -> list[Judged]:
    """Return what would have been done with the examples in `rows`, had they not been trained on."""
    found = []
    for row in rows:
        intent = decider.choose(decider.belief(shares[row], float(known[row]))).intent
        signs = danger.find(model.texts[row])
        if signs:
            intent = f"{CRISIS}/{signs[0].kind}"
        best = int(shares[row].argmax())
        found.append(Judged(model.topics[model.labels[row]], intent, model.topics[best], float(shares[row][best])))
    return found


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return counts and shares with exact 95% intervals: by group, by topic, and the reliability of probabilities."""
    grave = [one for one in judged if one.group in (CLINICAL, CRISIS)]
    general = [one for one in judged if one.group == GENERAL]
    return {
        "topic_accuracy": share(judged, lambda one: one.best == one.topic),
        "clinical": _grave([one for one in judged if one.group == CLINICAL]),
        "crisis": {
            **_grave([one for one in judged if one.group == CRISIS]),
            "recall": share([one for one in judged if one.group == CRISIS], lambda one: one.done == CRISIS),
        },
        "clinical_or_crisis_answered": sum(one.done in ANSWERED for one in grave),
        "answered_rightly": share(general, lambda one: one.intent == one.topic),
        "wrong_answers": share(judged, lambda one: one.done == GENERAL and one.intent != one.topic),
        "needless_handoffs": share(general, lambda one: one.done in HANDED_OVER),
        "asked_back": share(general, lambda one: one.done == "clarify"),
        "false_crisis_alarms": share([one for one in judged if one.group != CRISIS], lambda one: one.done == CRISIS),
        "foreign_answered": share([one for one in judged if one.group == FOREIGN], lambda one: one.done == GENERAL),
        "by_group": {name: _deeds([one for one in judged if one.group == name]) for name in TRUTHS},
        "by_topic": {
            name: _topic([one for one in judged if one.topic == name]) for name in sorted({j.topic for j in judged})
        },
        "reliability": reliability(judged),
    }


def share(group: Sequence[Judged], hit: Callable[[Judged], bool]) -> dict[str, Any]:
    """Return how many of `group` are hits, as a share with its exact 95% interval (Clopper and Pearson)."""
    hits, count = sum(map(hit, group)), len(group)
    low = float(beta.ppf(0.025, hits, count - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, count - hits)) if hits < count else 1.0
    value = round(hits / count, 4) if count else None
    return {"value": value, "hits": hits, "of": count, "low": round(low, 4), "high": round(high, 4)}


def reliability(judged: Sequence[Judged]) -> list[dict[str, float]]:
    """Return, for each bin of probability, how many examples fell in it, the mean probability and how many were right."""
    probability = np.array([one.probability for one in judged])
    right = np.array([one.best == one.topic for one in judged])
    place = np.clip(np.digitize(probability, BINS) - 1, 0, len(BINS) - 2)
    return [
        {
            "from": BINS[number],
            "to": BINS[number + 1],
            "count": int((place == number).sum()),
            "predicted": round(float(probability[place == number].mean()), 4),
            "right": round(float(right[place == number].mean()), 4),
        }
        for number in range(len(BINS) - 1)
        if (place == number).any()
    ]


def _grave(group: Sequence[Judged]) -> dict[str, Any]:
    return {
        "handed_over": share(group, lambda one: one.done in HANDED_OVER),
        "not_answered": share(group, lambda one: one.done not in ANSWERED),
    }


def _deeds(group: Sequence[Judged]) -> dict[str, int]:
    return {deed: sum(one.done == deed for one in group) for deed in (*TRUTHS, "clarify")}


def _topic(group: Sequence[Judged]) -> dict[str, Any]:
    return {"count": len(group), "best_topic_right": round(sum(one.best == one.topic for one in group) / len(group), 4)}


if __name__ == "__main__":
    sys.exit(main())
