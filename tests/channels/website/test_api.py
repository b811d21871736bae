"""The widget API as it is promised: calls, status codes and shapes."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from tests.support.visitor import Visitor

ALWAYS = {"id", "seq", "author", "text", "buttons", "created_at"}
SOMETIMES = {"client_id", "outcome", "topic", "staff"}


def test_it_starts_a_conversation_with_a_welcome(http: httpx.Client) -> None:
    started = http.post("/api/conversations")
    assert started.status_code == 201
    assert set(started.json()) == {"id", "token", "messages"}
    welcome = started.json()["messages"][0]
    assert (welcome["seq"], welcome["author"]) == (1, "assistant")
    assert "not a person" in welcome["text"]


def test_it_starts_each_conversation_with_a_token_of_its_own(http: httpx.Client) -> None:
    one, other = (http.post("/api/conversations").json() for _ in range(2))
    assert one["id"] != other["id"]
    assert len({one["token"], other["token"]}) == 2
    assert len(one["token"]) >= 32


def test_it_stores_a_message_and_returns_it(visitor: Visitor) -> None:
    sent = visitor.send("Will it feel out of control?", client_id="c-1")
    assert sent.status_code == 202
    message = sent.json()
    assert (message["author"], message["text"], message["client_id"]) == (
        "visitor",
        "Will it feel out of control?",
        "c-1",
    )
    assert message["buttons"] == []
    assert datetime.fromisoformat(message["created_at"]).tzinfo is not None
    assert message in visitor.thread()["messages"]


def test_it_answers(visitor: Visitor) -> None:
    reply = visitor.ask("What is ketamine therapy?")
    assert (reply["outcome"], reply["topic"]) == ("answer", "what_is_it")
    assert reply["buttons"] == [{"label": "What does it feel like?", "value": "What does it feel like?"}]


def test_it_shows_nothing_of_why_a_reply_was_chosen(visitor: Visitor) -> None:
    visitor.ask("What is ketamine therapy?")
    visitor.ask("I want to end my life")
    for message in visitor.thread()["messages"]:
        assert set(message) >= ALWAYS
        assert set(message) <= ALWAYS | SOMETIMES


def test_it_returns_the_first_message_for_a_repeated_client_id(visitor: Visitor) -> None:
    first = visitor.send("What is it?", client_id="same").json()
    visitor.wait_for(lambda message: message["author"] == "assistant", after=first["seq"])
    again = visitor.send("Something else", client_id="same")
    assert again.status_code == 202
    assert again.json() == first
    assert [message["text"] for message in visitor.thread()["messages"]].count("What is it?") == 1
    assert "Something else" not in [message["text"] for message in visitor.thread()["messages"]]


def test_it_keeps_the_same_client_id_of_two_conversations_apart(http: httpx.Client) -> None:
    one, other = Visitor(http), Visitor(http)
    assert one.send("From one", client_id="same").json()["text"] == "From one"
    assert other.send("From the other", client_id="same").json()["text"] == "From the other"


def test_it_reads_only_what_came_after_in_order(visitor: Visitor) -> None:
    visitor.ask("What is it?")
    visitor.ask("How does it work?")
    thread = visitor.thread()
    assert [message["seq"] for message in thread["messages"]] == [1, 2, 3, 4, 5]
    assert thread["owner"] == "assistant"
    assert [message["seq"] for message in visitor.thread(after=3)["messages"]] == [4, 5]
    assert visitor.thread(after=99)["messages"] == []


def test_it_hands_a_clinical_message_over(visitor: Visitor) -> None:
    reply = visitor.ask("Can I take it with sertraline?")
    assert reply["outcome"] == "clinical"
    assert visitor.thread()["owner"] == "waiting"


def test_it_asks_for_a_person_once_however_often_it_is_pressed(visitor: Visitor) -> None:
    answers = [visitor.http.post(f"{visitor.path}/person", headers=visitor.headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert [answer.json() for answer in answers] == [{"owner": "waiting"}] * 3
    # The welcome, what happens next, and one reminder that it is noted.
    assert len(visitor.thread()["messages"]) == 3


def test_it_answers_danger_at_once_with_the_emergency_number(visitor: Visitor) -> None:
    sent = visitor.send("I want to kill myself")
    reply = visitor.thread(after=sent.json()["seq"])["messages"][0]
    assert reply["outcome"] == "crisis"
    assert "999" in reply["text"]
    assert visitor.thread()["owner"] == "waiting"


def test_it_forgets_a_conversation(visitor: Visitor) -> None:
    assert visitor.http.delete(visitor.path, headers=visitor.headers).status_code == 204
    gone = visitor.http.get(f"{visitor.path}/messages", headers=visitor.headers)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "conversation_not_found")
    assert visitor.send("Hello?").status_code == 404


def test_it_serves_its_openapi(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    assert set(paths) >= {
        "/api/conversations",
        "/api/conversations/{conversation_id}",
        "/api/conversations/{conversation_id}/messages",
        "/api/conversations/{conversation_id}/events",
        "/api/widget",
        "/healthz",
        "/readyz",
        "/metrics",
    }


def test_it_gives_the_widget_the_clinic_and_its_crisis_lines(http: httpx.Client) -> None:
    info = http.get("/api/widget").json()
    assert info["clinic"] == "Wren House Clinic"
    assert "automated assistant" in info["welcome"]
    assert (info["crisis_lines"][0]["purpose"], info["crisis_lines"][0]["call"]) == ("emergency", "999")


def test_it_gives_the_widget_the_approved_words_for_what_is_not_taken(http: httpx.Client) -> None:
    texts = http.get("/api/widget").json()["not_sent"]
    assert set(texts) == {"too_long", "empty", "rate_limited", "storage"}
    assert "Please wait {seconds} seconds" in texts["rate_limited"]
    assert "call 999 now" in texts["storage"]


@pytest.mark.parametrize(
    "address", ["/", "/widget.js", "/widget/element.js", "/widget/widget.css", "/static/home.css", "/favicon.ico"]
)
def test_it_serves_the_page_and_the_widget(http: httpx.Client, address: str) -> None:
    assert http.get(address).status_code == 200
