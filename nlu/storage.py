"""Keeps a topic model in a folder: arrays in one .npz without pickle, the rest as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from content.encoder import ENCODER
from nlu.calibration import Knowledge
from nlu.kernel import KernelModel, KernelShape
from nlu.lexical import LexicalFeatures
from nlu.stacking import Stack
from nlu.topic_model import TopicModel

ARRAYS, REST = "topics.npz", "topics.json"
KERNEL_ARRAYS = ("centre", "examples", "distances", "along", "weights", "lexical_weights")


class ModelError(Exception):
    """A stored model cannot be used with this installation. The text says why and how to mend it."""


def save(model: TopicModel, folder: Path) -> None:
    """Write `model` into `folder`, which must exist."""
    np.savez(
        folder / ARRAYS,
        labels=model.labels,
        **{name: getattr(model.kernel, name) for name in KERNEL_ARRAYS},
        **{f"stack_{name}": value for name, value in vars(model.stack).items()},
    )
    rest = {
        "topics": model.topics,
        "texts": model.texts,
        "lexical": model.lexical.state(),
        "shape": asdict(model.kernel.shape),
        "knowledge": asdict(model.knowledge),
        "data_hash": model.data_hash,
        "encoder": ENCODER,
    }
    (folder / REST).write_text(json.dumps(rest, ensure_ascii=False), encoding="utf-8")


def load(folder: Path) -> TopicModel:
    """Read the model from `folder`. Raises ModelError."""
    try:
        rest = json.loads((folder / REST).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            kept = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError) as error:
        raise ModelError(f"The topic model in {folder} cannot be read ({error}). Train again.") from error
    if rest["encoder"] != ENCODER:
        raise ModelError("The topic model was trained with another sentence encoder than is installed. Train again.")
    shape = KernelShape(**rest["shape"])
    return TopicModel(
        topics=tuple(rest["topics"]),
        texts=tuple(rest["texts"]),
        labels=kept["labels"],
        lexical=LexicalFeatures.from_state(rest["lexical"]),
        kernel=KernelModel(shape, **{name: kept[name] for name in KERNEL_ARRAYS}),
        stack=Stack(**{name: kept[f"stack_{name}"] for name in Stack.__dataclass_fields__}),
        knowledge=Knowledge(**rest["knowledge"]),
        data_hash=rest["data_hash"],
    )
