"""The bot's commands: `python -m bot run | serve | sign-in-link | backup FILE | restore FILE | telegram check`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot.errors import HandrailError
from bot.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a known trouble is one sentence on standard error and exit code 1."""
    options = _parser().parse_args(arguments)
    command: Callable[[Settings, argparse.Namespace], int] = options.call
    try:
        return command(Settings.load(), options)
    except HandrailError as error:
        print(f"Handrail: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(settings: Settings, _: argparse.Namespace) -> int:
    import signal

    from bot.launcher.processes import die_with_parent
    from bot.launcher.run import run

    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)
    return run(settings)


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from bot.serve import serve

    return serve(settings)


def _sign_in_link(settings: Settings, options: argparse.Namespace) -> int:
    from bot.sign_in_link import sign_in_address

    print(asyncio.run(sign_in_address(settings, options.email)))
    return 0


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from bot.backup import backup

    backup(settings.database_url.get_secret_value(), options.file)
    print(f"Backed up to {options.file}, and checked that it can be read.")
    return 0


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from bot.backup import restore

    restore(settings.database_url.get_secret_value(), options.file)
    print(f"Restored from {options.file}, and checked that it can be read.")
    return 0


def _telegram_check(settings: Settings, _: argparse.Namespace) -> int:
    from bot.channels.telegram.check import check

    return asyncio.run(check(settings))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, call: Callable[[Settings, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(call=call)
        return command

    add("run", _run, "start Rasa, the action server and the bot, and keep them running")
    add("serve", _serve, "start the bot alone")
    link = add("sign-in-link", _sign_in_link, "print a one-time sign-in link for the staff console")
    link.add_argument("--email", default=None, help="whose link (default: the first administrator's)")
    add("backup", _backup, "copy the database to FILE while everything runs").add_argument("file", type=Path)
    add("restore", _restore, "put the database back from FILE; stop the bot first").add_argument("file", type=Path)
    telegram = add("telegram", _telegram_check, "say what is wrong with the Telegram set-up")
    telegram.add_argument("what", choices=["check"])
    return parser


if __name__ == "__main__":
    sys.exit(main())
