"""The Rasa component that understands a message: trains the topic model and decides by expected cost."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from content.crisis import CrisisMatcher
from content.encoder import ENCODER, shared_encoder
from content.messages import load_messages
from nlu import storage
from nlu.decision import Decider
from nlu.language import LanguageCheck
from nlu.settings import DEFAULTS, training_shape
from nlu.topic_model import TopicModel, learn
from nlu.trained import remembering_last
from nlu.understander import Understander
from nlu.understanding import Understanding

FIRST = "Bonjour, je voudrais un rendez-vous. I take sertraline."
"""Understood once at loading, so that no visitor waits for what is built when first needed: languages, names, examples."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking` and `understanding` on each message; see `nlu/understander.py`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: the costs have none, `config.yml` must give them with their reasons."""
        return dict(DEFAULTS)

    @classmethod
    def fingerprint_addon(cls, _config: dict[str, Any]) -> str | None:
        """Return a digest of nlu's code and weights, so that Rasa trains again when they change."""
        digest = hashlib.sha256(ENCODER.encode())
        for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model_id: str) -> None:
        """Build the component without a model; `train` or `load` gives it one."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model_id = model_id
        self._understander: Understander | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """Build an untrained component."""
        return cls(config, model_storage, resource, execution_context.model_id or "")

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the intent examples and store the model."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [str(example.get(TEXT)) for example in examples]
        topics = [str(example.get_full_intent()) for example in examples]
        model, judged = learn(texts, topics, remembering_last(shared_encoder()), training_shape(self._config))
        self._use(model)
        with self._model_storage.write_to(self._resource) as folder:
            storage.save(model, folder)
            storage.save_left_out(judged, folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> TopicClassifier:
        """Load the trained model."""
        component = cls(config, model_storage, resource, execution_context.model_id or "")
        with model_storage.read_from(resource) as folder:
            component._use(storage.load(folder)).understand(FIRST, {})
        return component

    def _use(self, model: TopicModel) -> Understander:
        self._understander = Understander(
            model=model,
            decider=Decider(model.topics, self._config["costs"]),
            encoder=shared_encoder(),
            danger=CrisisMatcher.load(),
            languages=LanguageCheck(model.lexical.words()),
            questions={topic: button.value for topic, button in load_messages().questions.items()},
            model_id=self._model_id,
        )
        return self._understander

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the data as it is: no later component learns from what this one says about its own examples."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Understand each message."""
        if self._understander is None:
            raise RuntimeError("The topic classifier has no model. Train first.")
        for message in messages:
            text = str(message.get(TEXT) or "")
            write(message, self._understander.understand(text, message.get("metadata") or {}))
        return messages


def write(message: Message, found: Understanding) -> None:
    """Write what was understood onto a Rasa message.

    Rasa's rules know the first half of an intent only; the whole stands in `full_retrieval_intent_name`, where Rasa
    keeps it for retrieval intents, and in `understanding.intent`. Unsure is Rasa's own `nlu_fallback`.
    """
    message.set(INTENT, _rasa_intent(found.intent, found.confidence), add_to_output=True)
    ranking = [_rasa_intent(topic, share) for topic, share in found.ranking]
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set("understanding", found.as_dict(), add_to_output=True)


def _rasa_intent(topic: str, confidence: float) -> dict[str, Any]:
    outcome = topic.partition("/")[0]
    name = "nlu_fallback" if outcome == "clarify" else outcome
    return {"name": name, "full_retrieval_intent_name": topic, "confidence": confidence}
