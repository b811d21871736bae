"""What happens when parts die, are slow, or cannot start; each time through the public doors."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.launcher.models import ROOT
from bot.launcher.processes import is_free
from tests.journeys.conftest import Running, start, started, stop
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(tmp_path_factory.mktemp("fragile")) as running:
        yield running


def wait_until_ready(url: str, within_s: float = 120) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz", timeout=10).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError("not ready again")


def test_with_rasa_stopped_a_person_is_promised_and_danger_is_still_seen(fragile: Running) -> None:
    with httpx.Client(base_url=fragile.url) as http:
        visitor = Visitor(http)
        rasa = fragile.pid_of("rasa run")
        os.kill(rasa, signal.SIGSTOP)
        try:
            reply = visitor.ask("how long is a session?")
            assert "I cannot answer by myself just now" in reply["text"]
            assert visitor.thread()["owner"] == "waiting"
            ready = http.get("/readyz")
            assert ready.status_code == 503
            assert "Rasa" in ready.text
            assert visitor.ask("i took an overdose")["outcome"] == "crisis"
        finally:
            os.kill(rasa, signal.SIGCONT)
        wait_until_ready(fragile.url)
        assert Visitor(http).ask("how long is a session?")["outcome"] == "answer"


def test_what_is_killed_comes_back_without_a_hand(fragile: Running) -> None:
    for word in ("rasa run", "rasa_sdk", "bot serve"):
        os.kill(fragile.pid_of(word), signal.SIGKILL)
        time.sleep(0.5)
    wait_until_ready(fragile.url)
    with httpx.Client(base_url=fragile.url) as http:
        assert Visitor(http).ask("is this recreational?")["topic"] == "not_recreational"


def test_ctrl_c_ends_all_three_and_frees_the_ports(tmp_path: Path) -> None:
    running = start(tmp_path)
    running.wait_for("Starting")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 0
    assert is_free("127.0.0.1", int(running.url.rsplit(":", 1)[1]))


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = start(tmp_path, BOT_PORT=str(port))
        assert running.process.wait(60) == 1
        stop(running)
        time.sleep(0.2)
        assert f"Port {port} is taken by another program" in "".join(running.lines)
        assert "Traceback" not in "".join(running.lines)


def test_a_bad_setting_is_refused_by_name() -> None:
    environment = {**os.environ, "BOT_PORT": "eighty"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "BOT_PORT" in done.stderr
    assert "Traceback" not in done.stderr
