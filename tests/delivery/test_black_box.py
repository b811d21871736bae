"""The short forms of the proof with real processes, through the public door. `make soak` runs the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.launcher.models import models_dir, read_active
from bot.settings import Settings
from tests.delivery.black_box import BlackBox
from tests.delivery.two_bots import either_may_die, stand_in_rasa
from tests.delivery.verdict import faults
from tests.support.databases import new_database
from tools.stack import understanding


@pytest.mark.timeout(600)
async def test_all_that_twelve_visitors_wrote_is_there_once_after_everything_was_killed_twice(tmp_path: Path) -> None:
    counts = await BlackBox(tmp_path, rounds=2).run()
    assert faults(counts) == {}
    assert counts["accepted"] >= 72
    assert [counts[f"killed: {name}"] for name in ("launcher", "bot", "Rasa", "action server")] == [2] * 4


@pytest.mark.timeout(600)
async def test_the_talk_goes_on_at_the_other_bot_and_each_reply_appears_once(tmp_path: Path, postgres: URL) -> None:
    data = Settings.load().data_dir
    active = read_active(data)
    assert active, "No model was trained: run `make train` first (make test does)."
    async with (
        understanding(models_dir(data) / active.file, tmp_path / "logs") as real,
        stand_in_rasa(tmp_path) as stand_in,
    ):
        counts = await either_may_die(tmp_path, new_database(postgres), [stand_in, real])
    assert faults(counts) == {}
    assert counts["accepted"] >= 6
