"""The real app on a real server for each test module, with an understander that the test can script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.browser import browsing
from tests.support.chat import Chat
from tests.support.serving import Running, serving, settings_for
from tests.support.understander import Scripted
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, scripted: Scripted) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("website")
    with serving(settings_for(folder), scripted) as app:
        yield app


@pytest.fixture(scope="module")
def http(running: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url) as client:
        yield client


@pytest.fixture
def visitor(http: httpx.Client) -> Visitor:
    return Visitor(http)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser no longer than a module: while one is open, no other test of this process can run an event loop."""
    with browsing() as one:
        yield one


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as one:
        yield one


@pytest.fixture
def chat(context: BrowserContext, running: Running) -> Iterator[Chat]:
    """The widget, open on the clinic's home page; no script may fail while it is used."""
    one = Chat(context, running.url).open()
    yield one
    assert one.errors == []
