"""Builds the two Python environments from hashed requirements. Standard library only: it runs before anything is installed.

`.venv` (Python 3.11 or newer) holds the bot, `.venv-rasa` (Python 3.10, the last one Rasa 3.6 runs on) holds Rasa.
An environment is rebuilt only when its requirements changed; a lock lets two commands start at once.

Usage: python3 tools/environments.py [bot] [dev] [rasa] [browser]
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOT = ROOT / ".venv"
RASA = ROOT / ".venv-rasa"
REQUIREMENTS = ROOT / "requirements"
LOGS = ROOT / "var" / "logs"
ENCODER = "encoder"
"""Requirements of which the data files alone are read; what they depend on is left out."""
OLDEST, NEWEST = (3, 11), (3, 14)


class SetupFailedError(Exception):
    """Set-up cannot go on; the text says what to do."""


def main(wanted: list[str]) -> int:
    """Build what is named (default: bot and rasa) and return the exit code."""
    wanted = wanted or ["bot", "rasa"]
    try:
        with _lock():
            build_bot(dev="dev" in wanted)
            if "rasa" in wanted:
                build_rasa()
            if "browser" in wanted:
                install_browser()
    except SetupFailedError as error:
        print(f"Set-up stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up stopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


def build_bot(dev: bool) -> None:
    """Build `.venv`, with the test and check tools too where `dev` is set."""
    names = ["bootstrap", "bot", *(["dev"] if dev else []), ENCODER]
    if _is_current(BOT, names):
        return
    python = _bot_python()
    if not (BOT / "bin" / "python").exists() or not _runs(BOT / "bin" / "python", OLDEST, NEWEST):
        _say(f"Making the bot's environment with {python} ...")
        shutil.rmtree(BOT, ignore_errors=True)
        _run([python, "-m", "venv", str(BOT)], "make .venv (on Debian or Ubuntu: apt install python3-venv)")
    _say("Installing the bot's libraries ...")
    _run(
        [
            str(BOT / "bin" / "pip"),
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            *_files(["bootstrap"]),
        ],
        "install uv (is there a way to the package registry?)",
    )
    _install(BOT, names)


def build_rasa() -> None:
    """Build `.venv-rasa` with a Python 3.10."""
    if _is_current(RASA, ["rasa", ENCODER]):
        return
    python = find_python310()
    _say(f"Making Rasa's environment with {python} (about 3 GB; a minute or two) ...")
    if not _runs(RASA / "bin" / "python", (3, 10), (3, 10)):
        _run([_uv(), "venv", "-q", "--clear", "--python", python, str(RASA)], "make .venv-rasa")
    _install(RASA, ["rasa", ENCODER])


def find_python310() -> str:
    """Return a working Python 3.10: PYTHON310, then PATH, then pyenv's versions, last installed by uv."""
    named = os.environ.get("PYTHON310")
    if named:
        if _runs(Path(named), (3, 10), (3, 10)):
            return named
        raise SetupFailedError(
            f"PYTHON310 names {named}, which is not a working Python 3.10. Correct it or leave it out."
        )
    for candidate in [shutil.which("python3.10"), *_pyenv_pythons()]:
        if candidate and _runs(Path(candidate), (3, 10), (3, 10)):
            return str(candidate)
    return _uv_python310()


def install_browser() -> None:
    """Make sure a Chromium is there for the browser tests (Debian's package, where it may be installed)."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (prefix and not shutil.which("sudo")):
        raise SetupFailedError(
            "the browser tests need Chromium. Install it with your system's package manager and try again."
        )
    _say("Installing Chromium for the browser tests ...")
    what = "install Chromium. Install it by hand (Debian: apt-get install chromium) and try again"
    _run([*prefix, "apt-get", "update", "-q"], what)
    _run(
        [
            *prefix,
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "install",
            "-qy",
            "--no-install-recommends",
            "chromium",
            "fonts-liberation",
            "fonts-noto-color-emoji",
        ],
        what,
    )


def _bot_python() -> str:
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and _runs(Path(found), OLDEST, NEWEST):
            return found
    raise SetupFailedError(
        f"Python 3.11 or newer is needed (this is {sys.version.split()[0]}). Install it, or run: make PYTHON=/path/to/python3.11 run"
    )


def _pyenv_pythons() -> list[str]:
    roots = [Path(p).parent for p in os.environ.get("PATH", "").split(os.pathsep) if Path(p).name == "shims"]
    roots += [Path(os.environ["PYENV_ROOT"])] if "PYENV_ROOT" in os.environ else []
    roots.append(Path.home() / ".pyenv")
    return [str(found) for root in roots for found in sorted(root.glob("versions/3.10*/bin/python3.10"), reverse=True)]


def _uv_python310() -> str:
    _say("No Python 3.10 found; asking uv for one ...")
    command = [_uv(), "python", "install", "3.10"]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        found = subprocess.run(
            [_uv(), "python", "find", "--managed-python", "3.10"], capture_output=True, text=True, check=False
        )
        if found.returncode == 0:
            return found.stdout.strip()
    raise SetupFailedError(
        "Rasa needs Python 3.10, and none was found on PATH, in pyenv or through uv. Install it (pyenv install 3.10) "
        "or name one: make PYTHON310=/path/to/python3.10 run"
    )


def _runs(python: Path, oldest: tuple[int, int], newest: tuple[int, int]) -> bool:
    code = "import sys, ssl, sqlite3; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return False
    return done.returncode == 0 and oldest <= tuple(map(int, done.stdout.split())) <= newest


def _install(environment: Path, names: list[str]) -> None:
    _stamp(environment).unlink(missing_ok=True)
    command = [_uv(), "pip", "install", "-q", "--require-hashes", "--python", str(environment / "bin" / "python")]
    # Rasa takes three times as long to start uncompiled, at each start of a user who may not write here.
    command.append("--compile-bytecode")
    libraries = [name for name in names if name != ENCODER]
    _run([*command, *_files(libraries)], f"install the libraries of {environment.name}")
    _run([*command, "--no-deps", *_files([ENCODER])], f"install the sentence encoder in {environment.name}")
    _stamp(environment).write_text("\n".join(f"{name} {_digest(name)}" for name in names))


def _is_current(environment: Path, names: list[str]) -> bool:
    stamp = _stamp(environment)
    built = stamp.read_text().splitlines() if stamp.exists() else []
    return all(f"{name} {_digest(name)}" in built for name in names)


def _stamp(environment: Path) -> Path:
    return environment / "built-from.txt"


def _digest(name: str) -> str:
    return hashlib.sha256((REQUIREMENTS / f"{name}.txt").read_bytes()).hexdigest()


def _files(names: list[str]) -> list[str]:
    return [part for name in names for part in ("-r", str(REQUIREMENTS / f"{name}.txt"))]


def _uv() -> str:
    return str(BOT / "bin" / "uv")


def _run(command: list[str], what: str) -> None:
    """Run a command, keeping its output in a log; raises SetupFailedError naming what failed and the log's last lines."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "setup.log"
    with log.open("a") as out:
        out.write(f"\n$ {' '.join(command)}\n")
        out.flush()
        try:
            code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
        except OSError as error:
            raise SetupFailedError(f"could not {what}: {error}.") from error
    if code:
        tail = "\n    ".join(log.read_text(errors="replace").strip().splitlines()[-8:])
        raise SetupFailedError(f"could not {what}. The end of {log.relative_to(ROOT)}:\n    {tail}")


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
