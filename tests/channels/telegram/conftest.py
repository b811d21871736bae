"""The clinic and the Bot API server for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.telegram.clinic import Clinic, opened
from tests.support.bot_api.server import BotApi, serve


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serve() as running:
        yield running


@pytest.fixture
async def clinic(tmp_path: Path, api: BotApi) -> AsyncIterator[Clinic]:
    """A clinic without a staff group that receives by long polling."""
    async with opened(tmp_path, api) as running:
        yield running
        # Taking off buttons that are off already is no harm; everything else would be a broken rule.
        assert [refusal for refusal in api.refusals() if "is not modified" not in refusal] == []
