"""The taxonomy of `data/topics.yml`: which outcomes and topics exist."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from content.yaml_lines import read_yaml

DATA = Path(__file__).resolve().parent.parent / "data"


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a topic asks about, in the words of the taxonomy, and the facts its answer may state."""

    asks: str = ""
    facts: tuple[str, ...] = ()


Taxonomy = dict[str, dict[str, Topic]]


@cache
def load_topics(data: Path = DATA) -> Taxonomy:
    """Return outcome -> topic -> Topic. Raises ContentError."""
    taxonomy, _ = read_yaml(data / "topics.yml", Taxonomy)
    return taxonomy


def intents(taxonomy: Taxonomy) -> list[str]:
    """Return every `outcome/topic`, in the file's order."""
    return [f"{outcome}/{topic}" for outcome, topics in taxonomy.items() for topic in topics]
