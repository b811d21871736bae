"""The strict Bot API server on a thread of its own, played from ordinary (not async) tests."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.bot_api.server import BotApi, serve
from tests.support.patience import PATIENCE_S


class TelegramWorld:
    """People write to the bot, and see what it shows them."""

    def __init__(self, api: BotApi, loop: asyncio.AbstractEventLoop) -> None:
        self._api, self._loop = api, loop
        self.url, self.token = api.url, api.world.token

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[TelegramWorld]:
        loop, ready, ends = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
        found: list[BotApi] = []

        async def main() -> None:
            async with serve() as api:
                found.append(api)
                ready.set()
                await ends.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
        thread.start()
        assert ready.wait(PATIENCE_S)
        try:
            yield cls(found[0], loop)
        finally:
            loop.call_soon_threadsafe(ends.set)
            thread.join(PATIENCE_S)

    def write(self, user_id: int, text: str) -> None:
        self._run(self._api.visitors.write(user_id, text))

    def tap(self, user_id: int, label: str) -> None:
        self._run(self._api.visitors.tap(user_id, label))

    def buttons(self, user_id: int) -> list[str]:
        """Return the labels under the newest message that has some."""
        for message in reversed(self._api.visitors.shown(user_id)):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            if rows:
                return [button["text"] for row in rows for button in row]
        return []

    def wait_for(self, user_id: int, words: str, times: int = 1) -> str:
        """Return the newest text with `words` that the chat shows, once `times` of them are there."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            found = [text for text in self._api.visitors.texts(user_id) if words.lower() in text.lower()]
            if len(found) >= times:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"never shown: {words!r}. Shown: {self._api.visitors.texts(user_id)}")

    def _run(self, action: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(action, self._loop).result(PATIENCE_S)
