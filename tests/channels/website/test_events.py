"""A conversation as server-sent events: live, resumable by sequence number, and bounded."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.patience import PATIENCE_S
from tests.support.serving import Running, serving, settings_for
from tests.support.understander import Scripted
from tests.support.visitor import Message, Visitor

Event = tuple[str, str, Message]  # (event, id, data)


@contextmanager
def listening(visitor: Visitor, after: int = 0, last_event_id: str = "") -> Iterator[Iterator[Event]]:
    headers = visitor.headers | ({"Last-Event-ID": last_event_id} if last_event_id else {})
    with visitor.http.stream("GET", f"{visitor.path}/events", params={"after": after}, headers=headers) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        elif "data" in fields:
            yield fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"])
            fields = {}


def test_it_sends_what_there_is_and_whose_turn_it_is_at_once(visitor: Visitor) -> None:
    visitor.ask("What is it?")
    with listening(visitor) as events:
        first = [next(events) for _ in range(4)]
    assert [(event, number) for event, number, _ in first] == [
        ("message", "1"),
        ("message", "2"),
        ("message", "3"),
        ("owner", ""),
    ]
    assert [data for _, _, data in first[:3]] == visitor.thread()["messages"]
    assert first[3][2] == {"owner": "assistant"}


@pytest.mark.parametrize(("after", "last_event_id"), [(2, ""), (0, "2"), (1, "2")])
def test_it_resumes_after_what_was_seen_last(visitor: Visitor, after: int, last_event_id: str) -> None:
    visitor.ask("What is it?")
    with listening(visitor, after, last_event_id) as events:
        assert next(events)[1] == "3"


@pytest.mark.parametrize("garbage", ["x", "-1", "1.5", "99999999999999999999", "٣"])
def test_it_starts_from_the_beginning_where_it_cannot_tell_what_was_seen(visitor: Visitor, garbage: str) -> None:
    headers = [(b"Authorization", visitor.headers["Authorization"].encode()), (b"Last-Event-ID", garbage.encode())]
    with visitor.http.stream("GET", f"{visitor.path}/events", headers=headers) as response:
        assert next(_events(response.iter_lines()))[1] == "1"


def test_it_brings_a_reply_as_soon_as_it_is_there(visitor: Visitor, scripted: Scripted) -> None:
    scripted.delay = 0.3
    with listening(visitor, after=1) as events:
        assert next(events)[0] == "owner"
        sender = threading.Thread(
            target=lambda: httpx.post(
                _address(visitor), json={"client_id": "a", "text": "What is it?"}, headers=visitor.headers
            )
        )
        sender.start()
        came = [next(events) for _ in range(4)]
        sender.join()
    scripted.delay = 0.0
    assert [(event, data.get("author") or data) for event, _, data in came] == [
        ("message", "visitor"),
        ("typing", {"typing": True}),
        ("message", "assistant"),
        ("typing", {"typing": False}),
    ]


def test_it_tells_when_a_person_is_asked_for(visitor: Visitor) -> None:
    with listening(visitor, after=1) as events:
        assert next(events)[2] == {"owner": "assistant"}
        httpx.post(str(visitor.http.base_url) + visitor.path + "/person", headers=visitor.headers)
        assert [next(events)[0] for _ in range(2)] == ["message", "owner"]


def test_it_ends_with_the_conversation(visitor: Visitor) -> None:
    with listening(visitor, after=1) as events:
        next(events)
        httpx.delete(str(visitor.http.base_url) + visitor.path, headers=visitor.headers)
        assert next(events)[0] == "gone"
        assert list(events) == []


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Running]:
    with serving(settings_for(tmp_path, limit_streams=2)) as app:
        yield app


def test_it_bounds_the_live_connections_of_one_address(narrow: Running) -> None:
    with httpx.Client(base_url=narrow.url) as http:
        visitor = Visitor(http)
        with listening(visitor) as one, listening(visitor) as other:
            next(one), next(other)
            third = http.get(f"{visitor.path}/events", headers=visitor.headers)
            assert third.status_code == 429
            assert int(third.headers["retry-after"]) > 0
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:  # a connection that ended is given back
            with http.stream("GET", f"{visitor.path}/events", headers=visitor.headers) as again:
                if again.status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("a closed connection still counts")


def _address(visitor: Visitor) -> str:
    return f"{str(visitor.http.base_url).rstrip('/')}{visitor.path}/messages"
