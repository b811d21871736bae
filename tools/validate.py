"""Checks every content file and the training data; prints each complaint with file and line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from content.answers import load_answers
from content.crisis import CrisisMatcher
from content.crisis_examples import leaks, read_crisis_examples
from content.messages import load_messages
from content.profile import load_profile
from content.topics import DATA, intents, load_topics
from content.training_data import check_examples, read_examples
from content.yaml_lines import ContentError
from tools.cases import read_cases

EVALUATION = Path(__file__).resolve().parent.parent / "tests" / "evaluation"


def complaints(data: Path = DATA) -> Iterator[str]:
    """Yield what is wrong, a sentence each; nothing when all can be used."""
    loaders: list[Callable[[Path], object]] = [
        load_topics,
        load_profile,
        load_answers,
        load_messages,
        CrisisMatcher.load,
    ]
    for load in loaders:
        try:
            load(data)
        except ContentError as error:
            yield str(error)
    files = sorted(EVALUATION.glob("*.jsonl"))
    foreign = [case.text for case in read_cases(files)] if files else []
    try:
        yield from leaks(read_crisis_examples(data), foreign)
        yield from check_examples(read_examples(data), intents(load_topics(data)), foreign)
    except ContentError as error:
        yield str(error)


def main() -> int:
    """Return 1 where something is wrong."""
    found = list(complaints())
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
