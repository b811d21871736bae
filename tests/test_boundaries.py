"""Reads the imports and holds who may know what (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SQL = ("sqlalchemy", "alembic", "aiosqlite", "psycopg", "sqlite3")
WEB = ("fastapi", "starlette", "uvicorn", "sse_starlette", "jinja2", "httpx")

# folder -> what its modules may not import
FORBIDDEN = {
    "bot/conversation": (*SQL, *WEB, "telegram", "spacy", "rasa", "bot.store", "bot.channels", "bot.console", "nlu", "actions"),
    "bot/handoff": (*SQL, *WEB, "telegram", "rasa", "bot.store", "bot.channels", "bot.console", "nlu", "actions"),
    "bot/accounts": (*SQL, *WEB, "telegram", "rasa", "bot.store", "bot.channels", "bot.console", "nlu", "actions"),
    "bot/channels/website": (*SQL, "telegram", "rasa", "bot.store", "bot.console", "bot.channels.telegram", "nlu", "actions"),
    "bot/channels/telegram": (*SQL, "rasa", "bot.console", "bot.channels.website", "nlu", "actions"),
    "bot/console": (*SQL, "telegram", "rasa", "bot.store", "bot.channels", "nlu", "actions"),
    "bot/store": (*WEB, "telegram", "rasa", "bot.channels", "bot.console", "nlu", "actions"),
    "bot": ("rasa", "rasa_sdk", "nlu", "actions", "tests"),
    "content": ("bot", "nlu", "actions", "rasa", "rasa_sdk", *WEB, *SQL),
    "actions": ("bot", "nlu", "rasa", *SQL, *WEB),
    "nlu": ("bot", "actions", *SQL, *WEB),
}  # fmt: skip
JOINS = {"bot/app.py", "bot/__main__.py"}


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_it_imports_only_what_it_may_know(folder: str) -> None:
    modules = sorted((ROOT / folder).rglob("*.py"))
    assert modules, f"{folder} holds no module: is the architecture still true?"
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules
        for name in _imports(path)
        for forbidden in FORBIDDEN[folder]
        if name == forbidden or name.startswith(forbidden + ".")
    ]
    assert not wrong


def test_only_the_joining_modules_know_channels_and_console_together() -> None:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        place = str(path.relative_to(ROOT))
        known = {
            part
            for part in ("bot.channels.website", "bot.channels.telegram", "bot.console", "bot.store")
            for name in _imports(path)
            if name.startswith(part)
        }
        own = {part for part in known if place.startswith(part.replace(".", "/"))}
        if place not in JOINS:
            assert len(known - own) <= 1, f"{place} joins {sorted(known)}; only bot/app.py joins parts"
