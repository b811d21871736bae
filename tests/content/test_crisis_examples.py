"""The examples the crisis check learns from: every mistake is refused with its line, none is an evaluation text."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from content.crisis_examples import FILE, LABELS, ORDINARY, leaks, read_crisis_examples
from content.training_data import plain, read_examples
from content.yaml_lines import ContentError

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = "self_harm: |\n  - i have picked the day\nordinary: |\n  - the queue is killing me\n  # - not this\n"


def write(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_it_reads_the_shipped_examples_of_every_kind() -> None:
    count = Counter(one.label for one in read_crisis_examples())
    assert all(count[label] > 100 for label in LABELS), count


def test_it_says_where_an_example_stands(tmp_path: Path) -> None:
    found = read_crisis_examples(write(tmp_path, "ordinary: |\n\n  - one: two\n  -  - three\n"))
    assert [(one.text, one.label, one.line) for one in found] == [
        ("one: two", "ordinary", 3),
        ("- three", "ordinary", 4),
    ]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (GOOD, 5, "does not start with"),
        ("self-harm: |\n  - one\n", 1, "is not one of the kinds"),
        ("ordinary: |\n  - one\n  -\n", 3, "an example is empty"),
        ("ordinary: |\n  - one two\n  - One, two!\n", 3, r"is given twice \(first on line 2\)"),
        ("abuse: |\n  - one\nordinary: |\n  - one\n", 4, "stands under abuse as well"),
        ("ordinary:\n  - one\n", 1, r"Write `ordinary: \|`"),
        ("- one\n", 1, "a block of examples for each of"),
        ("ordinary: |\n  - one\n bad\n", 3, "cannot be read"),
    ],
)
def test_it_refuses_a_mistake_with_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    with pytest.raises(ContentError, match=problem) as refused:
        read_crisis_examples(write(tmp_path, text))
    assert refused.value.line == line


def test_it_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=FILE):
        read_crisis_examples(tmp_path)


def test_it_names_an_example_that_is_an_evaluation_text(tmp_path: Path) -> None:
    known = read_crisis_examples(write(tmp_path, "ordinary: |\n  - where do I park\n  - when are you open\n"))
    (complaint,) = leaks(known, ["Where do I PARK?", "who are you"])
    assert "line 2" in complaint
    assert "evaluation text" in complaint


def test_no_example_is_an_evaluation_text() -> None:
    files = sorted((ROOT / "tests" / "evaluation").glob("*.jsonl"))
    foreign = [json.loads(line)["text"] for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(foreign) > 1000
    assert not leaks(read_crisis_examples(), foreign)


def test_no_example_contradicts_the_topics() -> None:
    kinds = {f"crisis/{kind}": kind for kind in LABELS}
    topics = {plain(one.text): kinds.get(one.intent, ORDINARY) for one in read_examples()}
    assert not [one for one in read_crisis_examples() if topics.get(plain(one.text), one.label) != one.label]
