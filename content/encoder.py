"""Sentence vectors from bge-small-en-v1.5 (int8, ONNX Runtime) with BERT's uncased WordPiece vocabulary."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import BertWordPieceTokenizer

from content.encoder_graph import ARITHMETIC, without_sign
from content.pinned import CENTRE, SENTENCE_ENCODER, VOCABULARY

Vectors = npt.NDArray[np.float32]
Packed = dict[str, str]
"""A vector on its way to another process: `encoder` names what made it, `text` is a SHA-256, `numbers` is base64."""

ENCODER = hashlib.sha256(
    "/".join([SENTENCE_ENCODER.sha256, VOCABULARY.sha256, CENTRE.sha256, ARITHMETIC]).encode()
).hexdigest()
"""Stands for the encoder: vectors of another cannot be compared with its own."""

DIMENSIONS = 384
MAX_TOKENS = 512  # all that the encoder can read, so that 2,000 characters without a full stop are read to their end
CENTRE_SCALE = 100_000  # centre.json holds hundred-thousandths, as whole numbers
FEW = 16  # up to so many texts are looked for among the vectors that are kept
KEPT = 64  # vectors of the last texts, so that a message read by two readers is encoded once
LENGTH_ERROR = 1e-3


class Encoder(Protocol):
    """Whatever turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order: float32 of shape (len(texts), 384)."""
        ...


class SentenceEncoder:
    """Turns texts into unit vectors of 384 numbers. Thread-safe; use `shared_encoder()`, loading takes half a second.

    A vector is the mean of what the model says of each word piece, about the `centre`: the mean of ordinary texts.
    """

    def __init__(self, centre: Vectors | None = None) -> None:
        """Load the pinned files. Raises PinnedFileError."""
        self._centre = _pinned_centre() if centre is None else centre
        vocabulary = VOCABULARY.read().decode("utf-8").splitlines()
        self._tokenizer = BertWordPieceTokenizer(
            {word: number for number, word in enumerate(vocabulary)}, lowercase=True
        )
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._kept: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = Lock()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one core a call; texts run side by side instead
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            without_sign(SENTENCE_ENCODER.read()), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order: float32 of shape (len(texts), 384)."""
        if len(texts) > FEW:
            return self._encode(texts)
        keys = [_key(text) for text in texts]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [(key, text) for key, text in zip(keys, texts, strict=True) if key not in known]
        known.update(zip([key for key, _ in missing], self._encode([text for _, text in missing]), strict=True))
        self._keep(known)
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(len(texts), DIMENSIONS)

    def packed(self, text: str) -> Packed:
        """Return the vector of `text` for `remember` in another process; empty where it is no longer known."""
        key = _key(text)
        with self._lock:
            vector = self._kept.get(key)
        if vector is None:
            return {}
        numbers = base64.b64encode(vector.astype("<f4").tobytes()).decode()
        return {"encoder": ENCODER, "text": key.hex(), "numbers": numbers}

    def remember(self, packed: Mapping[str, str]) -> bool:
        """Keep what another process `packed`, so that it is not computed twice; False where it is not of this encoder."""
        try:
            if packed["encoder"] != ENCODER:
                return False
            key = bytes.fromhex(packed["text"])
            vector = np.frombuffer(base64.b64decode(packed["numbers"], validate=True), dtype="<f4")
        except (KeyError, TypeError, ValueError, binascii.Error):
            return False
        if vector.shape != (DIMENSIONS,) or not abs(float(vector @ vector) - 1.0) < LENGTH_ERROR:
            return False
        self._keep({key: vector})
        return True

    def _keep(self, vectors: Mapping[bytes, Vectors]) -> None:
        with self._lock:
            for key, vector in vectors.items():
                self._kept[key] = vector
                self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """Encode one text at a time: its rounding depends on all that is encoded with it, and filling up costs time."""
        if len(texts) <= FEW:
            found = [self._pooled(text) for text in texts]
        else:
            with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
                found = list(pool.map(self._pooled, texts))
        vectors = np.array(found, dtype=np.float32).reshape(len(texts), DIMENSIONS)
        return unit(unit(vectors) - self._centre)

    def _pooled(self, text: str) -> Vectors:
        """Return the sum of the model's vectors for the word pieces of `text`."""
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return np.asarray(self._session.run(None, inputs)[0][0].sum(axis=0), dtype=np.float32)


def _pinned_centre() -> Vectors:
    return np.asarray(np.array(json.loads(CENTRE.read())) / CENTRE_SCALE, dtype=np.float32)


def _key(text: str) -> bytes:
    """Return what stands for `text`, which is not kept itself."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


@cache
def shared_encoder() -> SentenceEncoder:
    """Return the process's one encoder. Raises PinnedFileError."""
    return SentenceEncoder()


def unit(vectors: Vectors) -> Vectors:
    """Return the rows scaled to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
