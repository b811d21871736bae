"""Alive, ready, and what Prometheus may know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from bot import health
from bot.health import Probe
from bot.metrics import WAITING, Metrics
from tests.support.serving import Running, serving, serving_with_rasa, settings_for
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("health")
    with serving(settings_for(folder)) as app:
        yield app


def test_it_is_alive_and_ready(running: Running) -> None:
    assert httpx.get(f"{running.url}/healthz").json() == {"status": "alive"}
    ready = httpx.get(f"{running.url}/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["not_ready"]) == (200, "ready", {})


def test_it_names_rasa_when_rasa_is_away(tmp_path: Path) -> None:
    with serving_with_rasa(settings_for(tmp_path, rasa_url="http://127.0.0.1:9")) as app:
        ready = httpx.get(f"{app.url}/readyz")
    assert ready.status_code == 503
    assert list(ready.json()["not_ready"]) == ["rasa"]
    assert len(ready.json()["not_ready"]["rasa"]) > 20


async def _down() -> str:
    return "The line is cut."


async def _broken() -> str:
    raise RuntimeError("secret words")


async def _never() -> str:
    await asyncio.sleep(60)
    return ""


async def _fine() -> str:
    return ""


async def _nothing_waits() -> dict[str, int]:
    return dict.fromkeys(WAITING, 0)


async def test_it_names_every_part_that_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_LIMIT_S", 0.05)
    probes: dict[str, Probe] = {"fine": _fine, "down": _down, "broken": _broken, "slow": _never}
    app = FastAPI()
    app.include_router(health.build_router(probes, Metrics(), _nothing_waits))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.test") as http:
        answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json()["not_ready"]) == {"down", "broken", "slow"}
    assert answer.json()["not_ready"]["down"] == "The line is cut."
    assert "secret" not in answer.text


async def test_it_does_not_ask_the_parts_each_time_it_is_asked() -> None:
    asked = []

    async def count() -> str:
        asked.append(1)
        return ""

    app = FastAPI()
    app.include_router(health.build_router({"part": count}, Metrics(), _nothing_waits))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.test") as http:
        answers = await asyncio.gather(*(http.get("/readyz") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(asked) == 1


def test_it_counts_what_came_of_messages_without_personal_data(running: Running) -> None:
    with httpx.Client(base_url=running.url) as http:
        visitor = Visitor(http)
        for text in ("What is it?", "Can I take it with sertraline?", "I want to end my life"):
            visitor.ask(text)
        text = http.get("/metrics").text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    outcomes = {
        sample.labels["outcome"]: sample.value
        for sample in families["handrail_messages"].samples
        if sample.name.endswith("_total")
    }
    assert outcomes == {"answer": 1, "clinical": 1, "crisis": 1}
    assert families["handrail_handoffs_open"].samples[0].value == 1
    assert families["handrail_jobs_dead"].samples[0].value == 0
    count = next(sample for sample in families["handrail_rasa_seconds"].samples if sample.name.endswith("_count"))
    assert count.value == 2
    for personal in (visitor.id, visitor.token, "sertraline", "127.0.0.1"):
        assert personal not in text
