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
TAUGHT_ELSEWHERE = "tests/content/test_crisis_training.py"
"""The Rasa side reads what the crisis check's readers learned; they are taught in the bot's environment alone."""
SLOWEST_FIRST = ("tests/journeys", "tests/content", "tests/delivery", "tests/channels")
"""Files are dealt out in this order, or the slowest would be begun last and end alone."""
MOST_WORKERS = 4
"""Each may start a whole assistant of its own, which takes up to 2 GB."""


def main() -> int:
    """Return 0 when both runs passed. Arguments go to pytest of the bot's environment."""
    code = subprocess.run([sys.executable, "-m", "tools.train"], cwd=ROOT, check=False).returncode
    if code:
        return code
    environment = {**os.environ, **QUIET, **scratch()}
    print("\nTests of the bot", flush=True)
    workers = str(min(os.cpu_count() or 1, MOST_WORKERS))
    side_by_side = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", "-q", *side_by_side, *of_the_bot(), *sys.argv[1:]]
    bot = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print("\nTests of the Rasa side", flush=True)
    rasa_side = [f"--ignore={TAUGHT_ELSEWHERE}", *RASA_TESTS]
    command = [rasa_python(), "-m", "pytest", "-q", "-c", "pytest-rasa.ini", *rasa_side]
    rasa = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return bot or rasa


def of_the_bot() -> list[str]:
    """Return the folders and files of tests that run in the bot's environment, the slowest first."""
    found = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests").glob("[!_]*"))]
    return [*SLOWEST_FIRST, *(path for path in found if path not in SLOWEST_FIRST + RASA_TESTS)]


def scratch() -> dict[str, str]:
    """Return where tests keep their files: in memory where it has room, since a shared disk may stand still for seconds."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        return {}
    return {"TMPDIR": str(MEMORY)}


if __name__ == "__main__":
    sys.exit(main())
