"""`make test`: makes sure of a trained model, then runs every test, in both environments."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bot.launcher.models import ROOT
from bot.launcher.programs import QUIET, rasa_python

MEMORY = Path("/dev/shm")  # noqa: S108 - each file in it is made by tempfile
ROOM_BYTES = 4 * 2**30
RASA_TESTS = ("tests/nlu", "tests/actions", "tests/content")
MOST_WORKERS = 4
"""Each may start a whole assistant of its own, which takes up to 2 GB."""


def main() -> int:
    """Return 0 when both runs passed. Arguments go to pytest of the bot's environment."""
    code = subprocess.run([sys.executable, "-m", "tools.train"], cwd=ROOT, check=False).returncode
    if code:
        return code
    environment = {**os.environ, **QUIET, **scratch()}
    ignored = [f"--ignore={path}" for path in RASA_TESTS[:2]]
    print("\nTests of the bot", flush=True)
    side_by_side = ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", "-q", *side_by_side, *ignored, *sys.argv[1:]]
    bot = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print("\nTests of the Rasa side", flush=True)
    command = [rasa_python(), "-m", "pytest", "-q", "-c", "pytest-rasa.ini", *RASA_TESTS]
    rasa = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return bot or rasa


def scratch() -> dict[str, str]:
    """Return where tests keep their files: in memory where it has room, since a shared disk may stand still for seconds."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        return {}
    return {"TMPDIR": str(MEMORY)}


if __name__ == "__main__":
    sys.exit(main())
