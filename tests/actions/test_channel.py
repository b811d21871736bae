"""Our REST channel, served for real."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.actions.serving import call, serving

WEBHOOK = "/webhooks/rest/webhook"


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    log = tmp_path_factory.mktemp("channel") / "log.txt"
    with serving(["tests.actions.channel_server", "{port}"], log, "/webhooks/rest/") as port:
        yield port, log


def refused(port: int, body: Any) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as error:
        call(port, WEBHOOK, body)
    return error.value.code, json.loads(error.value.read())["error"]


def test_it_passes_text_sender_and_context_on_and_gives_one_message(channel: tuple[int, Path]) -> None:
    body = {"sender": "m1", "message": "One.\n\nTwo.", "metadata": {"owner": "waiting"}}
    assert call(channel[0], WEBHOOK, body) == [
        {"recipient_id": "m1", "text": "One.\n\nTwo.", "custom": {"metadata": {"owner": "waiting"}, "sender": "m1"}}
    ]


def test_a_command_reaches_understanding_as_plain_words(channel: tuple[int, Path]) -> None:
    assert call(channel[0], WEBHOOK, {"sender": "m1", "message": "/restart"})[0]["text"] == " restart"


def test_space_around_a_text_stays_so_that_what_is_found_in_it_keeps_its_place(channel: tuple[int, Path]) -> None:
    assert call(channel[0], WEBHOOK, {"sender": "m1", "message": "  hello "})[0]["text"] == "  hello "


@pytest.mark.parametrize("body", [{"sender": "m1"}, {"message": "hi"}, {"sender": 1, "message": "hi"}, [], "hi", 7])
def test_it_refuses_a_body_that_is_not_a_message(channel: tuple[int, Path], body: Any) -> None:
    status, sentence = refused(channel[0], body)
    assert status == 400
    assert '"sender" and "message"' in sentence


def test_no_reply_is_an_error_and_not_an_empty_answer(channel: tuple[int, Path]) -> None:
    assert refused(channel[0], {"sender": "m1", "message": "silence"}) == (502, "No reply was composed.")


def test_a_failure_is_an_error_and_its_text_stays_out_of_the_log(channel: tuple[int, Path]) -> None:
    assert refused(channel[0], {"sender": "m-77", "message": "fail"})[0] == 500
    log = channel[1].read_text()
    assert "m-77" in log
    assert "fail\n" not in log
    assert "'fail'" not in log
