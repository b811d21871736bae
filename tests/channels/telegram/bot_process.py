"""`python -m tests.channels.telegram.bot_process URL TOKEN FOLDER`: a clinic's bot of its own, to be killed."""

from __future__ import annotations

import asyncio
import sys

from bot.channels.telegram.channel import TelegramSettings
from bot.channels.telegram.leader import LeasePace
from tests.channels.telegram.clinic import Echo, compose


async def main(api_url: str, token: str, folder: str) -> None:
    settings = TelegramSettings(token, api_url, "https://chat.example.com", poll_seconds=1.0, lease=LeasePace(1.0, 0.2))
    service, channel, _, _ = compose(f"sqlite+aiosqlite:///{folder}/telegram.db", settings, Echo())
    await service.start()
    await channel.start()
    print("running", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
