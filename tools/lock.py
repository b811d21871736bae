"""`make lock`: compiles requirements/*.in into files with a hash for every package and no index address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bot.launcher.models import ROOT
from bot.launcher.programs import RASA_PYTHON

FOLDER = ROOT / "requirements"


def main() -> int:
    """Compile every lock; arguments are passed on to uv (for example --upgrade)."""
    for name in ("bootstrap", "bot", "dev", "rasa", "encoder"):
        python = ["--python", str(RASA_PYTHON)] if name == "rasa" else ["--universal", "--python-version", "3.11"]
        alone = ["--no-deps"] if name == "encoder" else []
        command = [
            str(Path(sys.executable).parent / "uv"),
            "pip",
            "compile",
            "-q",
            "--generate-hashes",
            "--no-header",
            "--no-emit-index-url",
        ]
        subprocess.run(
            [*command, *alone, *python, "-o", f"{name}.txt", f"{name}.in", *sys.argv[1:]], cwd=FOLDER, check=True
        )
        print(f"locked requirements/{name}.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
