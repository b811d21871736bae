"""The whole system as a clinic runs it: `python -m bot run` with the trained model, on free ports, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bot.launcher.models import ROOT, read_active
from bot.launcher.processes import free_port
from bot.settings import Settings
from tests.journeys.telegram_world import TelegramWorld
from tests.support.browser import browsing
from tests.support.visitor import Visitor

READY_WITHIN_S = 240.0


@dataclass
class Running:
    """A started system. `lines` is what it printed; `children` finds a process of it by a word of its command."""

    process: subprocess.Popen[str]
    url: str
    data_dir: Path
    lines: list[str] = field(default_factory=list)

    @property
    def sign_in_link(self) -> str:
        (found,) = [line for line in self.lines if "Staff console:" in line]
        match = re.search(r"https?://\S+", found)
        assert match
        return match.group()

    def wait_for(self, words: str, within_s: float = READY_WITHIN_S) -> None:
        """Wait until a line with `words` was printed; fails at once where the process ended."""
        until = time.monotonic() + within_s
        while not any(words in line for line in self.lines):
            assert self.process.poll() is None, "".join(self.lines)
            assert time.monotonic() < until, "".join(self.lines)
            time.sleep(0.1)

    def pid_of(self, word: str) -> int:
        """Return the child whose command line holds `word`."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        (pid,) = [line.split()[0] for line in listed.stdout.splitlines() if word in line]
        return int(pid)


def start(folder: Path, **settings: str) -> Running:
    """Start the system with its data in `folder`; the model is the one that was trained for this checkout."""
    lend_model(folder)
    ports = {name: str(free_port()) for name in ("BOT_PORT", "BOT_RASA_PORT", "BOT_ACTION_PORT")}
    own = {"BOT_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **ports, **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=ROOT,
        env={**{key: value for key, value in os.environ.items() if not key.startswith(("BOT_", "MAKE"))}, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Running(process, f"http://127.0.0.1:{own['BOT_PORT']}", folder)
    threading.Thread(target=_collect, args=(running,), daemon=True).start()
    return running


@contextmanager
def started(folder: Path, **settings: str) -> Iterator[Running]:
    """Start the system, wait until it is ready, and end it with Ctrl-C."""
    running = start(folder, **settings)
    try:
        running.wait_for("Ctrl-C stops everything")
        yield running
    finally:
        stop(running)


def stop(running: Running) -> None:
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGINT)
        running.process.wait(60)


def lend_model(folder: Path) -> None:
    """Copy the active model of the checkout, so that nothing is trained again."""
    trained = Settings.load().data_dir
    active = read_active(trained)
    assert active, "No model was trained: run `make train` first (make test does)."
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    for name in ("active.json", active.file):
        if not (models / name).exists():
            shutil.copy(trained / "models" / name, models / name)


def _collect(running: Running) -> None:
    assert running.process.stdout
    for line in running.process.stdout:
        running.lines.append(line)


@pytest.fixture(scope="package")
def telegram() -> Iterator[TelegramWorld]:
    with TelegramWorld.running() as world:
        yield world


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory, telegram: TelegramWorld) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("system")
    limits = {"BOT_LIMIT_STARTS": "1000", "BOT_LIMIT_ADDRESS": "10000"}
    with started(folder, BOT_TELEGRAM_TOKEN=telegram.token, BOT_TELEGRAM_API_URL=telegram.url, **limits) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser no longer than these journeys: while one is open, no other test of this process can run an event loop."""
    with browsing() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor's browser, with nothing remembered."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def desk(browser: Browser, system: Running) -> Iterator[BrowserContext]:
    """The browser of nurse Nia, who made the first account with the printed link."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(system.sign_in_link)
    page.get_by_label("Your name").fill("Nia")
    page.get_by_label("Your role").fill("Nurse")
    page.get_by_label("E-mail address").fill("nia@clinic.example")
    page.get_by_label("Password", exact=True).fill("teal harbour kettle moss")
    page.get_by_label("The same password again").fill("teal harbour kettle moss")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("link", name="Not now").click()
    page.wait_for_url("**/console/queue/waiting")
    page.close()
    yield context
    context.close()


@pytest.fixture
def http(system: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=system.url) as client:
        yield client


@pytest.fixture
def visitor(http: httpx.Client) -> Visitor:
    return Visitor(http)
