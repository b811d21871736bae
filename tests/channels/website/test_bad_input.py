"""Bad input is refused clearly, in one shape, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.support.visitor import Visitor

JSON = {"Content-Type": "application/json"}


def refused(response: httpx.Response, status: int, code: str) -> str:
    """Assert the shape and return the sentence for people."""
    assert response.status_code == status, response.text
    assert set(response.json()) == {"error"}
    assert set(response.json()["error"]) == {"code", "message"}
    assert response.json()["error"]["code"] == code
    message: str = response.json()["error"]["message"]
    assert len(message) > 10
    return message


@pytest.fixture(autouse=True)
def _it_changes_nothing(visitor: Visitor) -> Iterator[None]:
    yield
    assert [message["seq"] for message in visitor.thread()["messages"]] == [1]


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b\u200d", "\x00\x07", "\u202e", "\u3164", "\ufe0f"])
def test_it_refuses_a_text_in_which_nothing_can_be_seen(visitor: Visitor, text: str) -> None:
    assert "write something" in refused(visitor.send(text), 400, "empty_text")


@pytest.mark.parametrize("text", ["x" * 2001, "🫂" * 2001, "word " * 2000])
def test_it_refuses_a_text_over_2000_characters(visitor: Visitor, text: str) -> None:
    assert "2,000" in refused(visitor.send(text), 400, "text_too_long")


@pytest.mark.parametrize("body", ["", "{", "nonsense", '{"text": }', "\x00", "[1,"])
def test_it_refuses_invalid_json(visitor: Visitor, body: str) -> None:
    answer = visitor.http.post(f"{visitor.path}/messages", content=body, headers=visitor.headers | JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("invalid_json", "bad_input")


def test_it_refuses_a_text_of_half_characters(visitor: Visitor) -> None:
    body = '{"client_id": "a", "text": "\\ud800\\udfff"}'
    answer = visitor.http.post(f"{visitor.path}/messages", content=body, headers=visitor.headers | JSON)
    refused(answer, 400, "empty_text")


def test_it_refuses_a_field_named_by_half_a_character(visitor: Visitor) -> None:
    body = '{"client_id": "a", "text": "Hello", "\\ud800": 1, "' + "x" * 5000 + '": 1}'
    answer = visitor.http.post(f"{visitor.path}/messages", content=body, headers=visitor.headers | JSON)
    assert len(refused(answer, 400, "bad_input")) <= 300


def test_it_refuses_bytes_that_are_not_utf8(visitor: Visitor) -> None:
    body = b'{"client_id": "a", "text": "\xff\xfe"}'
    answer = visitor.http.post(f"{visitor.path}/messages", content=body, headers=visitor.headers | JSON)
    refused(answer, 400, "invalid_json")


def test_it_refuses_json_nested_without_end(visitor: Visitor) -> None:
    answer = visitor.http.post(f"{visitor.path}/messages", content="[" * 30000, headers=visitor.headers | JSON)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "Hello"},
        {"client_id": "a"},
        {"client_id": "a", "text": None},
        {"client_id": "a", "text": 5},
        {"client_id": "a", "text": ["Hello"]},
        {"client_id": 1, "text": "Hello"},
        {"client_id": "", "text": "Hello"},
        {"client_id": "a b", "text": "Hello"},
        {"client_id": "a" * 101, "text": "Hello"},
        {"client_id": "a", "text": "Hello", "author": "staff"},
        [],
        "Hello",
        None,
    ],
)
def test_it_refuses_a_body_of_another_shape_by_name(visitor: Visitor, body: object) -> None:
    content = json.dumps(body)
    answer = visitor.http.post(f"{visitor.path}/messages", content=content, headers=visitor.headers | JSON)
    message = refused(answer, 400, "bad_input")
    assert any(name in message for name in ("client_id", "text", "author", "body"))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_it_refuses_what_is_not_sent_as_json(visitor: Visitor, kind: str) -> None:
    headers = visitor.headers | ({"Content-Type": kind} if kind else {})
    body = b'{"client_id": "a", "text": "Hello"}'
    answer = visitor.http.post(f"{visitor.path}/messages", content=body, headers=headers)
    assert "Content-Type" in refused(answer, 415, "unsupported_media_type")


def test_it_refuses_a_large_body_by_its_announced_length(visitor: Visitor) -> None:
    body = json.dumps({"client_id": "a", "text": "x" * 70000})
    answer = visitor.http.post(f"{visitor.path}/messages", content=body, headers=visitor.headers | JSON)
    assert "65536 bytes" in refused(answer, 413, "content_too_large")


def test_it_refuses_a_large_body_of_unknown_length_before_it_ends(visitor: Visitor) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 8192
            yield b" " * 8192

    answer = visitor.http.post(f"{visitor.path}/messages", content=endless(), headers=visitor.headers | JSON)
    refused(answer, 413, "content_too_large")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "Token abc"])
def test_it_refuses_a_call_without_a_token(visitor: Visitor, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = visitor.http.get(f"{visitor.path}/messages", headers=headers)
    refused(answer, 401, "wrong_token")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "method,rest",
    [("GET", "/messages"), ("GET", "/events"), ("POST", "/person"), ("DELETE", ""), ("POST", "/messages")],
)
def test_it_refuses_another_conversations_token(http: httpx.Client, visitor: Visitor, method: str, rest: str) -> None:
    stranger = Visitor(http)
    body = {"client_id": "a", "text": "Hello"} if rest == "/messages" and method == "POST" else None
    answer = http.request(method, visitor.path + rest, headers=stranger.headers, json=body)
    refused(answer, 401, "wrong_token")


@pytest.mark.parametrize("unknown", ["0" * 32, "1", "a" * 65, "a%00b", "%F0%9F%AB%82", "'; drop table conversations"])
@pytest.mark.parametrize("method,rest", [("GET", "/messages"), ("GET", "/events"), ("DELETE", "")])
def test_it_refuses_an_unknown_conversation(visitor: Visitor, method: str, rest: str, unknown: str) -> None:
    answer = visitor.http.request(method, f"/api/conversations/{unknown}{rest}", headers=visitor.headers)
    refused(answer, 404, "conversation_not_found")


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "99999999999999999999"])
def test_it_refuses_an_after_that_is_no_sequence_number(visitor: Visitor, after: str) -> None:
    answer = visitor.http.get(f"{visitor.path}/messages", params={"after": after}, headers=visitor.headers)
    assert "after" in refused(answer, 400, "bad_input")


def test_it_refuses_what_does_not_exist(http: httpx.Client) -> None:
    refused(http.get("/api/nothing"), 404, "not_found")
    refused(http.put("/api/conversations"), 405, "method_not_allowed")
    refused(http.get("/widget/../../settings.py"), 404, "not_found")
    refused(http.get("/widget/%2e%2e/%2e%2e/api.py"), 404, "not_found")
