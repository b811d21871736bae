"""`make test`: makes sure of a trained model, then runs every test, in both environments."""

from __future__ import annotations

import os
import subprocess
import sys

from bot.launcher.models import ROOT
from bot.launcher.programs import QUIET, rasa_python

RASA_TESTS = ("tests/nlu", "tests/actions", "tests/content")


def main() -> int:
    """Return 0 when both runs passed. Arguments go to pytest of the bot's environment."""
    code = subprocess.run([sys.executable, "-m", "tools.train"], cwd=ROOT, check=False).returncode
    if code:
        return code
    environment = {**os.environ, **QUIET}
    ignored = [f"--ignore={path}" for path in RASA_TESTS[:2]]
    print("\nTests of the bot", flush=True)
    bot = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *ignored, *sys.argv[1:]], cwd=ROOT, env=environment, check=False
    ).returncode
    print("\nTests of the Rasa side", flush=True)
    command = [rasa_python(), "-m", "pytest", "-q", "-c", "pytest-rasa.ini", *RASA_TESTS]
    rasa = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return bot or rasa


if __name__ == "__main__":
    sys.exit(main())
