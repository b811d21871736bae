"""How long a test waits for what must come. A shared machine may stand still for seconds, which is no test's subject."""

from __future__ import annotations

import inspect

import httpx
from playwright.sync_api import expect

PATIENCE_S = 60.0
PATIENCE_MS = PATIENCE_S * 1000


def be_patient() -> None:
    """Raise the 5 seconds after which httpx and Playwright's `expect` give up where a test names no limit."""
    httpx_default: httpx.Timeout = inspect.signature(httpx.Client).parameters["timeout"].default
    for part in ("connect", "read", "write", "pool"):
        setattr(httpx_default, part, PATIENCE_S)
    expect.set_options(timeout=PATIENCE_MS)
