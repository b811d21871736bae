"""The topic classifier's settings, as `config.yml` gives them; used alike by Rasa, the validation and the benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from nlu.kernel import KernelShape
from nlu.topic_model import TrainingShape

COMPONENT = "nlu.classifier.TopicClassifier"
DEFAULTS: dict[str, Any] = {
    "sharpness": 1.0,
    "lexical": 0.1,
    "noise": 0.1,
    "foreign_share": 0.5,
    "unknown_share": 0.05,
    "seed": 0,
    "costs": {},
}


class SettingsError(ValueError):
    """The settings cannot be used. The text names the file and the setting."""


def classifier_settings(config: Path) -> dict[str, Any]:
    """Return the topic classifier's settings from the pipeline of `config`, defaults included.

    Raises:
        SettingsError: unreadable, no such component, or a setting that does not exist.
    """
    try:
        root = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{config} cannot be read: {error}") from error
    for part in root.get("pipeline") or []:
        if part.get("name") == COMPONENT:
            given = {key: value for key, value in part.items() if key != "name"}
            unknown = sorted(set(given) - set(DEFAULTS))
            if unknown:
                raise SettingsError(f"{config}: {COMPONENT}: {unknown[0]} is no known setting. Correct or remove it.")
            return {**DEFAULTS, **given}
    raise SettingsError(f"{config}: the pipeline has no {COMPONENT}. Add it.")


def training_shape(settings: Mapping[str, Any]) -> TrainingShape:
    """Return what training needs of the settings."""
    shape = KernelShape(float(settings["sharpness"]), float(settings["lexical"]), float(settings["noise"]))
    return TrainingShape(
        shape, float(settings["foreign_share"]), float(settings["unknown_share"]), int(settings["seed"])
    )
