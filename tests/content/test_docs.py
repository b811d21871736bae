"""The documents about content name every field that exists."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from content.answers import Answer
from content.hours import Opening, Week
from content.profile import ByTeam, Clinic, Operational

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


@pytest.mark.parametrize("kind", [Clinic, Operational, Week, Opening, ByTeam])
def test_every_field_of_the_profile_is_documented(kind: type[msgspec.Struct]) -> None:
    text = (DOCS / "clinic-profile.md").read_text(encoding="utf-8")
    documented = [name for name in kind.__struct_fields__ if f"`{name}`" in text]
    if kind is Week:  # the days between are told by "monday to sunday"
        assert documented == ["monday", "sunday"]
    else:
        assert documented == list(kind.__struct_fields__)


def test_every_field_of_an_answer_is_documented() -> None:
    text = (DOCS / "answers.md").read_text(encoding="utf-8")
    assert [name for name in Answer.__struct_fields__ if f"`{name}`" not in text] == []


def test_every_content_file_is_named() -> None:
    text = (DOCS / "answers.md").read_text(encoding="utf-8")
    for name in ("answers.yml", "clinic.yml", "messages.yml", "crisis_lines.yml", "topics.yml"):
        assert f"data/{name}" in text
