"""Checks that several content files share and that a type alone cannot express."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import msgspec

from content.yaml_lines import ContentError, Lines, line_of

LINE_BREAK = "\n"


def texts_of(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield (field, text) for every text within a struct, a mapping or a sequence."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts_of(getattr(value, name), f"{where}.{name}" if where else name)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts_of(item, f"{where}.{name}" if where else str(name))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from texts_of(item, f"{where}[{index}]")


def refuse_bad_texts(path: Path, lines: Lines, value: object, where: str = "") -> None:
    """Raise ContentError for an empty text or one with characters that cannot be seen (control, bidi, zero-width)."""
    for field, text in texts_of(value, where):
        if not text.strip():
            raise ContentError(path, line_of(lines, field), field, "is empty. Write a text, or leave the field out.")
        hidden = next((char for char in text if _is_hidden(char)), "")
        if hidden:
            name = unicodedata.name(hidden, f"U+{ord(hidden):04X}")
            problem = f"has a character that cannot be seen ({name}). Delete it and type the text again."
            raise ContentError(path, line_of(lines, field), field, problem)


def _is_hidden(char: str) -> bool:
    return char != LINE_BREAK and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"}


def refuse_bad_placeholders(path: Path, lines: Lines, where: str, text: str, needed: frozenset[str]) -> None:
    """Raise ContentError unless the `{names}` in `text` are exactly `needed`."""
    try:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ContentError(path, line_of(lines, where), where, f"has a stray curly bracket ({error}).") from error
    for name in sorted(found - needed):
        raise ContentError(path, line_of(lines, where), where, f"uses {{{name}}}, which is not known here. Remove it.")
    for name in sorted(needed - found):
        raise ContentError(path, line_of(lines, where), where, f"must contain {{{name}}}. Add it.")
