"""Children: ready means answering, death is mended, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.errors import SetupError
from bot.launcher.processes import Child, Program, free_port, is_free
from tests.support.patience import until

SERVER = "import sys, http.server as h; h.test(HandlerClass=h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"


def server(folder: Path, port: int) -> Program:
    return Program("A server", [sys.executable, "-c", SERVER, str(port)], f"http://127.0.0.1:{port}/", folder / "log")


async def test_it_is_ready_when_it_answers_and_gone_when_stopped(tmp_path: Path) -> None:
    port, said = free_port(), []
    child = Child(server(tmp_path, port), said.append)
    await child.start()
    async with httpx.AsyncClient() as client:
        await child.wait_ready(client)
    assert not is_free("127.0.0.1", port)
    await child.stop()
    assert is_free("127.0.0.1", port)


async def test_what_dies_is_started_again(tmp_path: Path) -> None:
    port, said = free_port(), []
    child = Child(server(tmp_path, port), said.append)
    await child.start()
    async with httpx.AsyncClient() as client:
        await child.wait_ready(client)
        keeper, first = asyncio.create_task(child.keep()), child.pid
        assert first
        os.kill(first, signal.SIGKILL)
        await asyncio.to_thread(until, lambda: child.pid != first)
        await child.wait_ready(client)
    await child.stop()
    await keeper
    assert "A server stopped" in said[0]


async def test_what_dies_is_started_again_once_its_log_can_be_written(tmp_path: Path) -> None:
    port, said, folder = free_port(), [], tmp_path / "logs"
    child = Child(server(folder, port), said.append)
    await child.start()
    keeper, first = asyncio.create_task(child.keep()), child.pid
    assert first
    folder.rename(tmp_path / "old")
    folder.write_text("a file where the folder should be")
    os.kill(first, signal.SIGKILL)
    await asyncio.to_thread(until, lambda: any("cannot write its log" in sentence for sentence in said))
    folder.unlink()
    async with httpx.AsyncClient() as client:
        await asyncio.to_thread(until, lambda: child.pid != first)
        await child.wait_ready(client)
    await child.stop()
    await keeper


async def test_a_program_that_ends_at_once_is_named_with_its_log(tmp_path: Path) -> None:
    program = Program(
        "Rasa",
        [sys.executable, "-c", "print('no such model'); raise SystemExit(3)"],
        "http://127.0.0.1:1/",
        tmp_path / "log",
    )
    child = Child(program, print)
    await child.start()
    async with httpx.AsyncClient() as client:
        with pytest.raises(SetupError, match=r"Rasa stopped while starting(.|\n)*no such model"):
            await child.wait_ready(client)


async def test_a_log_that_cannot_be_written_is_named_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    program = Program("Rasa", [sys.executable, "--version"], "", tmp_path / "logs" / "rasa.log")
    with pytest.raises(
        SetupError, match=rf"Rasa cannot write its log in the folder {tmp_path / 'logs'} .*BOT_DATA_DIR"
    ):
        await Child(program, print).start()


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", SERVER, str(port)]
    code = (
        "import asyncio, sys; from pathlib import Path; from bot.launcher.processes import Child, Program\n"
        "async def main():\n"
        f" child = Child(Program('S', {command!r}, '', Path({str(tmp_path / 'log')!r})), print)\n"
        " await child.start(); print('up', flush=True); await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout and parent.stdout.readline()
    until(lambda: not is_free("127.0.0.1", port))
    parent.kill()
    parent.wait()
    until(lambda: is_free("127.0.0.1", port))
    parent.stdout.close()


def test_a_taken_port_is_seen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not is_free("127.0.0.1", taken.getsockname()[1])
