"""`make check`: format, lint, types in both environments, content, training data, and known holes in the public libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.launcher.models import ROOT
from bot.launcher.programs import QUIET, RASA_PYTHON

BIN = Path(sys.executable).parent


def main() -> int:
    """Run every check, say which failed, and return 1 where one did."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("format", lambda: _run([BIN / "ruff", "format", "--check", "--quiet", "."])),
        ("lint", lambda: _run([BIN / "ruff", "check", "--quiet", "."])),
        ("types (bot, content, tools)", lambda: _run([BIN / "mypy"])),
        ("types (nlu, actions)", lambda: _run([BIN / "mypy", "--config-file", "mypy-rasa.ini"])),
        ("content and training data", lambda: _run([sys.executable, "-m", "tools.validate"])),
        ("rasa data validate", _rasa_validate),
        ("known holes in the bot's libraries", _audit),
    ]
    failed = []
    for name, check in checks:
        trouble = check()
        print(f"{'ok    ' if not trouble else 'FAILED'}  {name}", flush=True)
        if trouble:
            failed.append(name)
            print("    " + trouble.strip().replace("\n", "\n    "), flush=True)
    print(f"{len(checks) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _run(command: Sequence[str | Path]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-4000:] or f"exit code {done.returncode}"


def _rasa_validate() -> str:
    """Rasa's own validation; a warning counts as a failure."""
    command = [str(RASA_PYTHON), "-m", "rasa", "data", "validate", "--fail-on-warnings"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **QUIET})
    output = done.stdout + done.stderr
    complaints = [line for line in output.splitlines() if "warning" in line.lower() and "deprecat" not in line.lower()]
    return output[-4000:] if done.returncode else "\n".join(complaints)


def _audit() -> str:
    """Known holes in what the internet touches. Nothing is ignored; what could not be looked up is said."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command: list[str | Path] = [
            BIN / "pip-audit",
            "-r",
            "requirements/bot.txt",
            "-r",
            "requirements/encoder.txt",
            "--require-hashes",
            "--disable-pip",
            "-f",
            "json",
            "-o",
            report.name,
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        try:
            found = json.loads(Path(report.name).read_text())["dependencies"]
        except (ValueError, KeyError):
            return f"pip-audit gave no report:\n{done.stderr[-2000:]}"
    holes = [
        f"{item['name']} {item['version']}: {', '.join(v['id'] for v in item['vulns'])}"
        for item in found
        if item.get("vulns")
    ]
    unknown = [item["name"] for item in found if "skip_reason" in item]
    if unknown and len(unknown) < len(found):
        return "\n".join([*holes, f"not found in the advisory data: {', '.join(unknown)}"])
    if unknown:
        print(
            "    Note: the package index here serves no advisory data, so nothing could be looked up. Run this check with internet access."
        )
    return "\n".join(holes)


if __name__ == "__main__":
    sys.exit(main())
