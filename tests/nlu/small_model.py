"""A real model, trained in seconds on some of the shipped examples; shared by the tests that need one."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from content.crisis import CrisisMatcher
from content.encoder import shared_encoder
from content.messages import load_messages
from content.training_data import read_examples
from nlu.decision import Decider
from nlu.language import LanguageCheck
from nlu.settings import classifier_settings, training_shape
from nlu.topic_model import TopicModel, train
from nlu.understander import Understander

CONFIG = Path(__file__).resolve().parents[2] / "config.yml"
EACH = 24
TOPICS = (
    "answer/what_is_it",
    "answer/is_it_a_cure",
    "operational/cost",
    "operational/companion",
    "operational/location",
    "clinical/medication",
    "clinical/pregnancy",
    "crisis/self_harm",
    "staff/no_approved_answer",
    "staff/talk_to_human",
    "smalltalk/greet",
    "smalltalk/thanks",
    "smalltalk/more",
    "smalltalk/out_of_scope",
)


@cache
def small_model() -> TopicModel:
    """Return a model of `TOPICS`, each with its first examples."""
    taken: Counter[str] = Counter()
    chosen = []
    for example in read_examples():
        taken[example.intent] += 1
        if example.intent in TOPICS and taken[example.intent] <= EACH:
            chosen.append(example)
    settings = classifier_settings(CONFIG)
    return train(
        [example.text for example in chosen],
        [example.intent for example in chosen],
        shared_encoder(),
        training_shape(settings),
    )


@cache
def small_understander() -> Understander:
    """Return the whole understanding, with the shipped costs, crisis check and questions."""
    model = small_model()
    return Understander(
        model=model,
        decider=Decider(model.topics, classifier_settings(CONFIG)["costs"]),
        encoder=shared_encoder(),
        danger=CrisisMatcher.load(),
        languages=LanguageCheck(model.lexical.words()),
        questions={topic: button.value for topic, button in load_messages().questions.items()},
        model_id="small",
    )
