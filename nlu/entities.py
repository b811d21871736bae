"""The Rasa component that marks what is clinical in a message: medicines, conditions, figures; shown to staff."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.clinical import ClinicalFinder, ClinicalFinding


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ClinicalEntities(GraphComponent, EntityExtractorMixin):
    """Adds `entities` to each message: {"entity", "value", "start", "end", "extractor", "attributes"}."""

    def __init__(self, finder: ClinicalFinder) -> None:
        """Build the component around a finder."""
        self._finder = finder

    @classmethod
    def create(
        cls,
        _config: dict[str, Any],
        _model_storage: ModelStorage,
        _resource: Resource,
        _execution_context: ExecutionContext,
    ) -> ClinicalEntities:
        """Build the component with the names of `data/`. Raises ContentError."""
        return cls(ClinicalFinder.load())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is found to each message that has a text; what other extractors found stays."""
        for message in messages:
            found = [_as_entity(one) for one in self._finder.find(str(message.get(TEXT) or ""))]
            entities = [*message.get(ENTITIES, []), *self.add_extractor_name(found)]
            message.set(ENTITIES, entities, add_to_output=True)
        return messages


def _as_entity(finding: ClinicalFinding) -> dict[str, Any]:
    return {
        "entity": finding.kind,
        "value": finding.value,
        "start": finding.start,
        "end": finding.end,
        "attributes": dict(finding.attributes),
    }
