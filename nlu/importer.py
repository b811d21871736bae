"""Reads the training data so that `outcome/topic` intents need no ResponseSelector.

Rasa takes such intents for retrieval intents, adds an action `utter_<outcome>` for each and then warns that it has no
response. Our replies are composed by the action server, so Rasa's core needs the outcome alone; the topic stays with
the example, where `Message.get_full_intent()` finds it.
"""

from __future__ import annotations

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

TOPIC = "topic"


class TopicMessage(Message):
    """A training example: `intent` is the outcome, `topic` the whole `outcome/topic`."""

    def get_full_intent(self) -> str:
        return str(self.data[TOPIC])


class TopicImporter(RasaFileImporter):
    """Rasa's own file importer, with examples that carry their topic."""

    @cached_method  # Rasa asks for it twice in a training
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        data = super().get_nlu_data(language)
        examples = [_with_topic(example) for example in data.training_examples]
        return TrainingData(examples, data.entity_synonyms, data.regex_features, data.lookup_tables, data.responses)


def _with_topic(example: Message) -> Message:
    topic = example.get(INTENT_RESPONSE_KEY)
    if not topic:
        return example
    data = {key: value for key, value in example.data.items() if key != INTENT_RESPONSE_KEY}
    return TopicMessage({**data, TOPIC: topic}, example.output_properties, example.time, example.features)
