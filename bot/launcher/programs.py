"""The three programs: how each is started and how it says that it is ready."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.errors import SetupError
from bot.launcher.models import ROOT
from bot.launcher.processes import Program

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}
# The products behind one message are small: several threads would mostly wait, for each other and for other programs.
ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
LOOPBACK = "127.0.0.1"


def rasa_python() -> str:
    """Return the interpreter of the Rasa environment. Raises SetupError where it was not built."""
    if not RASA_PYTHON.exists():
        raise SetupError("Rasa's environment is not built yet. Run: make environments")
    return str(RASA_PYTHON)


def rasa(model: Path, port: int, action_port: int, logs: Path) -> Program:
    """Rasa, on the loopback address only."""
    command = [rasa_python(), "-m", "rasa", "run", "--model", str(model), "--interface", LOOPBACK, "--port", str(port),
               "--enable-api", "--endpoints", str(ROOT / "endpoints.yml"), "--credentials", str(ROOT / "credentials.yml")]  # fmt: skip
    action_url = f"http://{LOOPBACK}:{action_port}/webhook"
    environment = {**QUIET, **ONE_CORE, "ACTION_ENDPOINT_URL": action_url, "PYTHONPATH": str(ROOT)}
    return Program("Rasa", command, f"http://{LOOPBACK}:{port}/", logs / "rasa.log", environment)


def actions(port: int, logs: Path) -> Program:
    """The action server, on the loopback address only."""
    command = [rasa_python(), "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    environment = {**QUIET, "SANIC_HOST": LOOPBACK, "PYTHONPATH": str(ROOT)}
    return Program("The action server", command, f"http://{LOOPBACK}:{port}/health", logs / "actions.log", environment)


def bot(host: str, port: int, logs: Path) -> Program:
    """The bot itself."""
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104
    shown = LOOPBACK if everywhere else f"[{host}]" if ":" in host else host
    command = [sys.executable, "-m", "bot", "serve"]
    return Program("The bot", command, f"http://{shown}:{port}/healthz", logs / "bot.log", ONE_CORE)
