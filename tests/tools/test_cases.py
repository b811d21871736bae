"""Case files: what is read, and how a bad line is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.cases import CasesError, read_cases


def write(folder: Path, *lines: str) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_only_the_text_is_required(tmp_path: Path) -> None:
    (case,) = read_cases([write(tmp_path, '{"text": "is it safe"}', "")])
    assert (case.text, case.id, case.outcome) == ("is it safe", "cases-1", "")


def test_it_reads_numbers_as_ids_and_null_as_nothing(tmp_path: Path) -> None:
    (case,) = read_cases([write(tmp_path, '{"id": 7, "text": "a", "topic": null, "also_ok": null}')])
    assert (case.id, case.topic, case.also_ok) == ("7", "", ())


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("{", "line 1"),
        ("[]", "line 1"),
        ('{"id": "a"}', "text"),
        ('{"text": "  "}', "`text` is empty"),
        ('{"text": "a", "outcome": "anser"}', "anser"),
        ('{"text": "a", "topic": "prise"}', "prise"),
        ('{"text": 3}', "text"),
        ('{"text": "a", "parts": ["operational:cost|answer:cost"]}', "answer:cost"),
    ],
)
def test_a_bad_line_is_refused_by_name(tmp_path: Path, line: str, names: str) -> None:
    with pytest.raises(CasesError, match=names):
        read_cases([write(tmp_path, line)])


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(CasesError, match="used twice"):
        read_cases([write(tmp_path, '{"id": "a", "text": "b"}', '{"id": "a", "text": "c"}')])


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasesError, match="no cases"):
        read_cases([write(tmp_path, "")])
    with pytest.raises(CasesError, match="cannot be read"):
        read_cases([tmp_path / "gone.jsonl"])
