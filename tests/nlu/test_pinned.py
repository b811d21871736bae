"""A changed or missing weight file is refused by name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from content.pinned import CENTRE, SENTENCE_ENCODER, VOCABULARY, PinnedFile, PinnedFileError


@pytest.mark.parametrize("file", [SENTENCE_ENCODER, VOCABULARY, CENTRE], ids=lambda file: file.path.name)
def test_it_accepts_the_shipped_files(file: PinnedFile) -> None:
    assert hashlib.sha256(file.read()).hexdigest() == file.sha256


def test_it_refuses_a_changed_file_by_name(tmp_path: Path) -> None:
    changed = tmp_path / "vocab.txt"
    changed.write_bytes(VOCABULARY.path.read_bytes() + b"x")
    with pytest.raises(PinnedFileError, match=r"vocab\.txt is not the file .* Restore it"):
        PinnedFile(changed, VOCABULARY.sha256, "Restore it.").read()


def test_it_refuses_a_missing_file_by_name(tmp_path: Path) -> None:
    with pytest.raises(PinnedFileError, match=r"model\.onnx cannot be read"):
        PinnedFile(tmp_path / "model.onnx", SENTENCE_ENCODER.sha256, "Install it.").read()
