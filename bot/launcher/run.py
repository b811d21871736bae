"""The road of `make run`, from a fresh clone to a printed address."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import time

import httpx

from bot.errors import SetupError
from bot.launcher import programs
from bot.launcher.models import ROOT, ActiveModel, fingerprint, read_active
from bot.launcher.processes import Child, Program, is_free
from bot.settings import Settings, unknown_settings

LEFT_OVER_S = 5.0


def run(settings: Settings) -> int:
    """Start everything and stay until Ctrl-C or SIGTERM; returns the exit code."""
    started = time.monotonic()
    for name in unknown_settings():
        say(f"Note: {name} is not a setting of Handrail; see docs/settings.md for the names.")
    check_ports(settings)
    active = None if settings.rasa_url else ready_model(settings)
    return asyncio.run(_serve(settings, active, started))


def check_ports(settings: Settings) -> None:
    """Raise SetupError naming the first port that is taken and the setting that changes it.

    What a killed run left behind ends with it, a moment later; that moment is waited for.
    """
    deadline = time.monotonic() + LEFT_OVER_S
    wanted = [("BOT_PORT", settings.host, settings.port)]
    if not settings.rasa_url:
        wanted += [
            ("BOT_RASA_PORT", programs.LOOPBACK, settings.rasa_port),
            ("BOT_ACTION_PORT", programs.LOOPBACK, settings.action_port),
        ]
    for name, host, port in wanted:
        if not port:
            raise SetupError(f"{name}=0 means any free port, which only `python -m bot serve` can use. Name a port.")
        while not is_free(host, port):
            if time.monotonic() > deadline:
                raise SetupError(
                    f"Port {port} is taken by another program, perhaps by a Handrail that still runs. "
                    f"Stop that program, or choose another port: {name}={port + 1} make run"
                )
            time.sleep(0.1)


def ready_model(settings: Settings) -> ActiveModel:
    """Return the model to serve, training one first where the data changed.

    Raises:
        SetupError: no model ever passed the safety gate.
    """
    active = _readable(settings)
    if active and active.fingerprint == fingerprint():
        return active
    say(
        "The training data changed; training (about ten minutes) ..."
        if active
        else "Training the assistant (about ten minutes) ..."
    )
    code = subprocess.run([sys.executable, "-m", "tools.train"], cwd=ROOT, check=False).returncode
    if code == 0 and (trained := read_active(settings.data_dir)):
        return trained
    if active:
        say("Training did not give a better model (see above). Going on with the last good one.")
        return active
    raise SetupError("Training failed, and there is no earlier model to fall back on. What to mend stands above.")


def _readable(settings: Settings) -> ActiveModel | None:
    try:
        return read_active(settings.data_dir)
    except SetupError as error:
        say(str(error))
        return None


async def _serve(settings: Settings, active: ActiveModel | None, started: float) -> int:
    stop = asyncio.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(kind, stop.set)
    children = [Child(program, say) for program in _programs(settings, active)]
    try:
        await _start(children, stop)
        if not stop.is_set():
            await _welcome(settings, started)
            await _keep(children, stop)
    finally:
        say("Stopping ...")
        for child in reversed(children):
            await child.stop()
        say("Stopped.")
    return 0


def _programs(settings: Settings, active: ActiveModel | None) -> list[Program]:
    logs = settings.data_dir / "logs"
    bot = programs.bot(settings.host, settings.port, logs)
    if active is None:
        return [bot]
    model = active.path(settings.data_dir)
    return [
        programs.actions(settings.action_port, logs),
        programs.rasa(model, settings.rasa_port, settings.action_port, logs),
        bot,
    ]


async def _start(children: list[Child], stop: asyncio.Event) -> None:
    for child in children:
        await child.start()
    async with httpx.AsyncClient(trust_env=False) as client:
        waiting = {asyncio.create_task(child.wait_ready(client)): child for child in children}
        stopped = asyncio.create_task(_wait(stop))
        say("Starting: " + ", ".join(child.program.name for child in children) + " ...")
        try:
            while waiting and not stop.is_set():
                done, _ = await asyncio.wait({*waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopped}:
                    child = waiting.pop(task)
                    task.result()
                    say(f"  ready: {child.program.name}")
        finally:
            for task in (*waiting, stopped):
                task.cancel()


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


async def _keep(children: list[Child], stop: asyncio.Event) -> None:
    keepers = [asyncio.create_task(child.keep()) for child in children]
    await stop.wait()
    for keeper in keepers:
        keeper.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*keepers, return_exceptions=True)


async def _welcome(settings: Settings, started: float) -> None:
    from bot.sign_in_link import sign_in_address

    link = await sign_in_address(settings)
    say(f"Ready after {time.monotonic() - started:.0f} s.\n")
    print(f"    Demo page:      {settings.public_url}/")
    print(f"    Staff console:  {link}")
    print("                    (this link signs in once, within 30 minutes)\n")
    if not settings.telegram_token:
        print("    Telegram:       off. Set BOT_TELEGRAM_TOKEN to turn it on; docs/telegram.md shows how.\n")
    print("    Ctrl-C stops everything.", flush=True)


def say(text: str) -> None:
    """Print one line of progress with the time."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)
