"""Starts child processes, waits until each is ready, restarts what dies, and ends all of them cleanly.

Each child gets a process group of its own (Ctrl-C reaches only us, and we end them in order) and, on Linux, dies with
us even when we are killed outright, so that nothing is left holding a port.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import httpx

from bot.errors import SetupError

PR_SET_PDEATHSIG = 1
STOP_AFTER_S = 10.0
RESTART_PAUSE_S = (0.5, 1.0, 2.0, 5.0)
STEADY_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to start. It is ready when a GET on `ready_url` answers 200 within `patience_s` seconds."""

    name: str
    command: Sequence[str]
    ready_url: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    patience_s: float = 180.0


def is_free(host: str, port: int) -> bool:
    """Return whether a server could listen on `host`:`port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port on the loopback address that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Child:
    """One running program; `keep` restarts it until `stop`."""

    def __init__(self, program: Program, say: Callable[[str], None]) -> None:
        self.program = program
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the process; its output goes to the program's log file.

        Raises:
            SetupError: the log cannot be written.
        """
        with self._open_log() as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.program.environment},
                start_new_session=True,
                preexec_fn=partial(die_with_parent, parent=os.getpid()),
            )

    async def wait_ready(self, client: httpx.AsyncClient) -> None:
        """Wait until it answers.

        Raises:
            SetupError: it ended or did not answer in time; the text holds the log's last lines.
        """
        deadline = time.monotonic() + self.program.patience_s
        while time.monotonic() < deadline:
            if self._process is None or self._process.returncode is not None:
                raise SetupError(self._trouble("stopped while starting"))
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(self.program.ready_url, timeout=2.0)).status_code == 200:
                    return
            await asyncio.sleep(0.2)
        raise SetupError(self._trouble(f"was not ready after {self.program.patience_s:.0f} s"))

    async def keep(self) -> None:
        """Restart the process whenever it ends, easing off while it keeps failing, until `stop` is called."""
        failures = 0
        while self._process is not None:
            started = time.monotonic()
            code = await self._process.wait()
            if self._stopping:
                return
            failures = 0 if time.monotonic() - started > STEADY_AFTER_S else failures + 1
            self._say(f"{self.program.name} stopped (code {code}); starting it again. Its log: {self.program.log}")
            await asyncio.sleep(RESTART_PAUSE_S[min(failures, len(RESTART_PAUSE_S)) - 1 if failures else 0])
            if not self._stopping:
                try:
                    await self.start()
                except SetupError as error:
                    self._say(str(error))

    async def stop(self) -> None:
        """Ask the process group to end, and insist after ten seconds."""
        self._stopping = True
        process = self._process
        if process is None:
            return
        for kind, patience in ((signal.SIGTERM, STOP_AFTER_S), (signal.SIGKILL, STOP_AFTER_S)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, kind)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), patience)
            if process.returncode is not None:
                return

    def _open_log(self) -> BinaryIO:
        log = self.program.log
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            return log.open("ab")
        except OSError as error:
            raise SetupError(
                f"{self.program.name} cannot write its log in the folder {log.parent} ({error.strerror}). "
                "Make that folder writable for this user, or name another one with BOT_DATA_DIR."
            ) from error

    def _trouble(self, what: str) -> str:
        lines = self.program.log.read_text(errors="replace").strip().splitlines()[-12:]
        tail = "\n    ".join(lines)
        return f"{self.program.name} {what}. The end of its log, {self.program.log}:\n    {tail}"


def die_with_parent(kind: signal.Signals = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to send `kind` to this process when its parent ends, however it ends (Linux only).

    `parent` is the process id that the parent should have: if that one is gone already, `kind` is sent at once.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(kind))
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), kind)
