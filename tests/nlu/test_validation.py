"""Cross-validation counts what would have been done, with exact intervals."""

from __future__ import annotations

import pytest

from nlu.validation import Judged, figures, reliability, share

CAST = [
    Judged("operational/cost", "operational/cost", "operational/cost", 0.95),
    Judged("operational/cost", "answer/what_is_it", "answer/what_is_it", 0.55),
    Judged("operational/cost", "staff/no_approved_answer", "operational/cost", 0.45),
    Judged("clinical/medication", "clinical/dosing", "clinical/dosing", 0.65),
    Judged("clinical/medication", "operational/cost", "operational/cost", 0.85),
    Judged("crisis/self_harm", "crisis/self_harm", "clinical/dosing", 0.5),
    Judged("smalltalk/out_of_scope", "clarify/unsure", "smalltalk/out_of_scope", 0.3),
]


def test_it_counts_the_errors_that_matter() -> None:
    found = figures(CAST)
    assert found["clinical"]["handed_over"]["hits"] == 1
    assert found["clinical_or_crisis_answered"] == 1
    assert found["crisis"]["recall"]["value"] == 1.0
    assert found["answered_rightly"]["hits"] == 1
    assert found["needless_handoffs"]["hits"] == 1
    assert found["wrong_answers"]["hits"] == 2
    assert found["false_crisis_alarms"]["hits"] == 0
    assert found["foreign_answered"]["hits"] == 0


def test_intervals_are_exact() -> None:
    whole = share(CAST[:1] * 100, lambda _: True)
    assert (whole["low"], whole["high"]) == (pytest.approx(0.9638, abs=1e-4), 1.0)
    half = share(CAST[:2] * 5, lambda one: one is CAST[0])
    assert (half["low"], half["high"]) == (pytest.approx(0.1871, abs=1e-4), pytest.approx(0.8129, abs=1e-4))


def test_nothing_counted_says_nothing() -> None:
    assert share([], lambda _: True) == {"value": None, "hits": 0, "of": 0, "low": 0.0, "high": 1.0}


def test_the_reliability_bins_hold_every_example_once() -> None:
    bins = reliability(CAST)
    assert sum(one["count"] for one in bins) == len(CAST)
    for one in bins:
        assert one["from"] <= one["predicted"] <= one["to"]
