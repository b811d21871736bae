"""Reads and checks the training examples of `data/nlu/*.yml` (Rasa's format), naming file and line of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from content.topics import DATA, intents, load_topics
from content.yaml_lines import ContentError

FEWEST = 60
FEWEST_GRAVE = 120
GRAVE = ("clinical", "crisis")


@dataclass(frozen=True)
class Example:
    """One example; `intent` is `outcome/topic`."""

    text: str
    intent: str
    path: Path
    line: int


def read_examples(data: Path = DATA) -> list[Example]:
    """Return every example of `data/nlu`, in order.

    Raises:
        ContentError: not YAML, not Rasa's shape, an unknown topic or an empty example.
    """
    known = set(intents(load_topics(data)))
    files = sorted((data / "nlu").glob("*.yml"))
    if not files:
        raise ContentError(data / "nlu", 1, "", "holds no training examples.")
    return [example for path in files for example in _read_file(path, known)]


def check_examples(examples: Iterable[Example], topics: Iterable[str], foreign: Iterable[str] = ()) -> list[str]:
    """Return complaints: duplicates, contradictions, too few, and examples that are also in `foreign` (evaluation texts)."""
    complaints: list[str] = []
    first: dict[str, Example] = {}
    count = dict.fromkeys(topics, 0)
    evaluation = {plain(text) for text in foreign}
    for example in examples:
        count[example.intent] += 1
        key = plain(example.text)
        where = f"{example.path}, line {example.line}: {example.text!r}"
        if key in first:
            other = first[key]
            what = (
                "is given twice"
                if other.intent == example.intent
                else f"stands under {example.intent} and under {other.intent}"
            )
            complaints.append(f"{where} {what} (first in {other.path.name}, line {other.line}). Keep one.")
        if key in evaluation:
            complaints.append(f"{where} is an evaluation text. Remove it from the training data.")
        first.setdefault(key, example)
    for intent, number in count.items():
        fewest = FEWEST_GRAVE if intent.startswith(GRAVE) else FEWEST
        if number < fewest:
            complaints.append(f"{intent} has {number} examples; at least {fewest} are needed.")
    return complaints


def plain(text: str) -> str:
    """Return `text` without case and punctuation, for comparing."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip() or text.strip()


def _read_file(path: Path, known: set[str]) -> Iterator[Example]:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise ContentError(path, line, "", f"cannot be read: {error}") from error
    blocks = dict(_pairs(path, root)).get("nlu")
    if not isinstance(blocks, yaml.SequenceNode):
        raise ContentError(path, 1, "nlu", "is missing. Put the intents in a list under `nlu:`.")
    for block in blocks.value:
        yield from _read_block(path, block, known)


def _read_block(path: Path, block: yaml.Node, known: set[str]) -> Iterator[Example]:
    fields = dict(_pairs(path, block))
    line = block.start_mark.line + 1
    intent, examples = fields.get("intent"), fields.get("examples")
    if not isinstance(intent, yaml.ScalarNode) or not isinstance(examples, yaml.ScalarNode):
        raise ContentError(path, line, "", "needs `intent:` and `examples: |`.")
    if intent.value not in known:
        raise ContentError(path, line, "intent", f"{intent.value} is no topic of data/topics.yml. Check its spelling.")
    for offset, text in enumerate(examples.value.splitlines(), examples.start_mark.line + 2):
        stripped = text.strip()
        if not stripped:
            continue
        if not stripped.startswith("-") or not stripped[1:].strip():
            raise ContentError(
                path, offset, intent.value, "an example is empty or does not start with `- `. Write it after the dash."
            )
        yield Example(stripped[1:].strip(), intent.value, path, offset)


def _pairs(path: Path, node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise ContentError(path, node.start_mark.line + 1 if node else 1, "", "should be fields with values.")
    for key, value in node.value:
        yield str(key.value), value
