"""`python -m bot serve`: the bot alone, on uvicorn."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI

from bot import logs
from bot.app import create_app
from bot.settings import Settings, unknown_settings

# Open live connections are ended by then; their browsers come back and resume by sequence number.
STOP_WITHIN_S = 5


def serve(settings: Settings) -> int:
    """Serve until a signal; return the exit code."""
    logs.configure(settings)
    for name in unknown_settings():
        print(f"Handrail: {name} is no setting; is it misspelt? docs/settings.md lists them all.", file=sys.stderr)
    uvicorn.Server(configuration(create_app(settings), settings)).run()
    return 0


def configuration(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration; who the client is, the app judges itself (`BOT_TRUSTED_PROXIES`)."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
