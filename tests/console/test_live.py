from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx

from bot.console.live import changes
from tests.console.cast import Clinic
from tests.console.words_said import HUMAN
from tests.support.patience import PATIENCE_S, until


async def test_it_joins_watchers_and_tells_changes_that_come_together_once() -> None:
    queue: asyncio.Queue[None] = asyncio.Queue()

    async def source() -> AsyncIterator[None]:
        while True:
            await queue.get()
            yield

    stream = changes(source(), source())
    await anext(stream)
    for _ in range(5):
        queue.put_nowait(None)
    await asyncio.wait_for(anext(stream), PATIENCE_S)
    waiting = asyncio.ensure_future(anext(stream))
    done, _ = await asyncio.wait({waiting}, timeout=0.4)
    assert not done, "the same changes were told twice"
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_it_wakes_up_now_and_then_and_ends_with_its_sources() -> None:
    async def short() -> AsyncIterator[None]:
        yield
        await asyncio.sleep(0.5)

    assert len([None async for _ in changes(short(), check=0.05)]) >= 2


def test_a_stream_tells_changes_and_ends_when_its_person_signs_out(clinic: Clinic) -> None:
    nia = clinic.person("Nia")
    told: list[str] = []
    with nia.http.stream("GET", "/console/events") as stream:
        lines = stream.iter_lines()
        until(lambda: told.append(next(lines)) or "event: changed" in told)
        nia.send("/console/queue/waiting", "/console/sign-out")
        clinic.visitor().write(HUMAN)
        told.extend(lines)
    assert "event: signed-out" in told


def test_a_stream_of_an_unknown_handoff_is_refused(clinic: Clinic) -> None:
    answer = clinic.person("Nia").get("/console/events?handoff=nope")
    assert answer.status_code == 404


def test_a_page_that_refreshes_itself_is_told_to_sign_in(clinic: Clinic) -> None:
    answer = httpx.get(clinic.running.url + "/console/tabs", headers={"HX-Request": "true"}, trust_env=False)
    assert (answer.status_code, answer.headers["hx-refresh"]) == (401, "true")
