"""What wraps every request: a size limit, security headers, who may call from another site, one log line."""

from __future__ import annotations

import secrets
import time
import traceback
from collections.abc import Collection
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.errors import error_response

log = structlog.get_logger("bot.web")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SecurityHeaders:
    """Adds the headers that keep pages from running, framing or sending what is not ours."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        self.headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, add if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses a request over `limit` bytes: by its declared length before reading, else as soon as it grows over."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self.limit:
            await error_response(413, "content_too_large", self._sentence(), {"Connection": "close"})(
                scope, receive, send
            )
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise HTTPException(413, self._sentence(), {"Connection": "close"})
            return message

        await self.app(scope, counted, send)

    def _sentence(self) -> str:
        return f"The request is larger than {self.limit} bytes. A message may have 2,000 characters."


class OtherSites:
    """Lets `origins` call the API from their own pages; a change asked for by any other site is refused."""

    def __init__(self, app: ASGIApp, origins: Collection[str], public_url: str) -> None:
        self.app = app
        public = urlsplit(public_url)
        self.origins = {*origins, f"{public.scheme}://{public.netloc}".lower()}
        self.cors = CORSMiddleware(
            app,
            allow_origins=list(self.origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        if scope["method"] not in SAFE_METHODS and not self._is_welcome(Headers(scope=scope)):
            message = "This site may not call the assistant. Its owner can allow it in BOT_ALLOWED_ORIGINS."
            await error_response(403, "origin_not_allowed", message)(scope, receive, send)
            return
        await self.cors(scope, receive, send)

    def _is_welcome(self, headers: Headers) -> bool:
        origin = headers.get("origin", "").lower()
        return not origin or origin in self.origins or urlsplit(origin).netloc == headers.get("host", "").lower()


class RequestLog:
    """Writes one line a request, without addresses, tokens, ids or texts; turns a crash into a plain 500."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, started, request_id = 0, time.perf_counter(), secrets.token_hex(4)

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self.app(scope, receive, watch)
            except Exception as error:
                # The error's own text may quote a visitor's message, so only its kind and place are kept.
                log.error("request_crashed", kind=type(error).__name__, at=places(error))
                if status:
                    raise
                status = 500
                await error_response(500, "internal_error", "")(scope, receive, send)
            finally:
                route = getattr(scope.get("route"), "path", None) or "unknown"
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                log.info("request", method=scope["method"], route=route, status=status, ms=milliseconds)


def places(error: BaseException, last: int = 6) -> list[str]:
    """Return where an error came through, innermost last, as `file:line function`; never the error's text."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-last:]
    ]
