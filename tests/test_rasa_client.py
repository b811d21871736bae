"""Asking Rasa, against a real HTTP server: only an answer of the exact form is believed."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.breaker import CircuitBreaker
from bot.conversation.model import Context, Outcome, Owner, Urgency
from bot.errors import UnderstandingUnavailable
from bot.launcher.processes import free_port
from bot.rasa_client import AT_ONCE, RasaClient

LIMIT_S = 1.0
HANDOFF = {"kind": "medication", "reason": "A medicine.", "urgency": "normal"}
MARK: dict[str, Any] = {"outcome": "clinical", "topic": "medication", "confidence": 0.9, "handoff": HANDOFF}
SAID = {"recipient_id": "m1", "text": "A nurse will answer.", "custom": MARK}


@dataclass
class Rasa:
    """Answers every question with `status` and `body`, after `delay` seconds."""

    url: str = ""
    status: int = 200
    body: Any = field(default_factory=lambda: [SAID])
    delay: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    working: int = 0
    most: int = 0


@pytest.fixture
def rasa() -> Iterator[Rasa]:
    one, lock = Rasa(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            one.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            with lock:
                one.working += 1
                one.most = max(one.most, one.working)
            time.sleep(one.delay)
            with lock:
                one.working -= 1
            body = one.body if isinstance(one.body, bytes) else json.dumps(one.body).encode()
            self.send_response(one.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield one
    server.shutdown()
    server.server_close()


@pytest.fixture
async def client(rasa: Rasa) -> AsyncIterator[RasaClient]:
    async with RasaClient(rasa.url, LIMIT_S) as one:
        yield one


async def test_it_sends_the_context_and_reads_the_mark(rasa: Rasa, client: RasaClient) -> None:
    reply = await client.reply_to("m1", "May I?", Context("answer/setting", 1, Owner.WAITING))
    metadata = {"previous_topic": "answer/setting", "clarified": 1, "owner": "waiting"}
    assert rasa.asked == [{"sender": "m1", "message": "May I?", "metadata": metadata}]
    assert (reply.text, reply.outcome, reply.topic) == ("A nurse will answer.", Outcome.CLINICAL, "medication")
    assert reply.handoff is not None
    assert (reply.handoff.kind, reply.handoff.urgency) == ("medication", Urgency.NORMAL)
    assert await client.health() == ""


async def test_it_sends_a_vector_that_is_known_already(rasa: Rasa) -> None:
    async with RasaClient(rasa.url, LIMIT_S, vector_of=lambda text: {"text": text.upper()}) as client:
        await client.reply_to("m1", "May I?", Context())
    assert rasa.asked[0]["metadata"]["vector"] == {"text": "MAY I?"}


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (500, [SAID], "status 500"),
        (200, b"<p>The proxy says hello.</p>", "makes no sense"),
        (200, SAID, "makes no sense"),
        (200, [{**SAID, "custom": {**MARK, "confidence": 7}}], "makes no sense"),
        (200, [{**SAID, "custom": {**MARK, "outcome": "prescribe"}}], "makes no sense"),
        (200, [{"recipient_id": "m1", "text": "A nurse will answer."}], "makes no sense"),
        (200, [{**SAID, "text": ""}], "makes no sense"),
        (200, [{**SAID, "custom": {**MARK, "handoff": None}}], "clinical without a handoff"),
        (200, [], "0 messages instead of one"),
        (200, [SAID, SAID], "2 messages instead of one"),
    ],
)
async def test_it_believes_no_other_answer(
    rasa: Rasa, client: RasaClient, status: int, body: Any, sentence: str
) -> None:
    rasa.status, rasa.body = status, body
    with pytest.raises(UnderstandingUnavailable, match=sentence):
        await client.reply_to("m1", "May I?", Context())
    assert sentence in await client.health()


async def test_it_waits_no_longer_than_its_limit(rasa: Rasa) -> None:
    rasa.delay = 30.0
    async with RasaClient(rasa.url, 0.3) as client:
        began = time.monotonic()
        with pytest.raises(UnderstandingUnavailable, match=r"did not answer within 0\.3 seconds"):
            await client.reply_to("m1", "May I?", Context())
    assert time.monotonic() - began < rasa.delay / 2
    rasa.delay = 0.0


async def test_a_crowd_is_asked_about_a_few_at_a_time(rasa: Rasa, client: RasaClient) -> None:
    rasa.delay = 0.1
    replies = await asyncio.gather(*(client.reply_to(f"m{number}", "May I?", Context()) for number in range(20)))
    assert len(replies) == len(rasa.asked) == 20
    assert 1 < rasa.most <= AT_ONCE


async def test_it_says_when_nobody_listens() -> None:
    async with RasaClient(f"http://127.0.0.1:{free_port()}", LIMIT_S) as client:
        with pytest.raises(UnderstandingUnavailable, match="cannot be reached"):
            await client.reply_to("m1", "May I?", Context())
        assert "cannot be reached" in await client.health()


async def test_after_failures_in_a_row_it_asks_only_now_and_then_until_rasa_is_well(rasa: Rasa) -> None:
    clock = [0.0]
    breaker = CircuitBreaker(failures=2, pause_s=2.0, now=lambda: clock[0])
    async with RasaClient(rasa.url, LIMIT_S, breaker) as client:
        rasa.status = 500
        for _ in range(4):
            with pytest.raises(UnderstandingUnavailable):
                await client.reply_to("m1", "May I?", Context())
        assert len(rasa.asked) == 2
        rasa.status, clock[0] = 200, 2.0
        assert (await client.reply_to("m2", "May I?", Context())).text == "A nurse will answer."
        assert (await client.reply_to("m3", "May I?", Context())).text == "A nurse will answer."
        assert len(rasa.asked) == 4
