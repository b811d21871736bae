"""`/healthz` (alive), `/readyz` (ready, naming what is not) and `/metrics` (Prometheus)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.metrics import Metrics

PROBE_LIMIT_S = 6.0
FRESH_S = 2.0

Probe = Callable[[], Awaitable[str]]
"""Returns "" where its part is ready, else one sentence: what is wrong."""


Counts = Callable[[], Awaitable[Mapping[str, int]]]
"""Returns how much waits now, by name."""


def build_router(probes: Mapping[str, Probe], metrics: Metrics, counts: Counts) -> APIRouter:
    """Return the three routes."""
    router, state = APIRouter(tags=["operation"]), _State(probes)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Answer as long as the process does."""
        return {"status": "alive"}

    @router.get("/readyz", responses={503: {"description": "Something is not ready; `not_ready` says what and why"}})
    async def readyz() -> JSONResponse:
        """Say whether every part works, and name each that does not."""
        troubles = await state.troubles()
        body = {"status": "not ready" if troubles else "ready", "parts": list(probes), "not_ready": troubles}
        return JSONResponse(body, 503 if troubles else 200)

    @router.get("/metrics", response_class=Response)
    async def read_metrics() -> Response:
        """Return counts for Prometheus; they hold no personal data."""
        text = metrics.render(await counts())
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


class _State:
    """What is not ready, looked at anew after some seconds: whoever asks often must not keep Rasa busy."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = probes
        self._one = asyncio.Lock()
        self._looked_at = -math.inf
        self._troubles: dict[str, str] = {}

    async def troubles(self) -> dict[str, str]:
        async with self._one:
            if time.monotonic() - self._looked_at > FRESH_S:
                answers = await asyncio.gather(*(_ask(probe) for probe in self._probes.values()))
                self._troubles = {name: answer for name, answer in zip(self._probes, answers, strict=True) if answer}
                self._looked_at = time.monotonic()
            return self._troubles


async def _ask(probe: Probe) -> str:
    try:
        async with asyncio.timeout(PROBE_LIMIT_S):
            return await probe()
    except TimeoutError:
        return f"It did not answer within {PROBE_LIMIT_S:.0f} seconds."
    except Exception as error:  # a probe that breaks is itself the finding
        return f"It could not be checked ({type(error).__name__})."
