"""The real action server, as a process of its own, spoken to as Rasa speaks to it."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.actions.serving import ROOT, call, serving
from tests.actions.support import SERTRALINE, tracker


def run(port: int, action: str, state: dict[str, Any]) -> Any:
    """Call an action as Rasa does and return its one message."""
    full = {"slots": {}, "paused": False, "active_loop": {}, "latest_action_name": "action_listen", **state}
    made = call(
        port, "/webhook", {"next_action": action, "sender_id": state["sender_id"], "tracker": full, "domain": {}}
    )
    assert made["events"] == []
    (message,) = made["responses"]
    return message


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    log = tmp_path_factory.mktemp("actions") / "log.txt"
    with serving(["rasa_sdk", "--actions", "actions", "--port", "{port}"], log, "/health") as port:
        yield port, log


def test_it_offers_exactly_the_actions_of_the_domain(server: tuple[int, Path]) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert {action["name"] for action in call(server[0], "/actions")} == set(domain["actions"])


def test_it_composes_text_buttons_and_mark_in_one_message(server: tuple[int, Path]) -> None:
    message = run(server[0], "action_answer", tracker("answer/what_is_it"))
    assert message["text"].startswith("Ketamine therapy is")
    assert message["buttons"] == [
        {"title": "What does it feel like?", "payload": "What does a ketamine session feel like?"},
        {"title": "Who is it for?", "payload": "Who is ketamine therapy for and what can it help with?"},
    ]
    assert message["custom"]["outcome"] == "answer"
    assert message["custom"]["buttons"][0] == {
        "label": "What does it feel like?",
        "value": "What does a ketamine session feel like?",
    }


def test_it_marks_a_clinical_message_with_what_was_found(server: tuple[int, Path]) -> None:
    mark = run(server[0], "action_clinical", tracker("clinical/medication", entities=[SERTRALINE]))["custom"]
    assert mark["handoff"]["kind"] == "medication"
    assert mark["entities"][0]["text"] == "sertraline"


def test_danger_decides_whatever_rule_ran(server: tuple[int, Path]) -> None:
    assert run(server[0], "action_answer", tracker("crisis/self_harm"))["custom"]["outcome"] == "crisis"


def test_a_message_it_cannot_make_sense_of_is_an_error_and_not_an_answer(server: tuple[int, Path]) -> None:
    with pytest.raises(urllib.error.HTTPError):
        run(server[0], "action_answer", tracker("answer/no_such_topic"))


def test_it_writes_no_text_of_a_visitor_into_its_log(server: tuple[int, Path]) -> None:
    run(server[0], "action_clinical", tracker("clinical/medication", text="my secret wombat", sender="m-log"))
    with pytest.raises(urllib.error.HTTPError):
        run(server[0], "action_answer", tracker("answer/no_such_topic", text="my secret wombat"))
    assert "wombat" not in server[1].read_text()
