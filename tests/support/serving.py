"""The real app on a real uvicorn, on a free port, in a thread of the test's process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.app import create_app
from bot.conversation.ports import Understander
from bot.serve import configuration
from bot.settings import Settings
from tests.support.patience import PATIENCE_S, until
from tests.support.understander import Scripted


@dataclass(frozen=True)
class Running:
    """`url` without a slash at its end."""

    app: FastAPI
    url: str
    port: int


def settings_for(folder: Path, **overrides: Any) -> Settings:
    """Return settings that keep everything in `folder`; nothing is taken from the environment's BOT_* names."""
    return Settings.load(
        **{"data_dir": folder, "database_url": f"sqlite+aiosqlite:///{folder / 'test.db'}", **overrides}
    )


@contextmanager
def serving(settings: Settings, understander: Understander | None = None, port: int = 0) -> Iterator[Running]:
    """Serve the app while inside, with a scripted understander unless one is given."""
    with _served(create_app(settings, understander or Scripted()), settings, port) as running:
        yield running


@contextmanager
def serving_with_rasa(settings: Settings) -> Iterator[Running]:
    """Serve the app while inside; it asks Rasa at the settings' address."""
    with _served(create_app(settings), settings) as running:
        yield running


@contextmanager
def _served(app: FastAPI, settings: Settings, port: int = 0) -> Iterator[Running]:
    config = configuration(app, settings)
    config.port, config.timeout_graceful_shutdown = port, 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        assert server.started, "the server did not start"
        bound: int = server.servers[0].sockets[0].getsockname()[1]
        yield Running(app, f"http://127.0.0.1:{bound}", bound)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
