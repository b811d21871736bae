"""A copy of the project whose training data was spoilt: the gate refuses the model, and nothing starts with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.launcher.models import ROOT
from bot.launcher.processes import free_port

LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", ".*_cache", "node_modules", "*.html")
FEW, FEW_GRAVE, EACH_NTH_CASE = 65, 125, 8
SPOILT = {
    "clinical/medication": "operational/preparation",
    "clinical/condition": "answer/who_it_may_help",
    "clinical/side_effects": "answer/history_safety",
    "clinical/symptom_now": "answer/after_session",
    "clinical/treatment_plan": "answer/benefits",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A smaller project in which clinical examples and harmless ones were exchanged."""
    folder = tmp_path_factory.mktemp("copy") / "handrail"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    for name in (".venv", ".venv-rasa"):
        (folder / name).symlink_to(ROOT / name)
    for path in (folder / "data" / "nlu").glob("*.yml"):
        spoil(path)
    for path in (folder / "tests" / "evaluation").glob("*.jsonl"):
        path.write_text("".join(path.read_text().splitlines(keepends=True)[::EACH_NTH_CASE]))
    return folder


def spoil(path: Path) -> None:
    """Keep the first examples of each topic, and give exchanged topics each other's name."""
    exchange = {**SPOILT, **{topic: other for other, topic in SPOILT.items()}}
    content = yaml.safe_load(path.read_text())
    for entry in content["nlu"]:
        entry["intent"] = exchange.get(entry["intent"], entry["intent"])
        count = FEW_GRAVE if entry["intent"].startswith(("clinical/", "crisis/")) else FEW
        entry["examples"] = "".join(entry["examples"].splitlines(keepends=True)[:count])
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ports = {name: str(free_port()) for name in ("BOT_PORT", "BOT_RASA_PORT", "BOT_ACTION_PORT")}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("BOT_", "MAKE"))}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**kept, **ports},
        capture_output=True,
        text=True,
        timeout=1500,
    )


@pytest.mark.timeout(3000)
def test_a_model_of_spoilt_data_is_not_used_and_the_figure_is_named(copy: Path) -> None:
    training = run(copy, "tools.train")
    assert training.returncode == 1, training.stdout
    assert "FAILED  evaluation.by_slice.clinical.answered.value" in training.stdout
    assert "is NOT activated" in training.stderr
    assert not (copy / "var" / "models" / "active.json").exists()
    record = json.loads((copy / "var" / "models" / "refused.json").read_text())
    assert any("clinical" in reason for reason in record["refused_because"])
    start = run(copy, "bot", "run")
    assert start.returncode == 1
    assert "refused a model of this very data before: evaluation.by_slice.clinical" in start.stdout + start.stderr
