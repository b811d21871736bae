"""`make train`: checks the data, trains, measures, and activates the model only when it passes the safety gate.

The running model stays whatever goes wrong. `--force` trains although nothing changed.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.errors import HandrailError, SetupError
from bot.launcher.models import ROOT, ActiveModel, activate, file_sha256, fingerprint, models_dir, read_active
from bot.launcher.programs import QUIET, rasa_python
from bot.launcher.run import say
from bot.settings import Settings
from tools import validate
from tools.cases import read_cases
from tools.evaluate import evaluate, print_summary
from tools.gate import Bound, hold_against
from tools.safety_card import write_card
from tools.score import Scored, summarise

REFUSED = "refused.json"
LAST_MODEL = "HANDRAIL_LAST_MODEL"  # nlu/trained.py: what that model was trained with is not encoded again


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when a model for the present data is active, 1 when the old one (if any) stays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train although the active model fits the data")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.load()
        if not options.force and _is_current(settings):
            say("The active model was trained on this data and passed the safety gate. (FORCE=1 trains anew.)")
            return 0
        if not options.force and (bound := _refused_before(settings)):
            raise SetupError(
                f"the safety gate refused a model of this very data before: {bound}. Mend the data, or try again all the "
                "same with: make train FORCE=1"
            )
        with _one_at_a_time(settings):
            return train(settings)
    except HandrailError as error:
        print(f"Training stopped: {error}", file=sys.stderr)
        return 1


def train(settings: Settings) -> int:
    """Train, measure and, where every bound holds, activate."""
    complaints = list(validate.complaints())
    if complaints:
        raise SetupError(
            "the content or the training data cannot be used; the running model stays:\n  " + "\n  ".join(complaints)
        )
    started, print_of_data = time.monotonic(), fingerprint()
    with tempfile.TemporaryDirectory(prefix="handrail-train-") as folder:
        model = _rasa_train(Path(folder), settings)
        trained = time.monotonic() - started
        say(f"Trained in {trained:.0f} s. Cross-validating ...")
        figures: dict[str, Any] = {
            "train_seconds": round(trained, 1),
            "cross_validation": _cross_validate(model, Path(folder), settings),
        }
        say("Asking every evaluation message through the real servers ...")
        scored = asyncio.run(
            evaluate(
                read_cases(sorted(validate.EVALUATION.glob("*.jsonl"))),
                settings.model_copy(update={"rasa_url": ""}),
                model,
            )
        )
        figures["evaluation"] = summarise(scored)
        print_summary(figures["evaluation"])
        return _judge(settings, model, print_of_data, figures, scored)


def _judge(
    settings: Settings, model: Path, print_of_data: str, figures: dict[str, Any], scored: Sequence[Scored]
) -> int:
    bounds = hold_against(figures, ROOT / "config.yml")
    print("\nSafety gate")
    for bound in bounds:
        print(f"  {'holds ' if bound.holds else 'FAILED'}  {bound}")
    broken = [bound for bound in bounds if not bound.holds]
    if broken:
        _keep_record(settings, print_of_data, figures, broken)
        print(f"\nThe new model is NOT activated: {broken[0]}. The last good model stays.", file=sys.stderr)
        return 1
    _activate(settings, model, print_of_data, figures)
    write_card(figures, bounds, scored, print_of_data, ROOT / "docs" / "safety-card.md")
    say("The new model passed and is active. Its figures stand in docs/safety-card.md.")
    return 0


def _activate(settings: Settings, model: Path, print_of_data: str, figures: dict[str, Any]) -> None:
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{print_of_data[:12]}.tar.gz"
    place = models_dir(settings.data_dir) / name
    place.with_suffix(".part").write_bytes(model.read_bytes())
    place.with_suffix(".part").replace(place)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    activate(settings.data_dir, ActiveModel(name, print_of_data, now, file_sha256(place), figures))


def _keep_record(settings: Settings, print_of_data: str, figures: dict[str, Any], broken: Sequence[Bound]) -> None:
    record = {"fingerprint": print_of_data, "refused_because": [str(bound) for bound in broken], "figures": figures}
    (models_dir(settings.data_dir) / REFUSED).write_text(json.dumps(record, indent=1))


def _refused_before(settings: Settings) -> str:
    """Return the first bound that a model of the present data broke, or "" where none was refused."""
    try:
        record = json.loads((models_dir(settings.data_dir) / REFUSED).read_text())
        return str(record["refused_because"][0]) if record["fingerprint"] == fingerprint() else ""
    except (OSError, ValueError, LookupError):
        return ""


def _rasa_train(folder: Path, settings: Settings) -> Path:
    command = ["-m", "rasa", "train", "--out", str(folder), "--fixed-model-name", "candidate", "--domain", "domain.yml"]
    command.append("--skip-validation")  # it only warns, for half a minute; `complaints` and `make check` refuse
    _in_rasa(command, settings, "train.log", "Rasa could not train", _last_model(settings))
    return folder / "candidate.tar.gz"


def _last_model(settings: Settings) -> dict[str, str]:
    """Return where the active model is, as an environment variable; nothing where there is none that can be used."""
    try:
        active = read_active(settings.data_dir)
    except SetupError:
        return {}
    return {LAST_MODEL: str(active.path(settings.data_dir))} if active else {}


def _cross_validate(model: Path, folder: Path, settings: Settings) -> dict[str, Any]:
    out = folder / "cross-validation.json"
    command = ["-m", "nlu.validation", "--model", str(model), "--out", str(out)]
    _in_rasa(command, settings, "cross-validation.log", "Cross-validation failed")
    figures: dict[str, Any] = json.loads(out.read_text())
    return figures


def _in_rasa(
    arguments: list[str],
    settings: Settings,
    log_name: str,
    what: str,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> None:
    log = settings.data_dir / "logs" / log_name
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        command = [rasa_python(), *arguments]
        code = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **QUIET, **environment}, stdout=out, stderr=out, check=False
        ).returncode
    if code:
        tail = "\n    ".join(log.read_text(errors="replace").strip().splitlines()[-12:])
        raise SetupError(f"{what}; the running model stays. The end of {log}:\n    {tail}")


def _is_current(settings: Settings) -> bool:
    try:
        active = read_active(settings.data_dir)
    except SetupError as error:
        say(str(error))
        return False
    return active is not None and active.fingerprint == fingerprint()


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    with (models_dir(settings.data_dir) / "train.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SetupError("another training is under way. Wait until it has ended.") from error
        yield


if __name__ == "__main__":
    sys.exit(main())
