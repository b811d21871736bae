"""Reads `data/red_flags.yml`: which wordings mean danger, which only look like it, and the examples of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import msgspec

from content.matching import Pattern
from content.patterns import Compiler, PatternError
from content.yaml_lines import ContentError, Lines, line_of, read_yaml

Kind = Literal["medical_emergency", "self_harm", "harm_to_others", "abuse"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # In the order in which findings are given.
T = TypeVar("T", bound=msgspec.Struct)
V = TypeVar("V")
FILE = "red_flags.yml"


class RedFlag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wordings that mean one danger. `unless` names the guards that can silence them in a sentence.

    `weak`: wordings that ordinary messages hold as well; they count only where the text as a whole does not read
    plainly ordinary. `foreign`: wordings of other languages, which the readers cannot judge.
    """

    reason: str
    match: tuple[str, ...]
    fires: tuple[str, ...]
    stays_silent: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    weak: bool = False
    foreign: bool = False


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
    sections, lines = read_yaml(path, _Sections)
    file = RedFlagFile(
        words=sections.words,
        harmless=_entries(path, lines, "harmless", sections.harmless, LookAlike),
        guards=_entries(path, lines, "guards", sections.guards, LookAlike),
        flags={
            kind: _entries(path, lines, f"flags.{kind}", sections.flags[kind], RedFlag)
            for kind in KINDS
            if kind in sections.flags
        },
    )
    for kind in sections.flags:
        if kind not in KINDS:
            where = f"flags.{kind}"
            raise ContentError(path, line_of(lines, where), where, f"is not one of the kinds: {', '.join(KINDS)}.")
    for where, problem in _problems(file):
        raise ContentError(path, line_of(lines, where), where, problem)
    return _Builder(path, lines, Compiler(plain, file.words)).rules(file)


class _Sections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file before its entries are read, so that a wrong entry can be named."""

    words: dict[str, str]
    harmless: dict[str, dict[str, Any]]
    guards: dict[str, dict[str, Any]]
    flags: dict[str, dict[str, dict[str, Any]]]


def _entries(path: Path, lines: Lines, section: str, raw: dict[str, dict[str, Any]], kind: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, entry in raw.items():
        where = f"{section}.{name}"
        unknown = [key for key in entry if key not in kind.__struct_fields__]
        if unknown:
            where = f"{where}.{unknown[0]}"
            raise ContentError(
                path, line_of(lines, where), where, "is not a known field. Check its spelling, or remove it."
            )
        try:
            found[name] = msgspec.convert(entry, kind)
        except msgspec.ValidationError as error:
            raise ContentError(path, line_of(lines, where), where, str(error).replace(" - at `$.", " at `")) from None
    return found


class _Builder:
    """Compiles the patterns of a file, naming the place of one that cannot be read."""

    def __init__(self, path: Path, lines: Lines, compiler: Compiler) -> None:
        self._path = path
        self._lines = lines
        self._compiler = compiler

    def rules(self, file: RedFlagFile) -> Rules:
        for name in file.words:
            self._placed(f"words.{name}", partial(self._compiler.named, name))
        harmless = [self._compiled(f"harmless.{name}.match", entry.match) for name, entry in file.harmless.items()]
        return Rules(
            file=file,
            harmless=tuple(pattern for patterns in harmless for pattern in patterns),
            guards={name: self._guard(f"guards.{name}", guard) for name, guard in file.guards.items()},
            flags={
                kind: {name: self._compiled(f"flags.{kind}.{name}.match", flag.match) for name, flag in flags.items()}
                for kind, flags in file.flags.items()
            },
        )

    def _guard(self, where: str, guard: LookAlike) -> Guard:
        return Guard(
            self._compiled(f"{where}.match", guard.match), self._compiled(f"{where}.but", guard.but), guard.near
        )

    def _compiled(self, where: str, sources: tuple[str, ...]) -> tuple[Pattern, ...]:
        return tuple(
            self._placed(f"{where}[{index}]", partial(self._compiler.compile, source))
            for index, source in enumerate(sources)
        )

    def _placed(self, where: str, read: Callable[[], V]) -> V:
        try:
            return read()
        except PatternError as error:
            raise ContentError(self._path, line_of(self._lines, where), where, str(error)) from None


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
                yield (
                    f"{section}.{name}.stays_silent",
                    "holds no example. Give at least one message that must stay silent.",
                )
            yield from _empty(f"{section}.{name}", entry)


def _empty(where: str, entry: RedFlag | LookAlike) -> Iterator[tuple[str, str]]:
    if not entry.reason.strip():
        yield f"{where}.reason", "is empty. Say in one sentence why."
    if not entry.match:
        yield f"{where}.match", "holds no pattern. Give at least one, or remove the entry."
