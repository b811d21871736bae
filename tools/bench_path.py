"""Speed of the whole way of a message (accepted, stored, understood, stored, read) beside a stock Rasa REST server.

Both are measured in turns in one run, because the machine's mood changes; what counts is the ratio. Each message is
asked once in a long while, so that nothing is remembered of it. The visitors share the machine with what they measure,
so they use the lightest client there is.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import aiohttp

from bot.launcher import programs
from bot.launcher.processes import Program, free_port
from tools.stack import running, understanding
from tools.stock_rasa import stock_program

VISITORS = 16
ROUNDS = 3
ALONE_MESSAGES = 60
CROWD_SECONDS = 8.0
PATIENCE = aiohttp.ClientTimeout(total=None, sock_read=60)

Ask = Callable[[str], Awaitable[None]]
Visit = AbstractAsyncContextManager[Ask]


@dataclass
class Measured:
    """Milliseconds of each message with one visitor; messages a second with sixteen."""

    alone_ms: list[float] = field(default_factory=list)
    crowd_per_second: list[float] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        return statistics.median(self.alone_ms)

    @property
    def throughput(self) -> float:
        return statistics.median(self.crowd_per_second)


async def main(model: Path, stock_model: Path, messages: Sequence[str], folder: Path) -> None:
    """Print both and the ratios, asking `messages`. `folder` holds the stock project; what runs here logs and stores in it."""
    texts = itertools.cycle(messages)
    ours, stock = Measured(), Measured()
    async with AsyncExitStack() as stack:
        stock_url = await stack.enter_async_context(_stock(stock_model, folder))
        our_url = await stack.enter_async_context(_ours(model, folder))
        for number in range(ROUNDS):
            print(f"Round {number + 1} of {ROUNDS} ...", flush=True)
            await _measure(stock, lambda: _stock_visitor(stock_url), texts)
            await _measure(ours, lambda: _our_visitor(our_url), texts)
    print(f"\n{'':<28}{'median, one visitor':>22}{f'messages/s, {VISITORS} visitors':>26}")
    for name, figures in (("stock Rasa over REST", stock), ("Handrail, whole path", ours)):
        print(f"{name:<28}{figures.median_ms:>19.1f} ms{figures.throughput:>26.1f}")
    print(
        f"{'ratio (ours : stock)':<28}{ours.median_ms / stock.median_ms:>21.2f}x{ours.throughput / stock.throughput:>25.2f}x\n"
        "Ours includes storing the message and the reply durably, the crisis check and the action server."
    )


async def _measure(into: Measured, visitor: Callable[[], Visit], texts: Iterator[str]) -> None:
    async with visitor() as ask:
        for text in itertools.islice(texts, ALONE_MESSAGES):
            started = time.perf_counter()
            await ask(text)
            into.alone_ms.append((time.perf_counter() - started) * 1000)
    async with AsyncExitStack() as stack:
        crowd: Sequence[Ask] = [await stack.enter_async_context(visitor()) for _ in range(VISITORS)]
        started = time.perf_counter()
        counts = await asyncio.gather(*(_talk(ask, texts, started + CROWD_SECONDS) for ask in crowd))
        into.crowd_per_second.append(sum(counts) / (time.perf_counter() - started))


async def _talk(ask: Ask, texts: Iterator[str], until: float) -> int:
    count = 0
    while time.perf_counter() < until:
        await ask(next(texts))
        count += 1
    return count


@asynccontextmanager
async def _stock_visitor(url: str) -> AsyncIterator[Ask]:
    sender = uuid.uuid4().hex
    async with aiohttp.ClientSession(url, timeout=PATIENCE) as http:

        async def ask(text: str) -> None:
            async with http.post("/webhooks/rest/webhook", json={"sender": sender, "message": text}) as answer:
                assert await answer.json(), "the stock server said nothing"

        yield ask


@asynccontextmanager
async def _our_visitor(url: str) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession(url, timeout=PATIENCE) as http:
        async with http.post("/api/conversations") as answer:
            started = await answer.json()
        headers, path = {"Authorization": f"Bearer {started['token']}"}, f"/api/conversations/{started['id']}"
        async with http.get(f"{path}/events", headers=headers) as events:

            async def ask(text: str) -> None:
                body = {"client_id": uuid.uuid4().hex, "text": text}
                async with http.post(f"{path}/messages", json=body, headers=headers) as sent:
                    assert sent.status == HTTPStatus.ACCEPTED, await sent.text()
                    seq: int = (await sent.json())["seq"]
                async for line in events.content:
                    if line.startswith(b"data:") and _is_reply(line[5:], seq):
                        return

            yield ask


def _is_reply(data: bytes, after: int) -> bool:
    try:
        event = json.loads(data)
    except ValueError:
        return False
    return isinstance(event, dict) and event.get("author") == "assistant" and event["seq"] > after


@asynccontextmanager
async def _stock(model: Path, folder: Path) -> AsyncIterator[str]:
    port = free_port()
    async with running(stock_program(folder, model, port)):
        yield f"http://{programs.LOOPBACK}:{port}"


@asynccontextmanager
async def _ours(model: Path, folder: Path) -> AsyncIterator[str]:
    port = free_port()
    async with understanding(model, folder) as rasa_url:
        limits = {
            f"BOT_LIMIT_{name}": "1000000"
            for name in ("CONVERSATION", "ADDRESS", "TOTAL", "STARTS", "STARTS_TOTAL", "STREAMS")
        }
        environment = {
            **limits,
            **programs.ONE_CORE,
            "BOT_RASA_URL": rasa_url,
            "BOT_DATA_DIR": str(folder),
            "BOT_PORT": str(port),
            "BOT_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "bot", "serve"]
        bot = Program("The bot", command, f"http://{programs.LOOPBACK}:{port}/healthz", folder / "bot.log", environment)
        async with running(bot):
            yield f"http://{programs.LOOPBACK}:{port}"
