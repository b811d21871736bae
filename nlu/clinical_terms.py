"""Names of medicines and conditions: `data/medicines.yml`, `data/conditions.yml` and a maintained dictionary of medicines."""

from __future__ import annotations

import bz2
import importlib.util
import pickle
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from content.spelling import DATA, distance
from content.yaml_lines import read_yaml

DICTIONARY = "drug_named_entity_recognition"
_NAME = re.compile(r"[a-z][a-z-]{4,}")


class _Medicines(msgspec.Struct, forbid_unknown_fields=True):
    classes: dict[str, dict[str, tuple[str, ...]]]
    ordinary_words: tuple[str, ...]


class _Conditions(msgspec.Struct, forbid_unknown_fields=True):
    groups: dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Term:
    """What a name stands for: `value` is the usual name, `group` its class ("SSRI", "heart and circulation", "")."""

    kind: str
    value: str
    group: str


@dataclass(frozen=True)
class Terms:
    """`names`: every name in lower case. `fuzzy`: single words of our own lists that are recognised misspelt.

    `ordinary`: words that are never taken for a misspelt name.
    """

    names: dict[str, Term]
    fuzzy: dict[str, Term]
    ordinary: frozenset[str]

    def nearest(self, word: str) -> Term | None:
        """Return what a misspelt `word` stands for: one slip from seven letters on, two from ten on, the same first letter."""
        if len(word) < 7 or not word.isalpha() or word in self.ordinary:
            return None
        reach = 1 if len(word) < 10 else 2
        near = [
            (distance(word, name), name)
            for name in self.fuzzy
            if name[0] == word[0] and abs(len(name) - len(word)) <= reach
        ]
        close = min(near, default=(reach + 1, ""))
        return self.fuzzy[close[1]] if close[0] <= reach else None


@cache
def load_terms(data: Path = DATA) -> Terms:
    """Read both files and the dictionary. Raises ContentError."""
    medicines, _ = read_yaml(data / "medicines.yml", _Medicines)
    conditions, _ = read_yaml(data / "conditions.yml", _Conditions)
    own = {**_own("condition", conditions.groups), **_own("medicine", medicines.classes)}
    ordinary = frozenset(medicines.ordinary_words)
    names = {name: term for name, term in _dictionary().items() if name not in ordinary}
    fuzzy = {name: term for name, term in own.items() if name.isalpha() and len(name) > 6}
    return Terms({**names, **own}, fuzzy, ordinary)


def _own(kind: str, groups: dict[str, dict[str, tuple[str, ...]]]) -> dict[str, Term]:
    return {
        name.lower(): Term(kind, value, group)
        for group, entries in groups.items()
        for value, others in entries.items()
        for name in (value, *others)
    }


def _dictionary() -> dict[str, Term]:
    """Return the single-word names of the dictionary; the file is read alone, as its package would index it for a second."""
    spec = importlib.util.find_spec(DICTIONARY)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"The package {DICTIONARY} is missing. Install requirements/rasa.txt.")
    with bz2.open(Path(spec.submodule_search_locations[0]) / "drug_ner_dictionary.pkl.bz2") as file:
        variants: dict[str, list[str]] = pickle.load(file)["drug_variant_to_canonical"]  # noqa: S301 - a pinned, hashed package
    return {name: Term("medicine", meant[0], "") for name, meant in variants.items() if _NAME.fullmatch(name)}
