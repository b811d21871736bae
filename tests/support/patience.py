"""How long a test waits for what must come. A shared machine may stand still for seconds, which is no test's subject."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import TypeVar

import httpx
from playwright.sync_api import expect

T = TypeVar("T")

PATIENCE_S = 60.0
PATIENCE_MS = PATIENCE_S * 1000


def until(find: Callable[[], T]) -> T:
    """Return what `find` returns as soon as it is true."""
    end = time.monotonic() + PATIENCE_S
    while not (found := find()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def be_patient() -> None:
    """Raise the 5 seconds after which httpx and Playwright's `expect` give up where a test names no limit."""
    httpx_default: httpx.Timeout = inspect.signature(httpx.Client).parameters["timeout"].default
    for part in ("connect", "read", "write", "pool"):
        setattr(httpx_default, part, PATIENCE_S)
    expect.set_options(timeout=PATIENCE_MS)
