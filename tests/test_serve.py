"""`python -m bot serve` as it runs in a clinic: a process of its own, JSON logs, a clean end."""

from __future__ import annotations

import json
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

from tests.support.patience import PATIENCE_S
from tests.support.visitor import Visitor

SECRET = "my name is Ada Lovelace and I take lithium"


class Served:
    """The process, its address, and where it logs."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        own = {
            "BOT_PORT": str(port),
            "BOT_DATA_DIR": str(folder),
            "BOT_LOG_FORMAT": "json",
            "BOT_RASA_URL": "http://127.0.0.1:9",
        }
        kept = {name: value for name, value in os.environ.items() if name != "BOT_DATABASE_URL"}
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "bot", "serve"]
            self.process = subprocess.Popen(command, env={**kept, **own, **settings}, stdout=log, stderr=log)

    def wait(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path, BOT_PROT="1")
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


def test_it_serves_logs_without_texts_and_ends_cleanly_while_somebody_listens(served: Served) -> None:
    served.wait()
    with httpx.Client(base_url=served.url, trust_env=False) as http:
        visitor = Visitor(http)
        reply = visitor.ask(SECRET)
        assert reply["text"]
        with http.stream("GET", f"{visitor.path}/events", headers=visitor.headers) as stream:
            lines = stream.iter_lines()
            next(lines)
            served.process.send_signal(signal.SIGTERM)
            served.process.wait(PATIENCE_S)
    logged = served.log.read_text()
    assert "BOT_PROT is no setting; is it misspelt?" in logged
    entries = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    assert {"POST"} <= {entry.get("method") for entry in entries}
    assert all({"event", "level", "timestamp"} <= set(entry) for entry in entries)
    for said in ("Ada", "lithium", visitor.id, visitor.token):
        assert said not in logged


def test_it_refuses_a_bad_setting_in_one_sentence(tmp_path: Path) -> None:
    served = Served(tmp_path, BOT_LOG_LEVEL="loud")
    assert served.process.wait(PATIENCE_S) == 1
    assert served.log.read_text().startswith("Handrail: BOT_LOG_LEVEL is wrong")
    assert "Traceback" not in served.log.read_text()
