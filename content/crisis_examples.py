"""Reads and checks `data/crisis_examples.yml`: what people write in danger, and what only sounds like it.

The file holds a block of text for each kind of danger and for `ordinary`, one example a line after "- ".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from content.red_flags import KINDS
from content.spelling import DATA
from content.training_data import plain
from content.yaml_lines import ContentError

FILE = "crisis_examples.yml"
ORDINARY = "ordinary"
LABELS = (*KINDS, ORDINARY)


class CrisisExample(NamedTuple):
    """One example; `label` is a kind of danger or "ordinary", `line` where it stands."""

    text: str
    label: str
    line: int


def read_crisis_examples(data: Path = DATA) -> list[CrisisExample]:
    """Return every example, in order.

    Raises:
        ContentError: unreadable, an unknown kind, an empty example, one given twice or under two kinds.
    """
    path = data / FILE
    first: dict[str, CrisisExample] = {}
    for example in _read(path):
        key = plain(example.text)
        if key in first:
            other = first[key]
            problem = "is given twice" if other.label == example.label else f"stands under {other.label} as well"
            where = f"(first on line {other.line}). Keep one."
            raise ContentError(path, example.line, example.label, f"{example.text!r} {problem} {where}")
        first[key] = example
    return list(first.values())


def leaks(examples: Iterable[CrisisExample], foreign: Iterable[str]) -> list[str]:
    """Return a complaint for each example that is also in `foreign`, the texts the check is measured with."""
    evaluation = {plain(text) for text in foreign}
    return [
        f"data/{FILE}, line {one.line}: {one.text!r} is an evaluation text. Remove it from the examples."
        for one in examples
        if plain(one.text) in evaluation
    ]


def _read(path: Path) -> Iterator[CrisisExample]:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise ContentError(path, line, "", f"cannot be read: {error}") from error
    if not isinstance(root, yaml.MappingNode):
        raise ContentError(path, 1, "", f"should hold a block of examples for each of {', '.join(LABELS)}.")
    for key, block in root.value:
        yield from _block(path, str(key.value), key.start_mark.line + 1, block)


def _block(path: Path, label: str, line: int, block: yaml.Node) -> Iterator[CrisisExample]:
    if label not in LABELS:
        raise ContentError(path, line, label, f"is not one of the kinds: {', '.join(LABELS)}. Check its spelling.")
    if not isinstance(block, yaml.ScalarNode) or block.style != "|":
        raise ContentError(path, line, label, f"should be a block of lines. Write `{label}: |` and the examples below.")
    for number, written in enumerate(block.value.splitlines(), line + 1):
        text = written.strip()
        if not text:
            continue
        if not text.startswith("- ") or not text[2:].strip():
            raise ContentError(path, number, label, "an example is empty or does not start with `- `.")
        yield CrisisExample(text[2:].strip(), label, number)
