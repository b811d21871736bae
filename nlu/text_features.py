"""What a text shows besides its meaning: clinical findings, length, whom it speaks of, whether it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nlu.clinical import clinical_features

_SOMEONE = re.compile(
    r"\b(?:i|i'?m|i'?ve|me|my|he|she|his|her|husband|wife|partner|mum|mom|dad|son|daughter|friend)\b", re.IGNORECASE
)
_YOU = re.compile(r"\b(?:you|your|u|ur|do|does)\b", re.IGNORECASE)


def text_features(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return (len(texts), 16): the clinical features, log of the words, asks, speaks of someone, speaks to the clinic."""
    return np.array([_of(text) for text in texts], dtype=np.float64)


def _of(text: str) -> list[float]:
    found = clinical_features(text)
    asks = float(text.rstrip().endswith("?"))
    whom = [float(bool(pattern.search(text))) for pattern in (_SOMEONE, _YOU)]
    return [*(found[name] for name in sorted(found)), float(np.log1p(len(text.split()))), asks, *whom]
