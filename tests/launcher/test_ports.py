"""A port that a killed run is about to give back is waited for; one that stays taken is named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.launcher import run
from bot.launcher.run import check_ports
from bot.settings import Settings
from tests.support.serving import settings_for


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held


def settings(folder: Path, taken: socket.socket) -> Settings:
    return settings_for(folder, host="127.0.0.1", port=taken.getsockname()[1], rasa_url="http://127.0.0.1:1")


def test_it_waits_for_what_a_killed_run_left_behind(tmp_path: Path, taken: socket.socket) -> None:
    release = threading.Timer(0.5, taken.close)
    release.start()
    check_ports(settings(tmp_path, taken))
    assert release.finished.is_set()


def test_it_names_a_port_that_stays_taken(
    tmp_path: Path, taken: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LEFT_OVER_S", 0.2)
    wanted = settings(tmp_path, taken)
    with pytest.raises(SetupError, match=f"Port {wanted.port} is taken by another program.*BOT_PORT={wanted.port + 1}"):
        check_ports(wanted)
