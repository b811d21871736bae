from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.console.cast import Clinic, enrol, inside
from tests.console.screens import Desk
from tests.console.words_said import understander
from tests.support.browser import browsing
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def desk(clinic: Clinic, browser: Browser) -> Iterator[Desk]:
    """Screens of the cast; what they complained about fails the test."""
    desk = Desk(clinic, browser)
    yield desk
    desk.close()
    assert desk.complaints == []
