"""The short form of the proof: visitors write while processes die at every step; then everything is counted."""

from __future__ import annotations

import pytest

from tests.delivery.soak import on_postgresql, on_sqlite
from tests.delivery.verdict import faults


@pytest.mark.timeout(900)
async def test_nothing_is_lost_doubled_or_reordered_on_sqlite() -> None:
    counts = await on_sqlite(messages=300, visitors=12, kills=11)
    assert faults(counts) == {}
    assert counts["accepted"] >= 300
    assert sum(number for name, number in counts.items() if name.startswith("killed")) >= 11


@pytest.mark.timeout(900)
async def test_nothing_is_lost_doubled_or_reordered_by_two_replicas_on_postgresql() -> None:
    counts = await on_postgresql(messages=300, visitors=12, kills=12)
    assert faults(counts) == {}
    assert counts["accepted"] >= 300
    assert counts["killed: postgresql"] == 1
