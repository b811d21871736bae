"""Makes `content/weights/centre.json`, the middle of the sentence vectors: `python -m content.encoder_centre`.

The encoder's vectors lie close together, whatever the texts: what they have in common says nothing and hides what differs.
So the mean vector of ordinary texts, here of all training examples, is taken from each. It is made once for an encoder;
new examples do not call for a new one. Then put the SHA-256 that is printed into `content/pinned.py` and train everything
anew: `python -m content.crisis_training`, `make train`.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np

from content.encoder import CENTRE_SCALE, DIMENSIONS, SentenceEncoder
from content.pinned import CENTRE
from content.training_data import read_examples


def main() -> None:
    """Write the file and print its SHA-256."""
    as_they_come = SentenceEncoder(centre=np.zeros(DIMENSIONS, dtype=np.float32))
    vectors = as_they_come.encode([example.text for example in read_examples()])
    numbers = np.rint(vectors.mean(axis=0, dtype=np.float64) * CENTRE_SCALE).astype(int).tolist()
    CENTRE.path.write_text(json.dumps(numbers) + "\n", encoding="utf-8")
    print(f"{CENTRE.path}: {hashlib.sha256(CENTRE.path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
