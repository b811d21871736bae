"""Reads a YAML file into a strict msgspec type; every complaint names the file, the line and the field.

PyYAML silently lets the last of two equal keys win and forgets lines, so both are looked at on the node tree. Dates
and times stay text until msgspec reads them, so that an impossible one is refused with its line too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

T = TypeVar("T")
Lines = dict[str, int]


class _Loader(yaml.SafeLoader):
    """YAML's safe types without its surprises: 2026-12-25 and 10:30 are text, not a date and the number 630."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith((":timestamp", ":int"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))


class ContentError(Exception):
    """A content file cannot be used. `line` counts from 1, `where` is the field ("" for the whole file)."""

    def __init__(self, path: Path, line: int, where: str, problem: str) -> None:
        self.path, self.line, self.where, self.problem = path, line, where, problem
        field = f"{where}: " if where else ""
        super().__init__(f"{path}, line {line}: {field}{problem}")


def read_yaml(path: Path, kind: type[T]) -> tuple[T, Lines]:
    """Read `path` as `kind`.

    Returns:
        The value and a mapping from field ("hours.monday[0].open") to line, for checks that msgspec cannot express.

    Raises:
        ContentError: unreadable, not YAML, a key given twice, an unknown key, a missing key or a wrong type.
    """
    node = _compose(path)
    lines = dict(_lines(path, node, ""))
    raw = _construct(path)
    try:
        return msgspec.convert(raw, kind), lines
    except msgspec.ValidationError as error:
        raise _explain(path, lines, str(error)) from None


def read_table(path: Path, kind: type[T]) -> tuple[dict[str, T], Lines]:
    """Read `path` as a mapping whose every value is a `kind`; like `read_yaml`, but a complaint names the entry too."""
    entries, lines = read_yaml(path, dict[str, Any])
    return {name: convert_at(path, lines, name, value, kind) for name, value in entries.items()}, lines


def convert_at(path: Path, lines: Lines, where: str, value: Any, kind: type[T]) -> T:
    """Convert the raw `value` that stands at the field `where` of `path`. Raises ContentError."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problem, _, inner = str(error).partition(" - at `$")
        raise _explain(path, lines, f"{problem} - at `$.{where}{inner.rstrip('`')}`") from None


def line_of(lines: Lines, where: str) -> int:
    """Return the line of `where`, or of the nearest parent that stands in the file."""
    while where and where not in lines:
        where = re.sub(r"(\.[^.\[]+|\[[^\]]*\]|^[^.\[]+)$", "", where)
    return lines.get(where, 1)


def _compose(path: Path) -> yaml.Node:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise ContentError(path, 1, "", f"cannot be read ({error.strerror}). Put the file back.") from error
    except UnicodeDecodeError as error:
        raise ContentError(path, 1, "", "is not UTF-8 text. Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise ContentError(path, mark.line + 1 if mark else 1, "", f"is not valid YAML: {problem}") from error
    if node is None:
        raise ContentError(path, 1, "", "is empty.")
    return node


def _construct(path: Path) -> Any:
    try:
        return _Loader(path.read_text(encoding="utf-8")).get_single_data()
    except (ValueError, yaml.YAMLError) as error:
        raise ContentError(path, 1, "", f"has a value that cannot be read: {error}") from error


def _lines(path: Path, node: yaml.Node, where: str) -> Iterator[tuple[str, int]]:
    yield where, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            child = f"{where}.{name}" if where else name
            if name in seen:
                raise ContentError(path, key.start_mark.line + 1, child, "is given twice. Keep one of them.")
            seen.add(name)
            yield from _lines(path, value, child)
            yield child, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(path, item, f"{where}[{index}]")


def _explain(path: Path, lines: Lines, message: str) -> ContentError:
    problem, _, at = message.partition(" - at `")
    where = at.rstrip("`").removeprefix("$").lstrip(".")
    unknown = re.search(r"unknown field `([^`]+)`", problem)
    if unknown:
        name = unknown.group(1)
        where = f"{where}.{name}" if where else name
        problem = "is not a known field. Check its spelling, or remove it."
    missing = re.search(r"missing required field `([^`]+)`", problem)
    if missing:
        problem = f"the field `{missing.group(1)}` is missing. Add it."
    if re.match(r"Expected `str( \| null)?`, got `(int|float|bool)`", problem):
        problem += ". Put it in quotes."
    return ContentError(path, line_of(lines, where), where, problem)
