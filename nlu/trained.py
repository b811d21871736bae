"""Reads out of a trained Rasa model: the topic model, how it judged what was left out, and its examples' sentence vectors."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from content.encoder import Encoder, Vectors
from nlu import storage
from nlu.topic_model import LeftOut, TopicModel

COMPONENT = "TopicClassifier"
LAST_MODEL = "HANDRAIL_LAST_MODEL"
"""Environment variable: the Rasa model (.tar.gz) trained last, whose examples need not be encoded again."""


class Remembering:
    """An encoder that need not encode again what `model` was trained with."""

    def __init__(self, model: TopicModel, encoder: Encoder) -> None:
        kernel = model.kernel
        vectors = kernel.examples * kernel.distances[:, None] + kernel.centre
        self._known = dict(zip(model.texts, vectors.astype(np.float32), strict=False))  # the topics' names come last
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order: float32 of shape (len(texts), 384)."""
        new = [text for text in texts if text not in self._known]
        found = {**self._known, **dict(zip(new, self._encoder.encode(new), strict=True))} if new else self._known
        return np.array([found[text] for text in texts], dtype=np.float32)


def remembering_last(encoder: Encoder) -> Encoder:
    """Return `encoder` with what the model named by HANDRAIL_LAST_MODEL was trained with, where there is one of this encoder."""
    last = os.environ.get(LAST_MODEL)
    try:
        return Remembering(topic_model(Path(last)), encoder) if last else encoder
    except storage.ModelError:
        return encoder  # made with another encoder, or spoilt: everything is encoded anew


def topic_model(archive: Path) -> TopicModel:
    """Return the topic model in Rasa's `archive` (.tar.gz). Raises ModelError."""
    with _unpacked(archive) as folder:
        return storage.load(folder)


def with_left_out(archive: Path) -> tuple[TopicModel, LeftOut]:
    """Return the topic model in `archive`, and how its training judged what it left out. Raises ModelError."""
    with _unpacked(archive) as folder:
        return storage.load(folder), storage.load_left_out(folder)


@contextmanager
def _unpacked(archive: Path) -> Iterator[Path]:
    try:
        with tempfile.TemporaryDirectory(prefix="handrail-model-") as folder, tarfile.open(archive) as packed:
            for member in packed.getmembers():
                path, content = Path(member.name), packed.extractfile(member)
                if COMPONENT in path.parent.name and content:
                    (Path(folder) / path.name).write_bytes(content.read())
            yield Path(folder)
    except (OSError, tarfile.TarError) as error:
        raise storage.ModelError(f"The model {archive} cannot be read ({error}). Train again.") from error
