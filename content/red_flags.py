"""Reads `data/red_flags.yml`: which wordings mean danger, which only look like it, and the examples of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from content.matching import Pattern
from content.patterns import Compiler, PatternError
from content.yaml_lines import ContentError, Lines, line_of, read_yaml

T = TypeVar("T")
Kind = Literal["medical_emergency", "self_harm", "harm_to_others", "abuse"]
FILE = "red_flags.yml"


class RedFlag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wordings that mean one danger. `unless` names the guards that can silence them in a sentence."""

    reason: str
    match: tuple[str, ...]
    fires: tuple[str, ...]
    stays_silent: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class LookAlike(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wordings that only look like danger. `fires` holds messages in which they must not hide a real one.

    `but` (guards only): wordings in the same sentence that show the danger to be real after all.
    `near` (guards only): the guard must share words with the flag, not merely stand in the same sentence.
    """

    reason: str
    match: tuple[str, ...]
    stays_silent: tuple[str, ...]
    fires: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    near: bool = False


class RedFlagFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`words`: phrases used in patterns as {name}. `harmless`: figures of speech, hidden from every flag.

    `guards`: sentences that speak of treatment or of others' past; they silence only flags that name them.
    """

    words: dict[str, str]
    harmless: dict[str, LookAlike]
    guards: dict[str, LookAlike]
    flags: dict[Kind, dict[str, RedFlag]]


class Guard(msgspec.Struct, frozen=True):
    """Compiled: silent where any of `match` and none of `but` stands in the sentence."""

    match: tuple[Pattern, ...]
    but: tuple[Pattern, ...]
    near: bool


class Rules(msgspec.Struct, frozen=True):
    """The file with every pattern compiled, in the file's order."""

    file: RedFlagFile
    harmless: tuple[Pattern, ...]
    guards: dict[str, Guard]
    flags: dict[Kind, dict[str, tuple[Pattern, ...]]]


def load_rules(data: Path, plain: Callable[[str], list[str]]) -> Rules:
    """Read and compile the file. `plain` turns a word into plain words.

    Raises:
        ContentError: naming file, line and field of what is wrong.
    """
    path = data / FILE
    file, lines = read_yaml(path, RedFlagFile)
    _check(path, lines, file)
    compiler = Compiler(plain, file.words)
    for name in file.words:
        _named_errors(path, lines, f"words.{name}", lambda name=name: compiler.named(name))

    def compiled(where: str, sources: tuple[str, ...]) -> tuple[Pattern, ...]:
        return tuple(
            _named_errors(path, lines, f"{where}[{index}]", lambda source=source: compiler.compile(source))
            for index, source in enumerate(sources)
        )

    return Rules(
        file=file,
        harmless=tuple(
            pattern for name, entry in file.harmless.items() for pattern in compiled(f"harmless.{name}.match", entry.match)
        ),
        guards={
            name: Guard(compiled(f"guards.{name}.match", guard.match), compiled(f"guards.{name}.but", guard.but), guard.near)
            for name, guard in file.guards.items()
        },
        flags={
            kind: {name: compiled(f"flags.{kind}.{name}.match", flag.match) for name, flag in flags.items()}
            for kind, flags in file.flags.items()
        },
    )


def _named_errors(path: Path, lines: Lines, where: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except PatternError as error:
        raise ContentError(path, line_of(lines, where), where, str(error)) from None


def _check(path: Path, lines: Lines, file: RedFlagFile) -> None:
    for where, problem in _problems(file):
        raise ContentError(path, line_of(lines, where), where, problem)


def _problems(file: RedFlagFile) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for kind, flags in file.flags.items():
        for name, flag in flags.items():
            where = f"flags.{kind}.{name}"
            if name in seen:
                yield where, f"is also the name of a flag in `{seen[name]}`. Give each flag a name of its own."
            seen[name] = kind
            for index, guard in enumerate(flag.unless):
                if guard not in file.guards:
                    yield f"{where}.unless[{index}]", f"`{guard}` is not one of the guards: {', '.join(file.guards)}."
            if not flag.fires:
                yield f"{where}.fires", "holds no example. Give at least one message that must fire."
            yield from _empty(where, flag)
    for section, entries in (("harmless", file.harmless), ("guards", file.guards)):
        for name, entry in entries.items():
            if not entry.stays_silent:
                yield f"{section}.{name}.stays_silent", "holds no example. Give at least one message that must stay silent."
            yield from _empty(f"{section}.{name}", entry)


def _empty(where: str, entry: RedFlag | LookAlike) -> Iterator[tuple[str, str]]:
    if not entry.reason.strip():
        yield f"{where}.reason", "is empty. Say in one sentence why."
    if not entry.match:
        yield f"{where}.match", "holds no pattern. Give at least one, or remove the entry."
