"""A visitor at the public door: writes over the widget API, reads the live events, and comes back after every trouble."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

PAUSE = 0.3
ANSWER_PATIENCE = 4.0
TEXTS = (
    "how long is a session?",
    "what does it cost?",
    "will it feel out of control?",
    "thank you",
    "I take sertraline 100mg, can I stay on it?",
    "can a real person talk to me please?",
    "i want to end my life",
)


@dataclass
class Talker:
    """Keeps what was accepted and what was shown, as `Heard`. `doors` are the addresses to write to, best first."""

    number: int
    http: httpx.AsyncClient
    doors: Sequence[str]
    conversation: str = ""
    token: str = ""
    said: dict[str, int] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    ref: str | None = None

    async def start(self) -> None:
        started = await self._insist("", {})
        self.conversation, self.token = started["id"], started["token"]

    async def talk(self, done: asyncio.Event) -> None:
        """Write until `done`, waiting a moment for an answer each time."""
        while not done.is_set():
            await self.write(f"{random.choice(TEXTS)} ({self.number}.{len(self.said)})")
            await self.wait_for_answer(ANSWER_PATIENCE)
            await asyncio.sleep(PAUSE * random.random())

    async def write(self, text: str) -> None:
        """Send `text` under one id until it is accepted."""
        self.said[text] = (await self._insist("/messages", {"client_id": f"m{len(self.said)}", "text": text}))["seq"]

    async def wait_for_answer(self, patience: float) -> bool:
        """Return whether something that is not the visitor's own was shown after the last message."""
        last = max(self.said.values(), default=0)
        for _ in range(int(patience / 0.05)):
            if any(message["seq"] > last and message["author"] != "visitor" for message in self.shown[-5:]):
                return True
            await asyncio.sleep(0.05)
        return False

    async def listen(self, door: str) -> None:
        """Read the live events at `door`, again and again from where the last connection broke off."""
        while True:
            try:
                async with self._events(door) as events:
                    async for seq, message in events:
                        self.seen.append(seq)
                        self.shown.append(message)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def _events(self, door: str) -> AsyncIterator[AsyncIterator[tuple[int, dict[str, Any]]]]:
        headers = {**self._headers, "Last-Event-ID": str(self.seen[-1] if self.seen else 0)}
        address = f"{door}/api/conversations/{self.conversation}/events"
        async with self.http.stream("GET", address, headers=headers, timeout=None) as answer:
            answer.raise_for_status()
            yield _messages(answer.aiter_lines())

    async def _insist(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        address = f"/api/conversations/{self.conversation}{path}" if path else "/api/conversations"
        while True:
            for door in self.doors:
                try:
                    answer = await self.http.post(f"{door}{address}", json=body, headers=self._headers, timeout=10)
                except httpx.HTTPError:
                    continue
                if answer.is_success:
                    accepted: dict[str, Any] = answer.json()
                    return accepted
                assert answer.status_code in (429, 503), answer.text
            await asyncio.sleep(PAUSE)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


async def _messages(lines: AsyncIterator[str]) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    """Yield the messages among the events; a browser, too, drops one that broke off in the middle."""
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
            continue
        if fields.get("event") == "message":
            yield int(fields["id"]), json.loads(fields["data"])
        fields = {}
