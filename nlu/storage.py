"""Keeps a topic model in a folder: arrays in one .npz without pickle, the rest as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from content.encoder import ENCODER
from nlu.calibration import Knowledge
from nlu.kernel import KernelModel, KernelShape
from nlu.lexical import LexicalFeatures
from nlu.stacking import Stack
from nlu.topic_model import LeftOut, TopicModel

ARRAYS, REST, LEFT_OUT = "topics.npz", "topics.json", "left-out.npz"
JUDGED = ("scores", "nearness", "familiar")
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


def save_left_out(judged: LeftOut, folder: Path) -> None:
    """Write what cross-validation reads beside the model; understanding needs none of it."""
    rows = judged.rows
    np.savez(
        folder / LEFT_OUT,
        sizes=np.array([len(part) for part in judged.parts]),
        rows=rows,
        count=np.array(len(judged.scores)),
        scores=judged.scores[rows],
        nearness=judged.nearness[rows],
        familiar=judged.familiar[rows],
    )


def load_left_out(folder: Path) -> LeftOut:
    """Read what `save_left_out` wrote. Raises ModelError."""
    try:
        with np.load(folder / LEFT_OUT, allow_pickle=False) as kept:
            rows, count = kept["rows"], int(kept["count"])
            parts = tuple(np.split(rows, np.cumsum(kept["sizes"])[:-1]))
            wide = {name: np.zeros((count, *kept[name].shape[1:]), kept[name].dtype) for name in JUDGED}
            for name, values in wide.items():
                values[rows] = kept[name]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"What was left out in training cannot be read in {folder} ({error}). Train again.") from error
    return LeftOut(parts, **wide)


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
    try:
        return _model(rest, kept)
    except (KeyError, TypeError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ModelError(f"The topic model in {folder} is of another version ({why}). Train again.") from error


def _model(rest: Mapping[str, Any], kept: Mapping[str, Any]) -> TopicModel:
    return TopicModel(
        topics=tuple(rest["topics"]),
        texts=tuple(rest["texts"]),
        labels=kept["labels"],
        lexical=LexicalFeatures.from_state(rest["lexical"]),
        kernel=KernelModel(KernelShape(**rest["shape"]), **{name: kept[name] for name in KERNEL_ARRAYS}),
        stack=Stack(**{name: kept[f"stack_{name}"] for name in Stack.__dataclass_fields__}),
        knowledge=Knowledge(rest["knowledge"]["slope"], rest["knowledge"]["bias"]),
        data_hash=rest["data_hash"],
    )
