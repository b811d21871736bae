"""`make benchmark` gives the agreed figures, and names what is wrong with a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.nlu.small_model import small_model
from tools import benchmark

KEYS = {
    "accuracy", "in_scope_accuracy", "out_of_scope_recall", "mcc", "threshold", "train_seconds", "p50_ms", "p95_ms",
}  # fmt: skip


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    model = small_model()
    named = [(text, model.topics[label]) for text, label in zip(model.texts, model.labels, strict=True)]
    return [(text, topic) for text, topic in named if topic.startswith(("operational/", "clinical/"))]


def test_it_reports_the_agreed_figures(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    train = write(tmp_path / "train.csv", rows[::2] + rows[1::4])
    foreign = [("my printer is out of toner", ""), ("who won the cricket", ""), ("sing me a song about rain", "")]
    test, out = write(tmp_path / "test.csv", rows[3::4] + foreign), tmp_path / "report.json"
    assert benchmark.main(["--train", str(train), "--test", str(test), "--out", str(out)]) == 0
    report = json.loads(out.read_text())
    assert set(report) == KEYS
    assert report["in_scope_accuracy"] > 0.5
    assert report["out_of_scope_recall"] >= 2 / 3
    assert 0 < report["threshold"] < 1
    assert report["p50_ms"] <= report["p95_ms"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("question,label\na,b\n", "line 1: needs the columns `text` and `label`"),
        ("text,label\nonly one column\n", "line 2: needs a text and a label"),
    ],
)
def test_it_names_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    path = tmp_path / "train.csv"
    path.write_text(content)
    assert benchmark.main(["--train", str(path), "--test", str(path)]) == 2
    assert complaint in capsys.readouterr().err


def test_it_names_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main(["--train", str(tmp_path / "no.csv"), "--test", str(tmp_path / "no.csv")]) == 2
    assert "no.csv cannot be read" in capsys.readouterr().err
