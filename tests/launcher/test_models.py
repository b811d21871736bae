"""Which model serves: only one that was activated, unchanged, and never half written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.launcher.models import ActiveModel, activate, file_sha256, fingerprint, models_dir, read_active


def make(data_dir: Path, name: str, content: bytes = b"model") -> ActiveModel:
    model = models_dir(data_dir) / name
    model.write_bytes(content)
    return ActiveModel(name, "print", "2026-01-01T00:00:00+00:00", file_sha256(model), {"recall": 1.0})


def test_it_reads_back_what_was_activated(tmp_path: Path) -> None:
    model = make(tmp_path, "a.tar.gz")
    activate(tmp_path, model)
    assert read_active(tmp_path) == model


def test_no_model_was_ever_activated(tmp_path: Path) -> None:
    assert read_active(tmp_path) is None


def test_it_keeps_the_last_good_model_and_removes_older_ones(tmp_path: Path) -> None:
    for name in ("a.tar.gz", "b.tar.gz", "c.tar.gz"):
        activate(tmp_path, make(tmp_path, name))
    assert {path.name for path in models_dir(tmp_path).glob("*.tar.gz")} == {"b.tar.gz", "c.tar.gz"}


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    activate(tmp_path, make(tmp_path, "a.tar.gz"))
    (models_dir(tmp_path) / "a.tar.gz").write_bytes(b"other")
    with pytest.raises(SetupError, match="changed since it passed"):
        read_active(tmp_path)


def test_a_missing_model_and_a_damaged_record_are_refused(tmp_path: Path) -> None:
    activate(tmp_path, make(tmp_path, "a.tar.gz"))
    (models_dir(tmp_path) / "a.tar.gz").unlink()
    with pytest.raises(SetupError, match="gone"):
        read_active(tmp_path)
    (models_dir(tmp_path) / "active.json").write_text(json.dumps({"file": "a"}))
    with pytest.raises(SetupError, match="damaged"):
        read_active(tmp_path)


def test_the_fingerprint_follows_the_training_data(tmp_path: Path) -> None:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "answer.yml").write_text("a")
    before = fingerprint(tmp_path)
    (tmp_path / "README.md").write_text("not trained on")
    assert fingerprint(tmp_path) == before
    (tmp_path / "data" / "nlu" / "answer.yml").write_text("b")
    assert fingerprint(tmp_path) != before
