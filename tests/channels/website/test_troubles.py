"""Rasa down, slow or broken; floods; a database that refuses: the visitor always learns what is going on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.conversation.model import Context, Reply
from content.crisis import CrisisMatcher
from tests.support.patience import PATIENCE_S
from tests.support.serving import Running, serving, settings_for
from tests.support.understander import Scripted
from tests.support.visitor import Visitor


class Broken:
    """An understander with a defect."""

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        raise KeyError(text)


class Thinking(Scripted):
    """An understander that answers once it is `done`."""

    def __init__(self) -> None:
        super().__init__()
        self.done = threading.Event()

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        await asyncio.to_thread(self.done.wait, PATIENCE_S)
        return await super().reply_to(message_id, text, context)


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Running]:
    with serving(settings_for(tmp_path), Scripted(down=True)) as app:
        yield app


def test_it_says_kindly_that_it_cannot_answer_and_hands_over(away: Running) -> None:
    with httpx.Client(base_url=away.url) as http:
        visitor = Visitor(http)
        reply = visitor.ask("What is ketamine therapy?")
        assert "I cannot answer by myself just now" in reply["text"]
        thread = visitor.thread()
        assert thread["owner"] == "waiting"
        assert "What is ketamine therapy?" in [message["text"] for message in thread["messages"]]


def test_it_answers_danger_without_rasa(away: Running) -> None:
    with httpx.Client(base_url=away.url) as http:
        assert Visitor(http).ask("I am going to kill myself tonight")["outcome"] == "crisis"


def test_it_answers_danger_told_without_any_word_of_danger_without_rasa(away: Running) -> None:
    said = "my grandfather has handed round his watches and told us he will not see Monday"
    assert not CrisisMatcher.rules_alone().find(said)
    with httpx.Client(base_url=away.url) as http:
        visitor = Visitor(http)
        assert visitor.ask(said)["outcome"] == "crisis"
        assert visitor.thread()["owner"] == "waiting"
        other = Visitor(http)
        assert other.ask("My feet are killing me, is there parking?").get("outcome") != "crisis"


def test_it_keeps_the_order_of_a_long_message_and_a_short_one(away: Running) -> None:
    long = "I am asking for my wife. How long does it take. " * 40
    with httpx.Client(base_url=away.url) as http:
        visitor = Visitor(http)
        assert visitor.send(long).status_code == 202
        assert visitor.send("ok").status_code == 202
        said = [one["text"] for one in visitor.thread()["messages"] if one["author"] == "visitor"]
        assert said == [long, "ok"]


def test_it_stays_ready_to_serve_while_an_answer_takes_long(tmp_path: Path) -> None:
    thinking = Thinking()
    with serving(settings_for(tmp_path), thinking) as app, httpx.Client(base_url=app.url) as http:
        visitor, other = Visitor(http), Visitor(http)
        assert visitor.send("What is it?").status_code == 202
        assert other.send("I want to die").status_code == 202
        assert other.thread()["messages"][-1]["outcome"] == "crisis"
        thinking.done.set()
        assert visitor.wait_for(lambda message: message.get("outcome") == "answer")


def test_it_strands_nobody_when_the_understander_is_broken(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path), Broken()) as app, httpx.Client(base_url=app.url) as http:
        visitor = Visitor(http)
        sent = visitor.send("Hello there")
        assert sent.status_code == 202
        visitor.wait_for(lambda message: message["author"] == "assistant", after=sent.json()["seq"])
        assert visitor.thread()["owner"] == "waiting"


def test_it_asks_a_flood_to_wait_but_never_holds_danger_back(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path, limit_conversation=5)) as app, httpx.Client(base_url=app.url) as http:
        visitor = Visitor(http)
        answers = [visitor.send(f"Message {number}") for number in range(8)]
        assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 3
        assert answers[-1].json()["error"]["code"] == "rate_limited"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert visitor.send("I am going to kill myself").status_code == 202


@pytest.mark.parametrize("limit", ["limit_address", "limit_total"])
def test_it_asks_a_flood_over_many_conversations_to_wait_but_never_holds_danger_back(
    tmp_path: Path, limit: str
) -> None:
    with serving(settings_for(tmp_path, **{limit: 12}), Scripted()) as app, httpx.Client(base_url=app.url) as http:
        visitors = [Visitor(http) for _ in range(3)]
        answers = [visitor.send(f"Message {number}") for number in range(6) for visitor in visitors]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(answers) - len(refused) == sum(answer.status_code == 202 for answer in answers) <= 12
        assert refused
        assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)
        assert all(visitor.send("I am going to kill myself").status_code == 202 for visitor in visitors)


def test_it_reads_a_newcomer_in_danger_while_others_flood_it(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path, limit_total=3), Scripted()) as app, httpx.Client(base_url=app.url) as http:
        flooder = Visitor(http)
        assert 429 in [flooder.send(f"Message {number}").status_code for number in range(5)]
        assert Visitor(http).ask("I am going to kill myself tonight")["outcome"] == "crisis"


def test_it_asks_an_address_that_starts_too_many_conversations_to_wait(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path, limit_starts=3)) as app, httpx.Client(base_url=app.url) as http:
        answers = [http.post("/api/conversations") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [201] * 3 + [429] * 2
        assert int(answers[-1].headers["retry-after"]) >= 1


def test_it_counts_whoever_a_trusted_proxy_names(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, limit_starts=1, trusted_proxies="127.0.0.1")
    with serving(settings) as app, httpx.Client(base_url=app.url) as http:

        def start(forwarded: str) -> int:
            return http.post("/api/conversations", headers={"X-Forwarded-For": forwarded}).status_code

        assert [start("198.51.100.1"), start("198.51.100.2"), start("198.51.100.1")] == [201, 201, 429]
        assert start("203.0.113.9, 198.51.100.1") == 429, "what the visitor wrote himself counts for nothing"
        assert [start("2001:db8:1:2::1"), start("2001:db8:1:2::ffff"), start("2001:db8:1:3::1")] == [201, 429, 201]


def test_it_believes_no_proxy_it_was_not_told_of(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path, limit_starts=1)) as app, httpx.Client(base_url=app.url) as http:
        starts = [http.post("/api/conversations", headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(2)]
        assert [start.status_code for start in starts] == [201, 429]
