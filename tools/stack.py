"""Rasa and the action server on free ports, for evaluation and for tests; ended when the block is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bot.launcher import programs
from bot.launcher.processes import Child, Program, free_port


@asynccontextmanager
async def understanding(model: Path, logs: Path, *, rasa_port: int = 0, action_port: int = 0) -> AsyncIterator[str]:
    """Start both with `model` and yield Rasa's address. Raises SetupError where one does not start."""
    rasa_port, action_port = rasa_port or free_port(), action_port or free_port()
    async with running(programs.actions(action_port, logs), programs.rasa(model, rasa_port, action_port, logs)):
        yield f"http://{programs.LOOPBACK}:{rasa_port}"


@asynccontextmanager
async def running(*wanted: Program) -> AsyncIterator[None]:
    """Start the programs, wait until all are ready, and end them when the block is left. Raises SetupError."""
    children = [Child(program, _say_nothing) for program in wanted]
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            for child in children:
                await child.start()
            await asyncio.gather(*(child.wait_ready(client) for child in children))
        yield
    finally:
        for child in children:
            await child.stop()


def _say_nothing(_: str) -> None:
    """The caller prints its own progress."""
