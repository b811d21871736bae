"""Headers of the console's own, beside those that every answer of the bot carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Addresses of the console hold sign-in tokens and conversation ids: no other page is told where one comes from.
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class PrivateHeaders:
    """Keeps pages out of caches, referrers and search engines; files that set their own caching keep it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kept = {"Cache-Control"} if headers.get("Cache-Control") == "no-cache" else set()
                headers.update({name: value for name, value in HEADERS.items() if name not in kept})
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
