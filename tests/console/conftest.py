from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.cast import Clinic, enrol, inside
from tests.console.words_said import understander
from tests.support.serving import serving, settings_for

MANY = 100_000


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The real app on a database of its own, with the cast in it; each test brings its own visitor."""
    folder = tmp_path_factory.mktemp("console")
    limits = {"limit_starts": MANY, "limit_address": MANY, "limit_total": MANY}
    settings = settings_for(folder, **limits)
    with serving(settings, understander()) as running:
        yield Clinic(running, settings, inside(settings, enrol))
