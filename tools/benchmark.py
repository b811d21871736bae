"""`make benchmark`: the shipped topic classifier on any labelled CSV, thresholds from the training file alone.

Runs in the Rasa environment. A CSV has the columns `text` and `label`; an empty label is out of scope.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from nlu.benchmark import Report, Row, measure


class CsvError(Exception):
    """A CSV file cannot be used. The text names the file and the line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, test, print the report as JSON and write it to --out; 2 when a file cannot be used."""
    parser = argparse.ArgumentParser(prog="make benchmark", description=__doc__)
    parser.add_argument("--train", required=True, type=Path, help="CSV to train on")
    parser.add_argument("--test", required=True, type=Path, help="CSV to test on")
    parser.add_argument("--out", type=Path, help="file for the report (JSON)")
    options = parser.parse_args(arguments)
    try:
        train, test = read(options.train), read(options.test)
        report = measure(train, test, Path(__file__).resolve().parent.parent / "config.yml")
    except (CsvError, ValueError) as error:
        print(f"make benchmark: {error}", file=sys.stderr)
        return 2
    text = json.dumps(as_json(report), indent=2)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    return 0


def read(path: Path) -> list[Row]:
    """Return the rows of `path`. Raises CsvError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"text", "label"} <= set(reader.fieldnames or ()):
                raise CsvError(f"{path}, line 1: needs the columns `text` and `label`.")
            return [_row(path, reader.line_num, raw) for raw in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CsvError(f"{path} cannot be read: {error}") from error


def as_json(report: Report) -> dict[str, float | None]:
    """Return the report's figures, rounded."""
    milliseconds = sorted(1000 * seconds for seconds in report.seconds)
    return {
        "accuracy": round(report.accuracy, 4),
        "in_scope_accuracy": _rounded(report.in_scope_accuracy),
        "out_of_scope_recall": _rounded(report.out_of_scope_recall),
        "mcc": round(report.mcc, 4),
        "threshold": round(report.threshold, 4),
        "train_seconds": round(report.train_seconds, 2),
        "p50_ms": round(statistics.median(milliseconds), 2),
        "p95_ms": round(milliseconds[min(len(milliseconds) - 1, int(0.95 * len(milliseconds)))], 2),
    }


def _row(path: Path, line: int, raw: dict[str, str | None]) -> Row:
    text, label = raw.get("text"), raw.get("label")
    if text is None or label is None:
        raise CsvError(f"{path}, line {line}: needs a text and a label (which may be empty).")
    return Row(text, label.strip())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    sys.exit(main())
