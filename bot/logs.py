"""Logs for people on a terminal, else JSON lines. No message text, name, token or address is ever logged."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from bot.settings import Settings

SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(settings: Settings) -> None:
    """Send structlog's and the libraries' logs to standard error in one format."""
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    level = settings.log_level.upper()
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*SHARED, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_texts, renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # These write addresses (httpx: with Telegram's token) at "info"; their warnings are kept.
    for name in ("httpx", "httpcore", "telegram", "uvicorn.access", "sse_starlette", "alembic"):
        logging.getLogger(name).setLevel("WARNING")


def _without_texts(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Keep an error's kind but not its words, which may quote what a visitor wrote."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
    return event
