"""Rasa's own files against the taxonomy, and the small parts that join Rasa to the bot."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter

from content.encoder import ENCODER, shared_encoder
from content.topics import intents, load_topics
from nlu.channel import OneMessage, without_commands, without_vector
from nlu.forgetful import ForgetfulTrackerStore

ROOT = Path(__file__).resolve().parent.parent.parent


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_domain_knows_exactly_the_outcomes_of_the_taxonomy() -> None:
    assert [next(iter(intent)) for intent in load("domain.yml")["intents"]] == list(load_topics())


def test_each_outcome_has_one_rule_and_each_action_is_used_once() -> None:
    steps = [rule["steps"] for rule in load("data/rules.yml")["rules"]]
    assert [step[0]["intent"] for step in steps] == [*load_topics(), "nlu_fallback"]
    assert [step[1]["action"] for step in steps] == load("domain.yml")["actions"]


def test_rasa_decides_by_rules_alone() -> None:
    assert [policy["name"] for policy in load("config.yml")["policies"]] == ["RulePolicy"]


def test_the_importer_keeps_the_topic_and_makes_no_retrieval_actions(tmp_path: Path) -> None:
    examples = tmp_path / "nlu.yml"
    examples.write_text('version: "3.1"\nnlu:\n- intent: answer/setting\n  examples: |\n    - what is the room like\n')
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(examples), str(ROOT / "data/rules.yml")]
    )
    (example,) = importer.get_nlu_data().intent_examples
    assert (example.get("intent"), example.get_full_intent()) == ("answer", "answer/setting")
    assert not [action for action in importer.get_domain().action_names_or_texts if action.startswith("utter_")]


def test_every_topic_but_none_else_may_have_examples() -> None:
    found = set()
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        found |= {group["intent"] for group in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]}
    assert found == set(intents(load_topics()))


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("/restart", " restart"),
        ("  //crisis", "    crisis"),
        ("/", " "),
        ("and/or", "and/or"),
        ("is it ok?", "is it ok?"),
    ],
)
def test_a_visitor_gives_rasa_no_commands_and_every_character_keeps_its_place(typed: str, understood: str) -> None:
    assert without_commands(typed) == understood
    assert len(without_commands(typed)) == len(typed)


def test_the_vector_that_comes_with_a_message_is_used_and_goes_no_further() -> None:
    text, numbers = "a text that nobody here encoded", np.full(384, 384**-0.5, dtype="<f4")
    vector = {
        "encoder": ENCODER,
        "text": hashlib.sha256(text.encode()).hexdigest(),
        "numbers": base64.b64encode(numbers.tobytes()).decode(),
    }
    assert without_vector({"clarified": 1, "vector": vector}) == {"clarified": 1}
    np.testing.assert_array_equal(shared_encoder().encode([text])[0], numbers)


def test_an_utterance_stays_one_message_with_its_paragraphs() -> None:
    output = OneMessage()
    said = {"text": "One.\n\nTwo.", "buttons": [{"title": "t", "payload": "p"}], "custom": {"a": 1}, "image": None}
    asyncio.run(output.send_response("m1", said))
    assert output.messages == [
        {"recipient_id": "m1", "text": "One.\n\nTwo.", "buttons": [{"title": "t", "payload": "p"}], "custom": {"a": 1}}
    ]


def test_rasa_keeps_no_conversation() -> None:
    store = ForgetfulTrackerStore(Domain.empty(), host=None)
    tracker = asyncio.run(store.get_or_create_tracker("m1"))
    asyncio.run(store.save(tracker))
    assert asyncio.run(store.retrieve("m1")) is None
    assert list(asyncio.run(store.keys())) == []
