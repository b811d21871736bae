"""The short form of the proof: visitors write while processes die at every step; then everything is counted."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.failpoints import POINTS
from tests.delivery.ordeal import Scale, on_postgresql, on_sqlite
from tests.delivery.verdict import faults

# Each of these befalls several messages in a hundred.
FREQUENT = (
    "fault: sent twice at once",
    "fault: sent again later",
    "fault: visitor's message delayed",
    "fault: channel, 429",
    "fault: channel, 502",
)


def require_proof(counts: Counter[str], kills: int) -> None:
    assert faults(counts) == {}
    assert counts["accepted"] >= 300
    assert counts["staff replies accepted"] > 0
    assert sum(number for name, number in counts.items() if name.startswith("killed")) == kills
    assert all(counts[name] for name in FREQUENT), counts


@pytest.mark.timeout(900)
async def test_nothing_is_lost_doubled_or_reordered_on_sqlite() -> None:
    kills = len(["anywhere", *POINTS, "rasa"])
    require_proof(await on_sqlite(Scale(messages=300, visitors=12, kills=kills)), kills)


@pytest.mark.timeout(900)
async def test_nothing_is_lost_doubled_or_reordered_by_two_replicas_on_postgresql() -> None:
    kills = len(["anywhere", *POINTS, "rasa", "postgresql"])
    counts = await on_postgresql(Scale(messages=300, visitors=12, kills=kills))
    require_proof(counts, kills)
    assert counts["killed: postgresql"] == 1
