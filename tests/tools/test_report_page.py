"""The page to look at is written whatever was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.model import Outcome, Reply
from tools.cases import Case
from tools.report_page import write_page
from tools.score import Scored, summarise


@pytest.mark.parametrize("parts", [(), ("operational:cost",)])
def test_it_names_what_came_and_how_many_of_several_questions_were_answered(
    tmp_path: Path, parts: tuple[str, ...]
) -> None:
    case = Case(text="and <b>how</b> much?", outcome="operational", topic="cost", slice="s", parts=parts)
    scored = [Scored(case, Reply("...", Outcome.CLARIFY, "unsure"), 0.01)]
    write_page(scored, summarise(scored), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "and &lt;b&gt;how&lt;/b&gt; much?" in page
    assert ("of 1 general questions answered" in page) is bool(parts)
