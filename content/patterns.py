"""The small language of `data/red_flags.yml`: word patterns that a clinician can read.

    die                    the word          dead|gone            one of the words
    (my life|it all)       one of the phrases    really?          may be missing
    (right now)?           may be missing    suicid*              any word that begins so
    ~3                     up to three other words of the same sentence
    dead & (i|me)          both in one sentence, in either order
    one thing | another    either of two patterns (with a space on both sides)
    {kin}                  the phrases named `kin` under `words`
    # ## ####              a number, a bare number of two or three digits, a year
    ^ $                    start, end of a sentence
    . ?                    a sentence mark (`?` alone: a question mark)
    !(of boredom|laughing) not followed by one of the phrases

A pattern becomes a tree of the pieces in `content/matching.py`, which then runs over plain words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import permutations

from content.matching import Anchor, Choice, Gap, Maybe, Node, Not, Pattern, Sequence, Test, Words

_TOKEN = re.compile(r"\s+|\{[a-z_]+\}|!\(|####|##|[()|?^$.#]|~\d|[^\s(){}|?^$.#!~]+")
REACH = 12  # How many words may stand between the two sides of `&`.


class PatternError(ValueError):
    """A pattern that cannot be read; the message says what is wrong and how to mend it."""


class Compiler:
    """Compiles patterns; `plain` turns a pattern's word into plain words, `phrases` are the named phrases."""

    def __init__(self, plain: Callable[[str], list[str]], phrases: Mapping[str, str]) -> None:
        self._plain = plain
        self._phrases = phrases
        self._named: dict[str, Node] = {}
        self._open: list[str] = []

    def compile(self, source: str) -> Pattern:
        """Return the compiled pattern. Raises PatternError."""
        tree = _one_of([self._phrase(phrase) for phrase in source.split(" | ")])
        if tree.skippable:
            raise PatternError("has no word that must occur. Add at least one word that is not optional.")
        return Pattern(source, tree)

    def named(self, name: str) -> Node:
        """Return the phrases called `name`. Raises PatternError where there are none, or where they name themselves."""
        if name not in self._phrases:
            raise PatternError(f"`{{{name}}}` is not defined under `words`. Define it, or correct the name.")
        if name in self._open:
            raise PatternError(f"`{{{name}}}` is defined by way of itself.")
        if name not in self._named:
            self._open.append(name)
            self._named[name] = _whole(_signs(self._phrases[name]), self._choices)
            self._open.pop()
        return self._named[name]

    def _phrase(self, source: str) -> Node:
        """Read a phrase, or the words before and after `&`, which may stand in any order."""
        parts = [_whole(_signs(side), self._words) for side in source.split(" & ")]
        if len(parts) == 1:
            return parts[0]
        if len(parts) > 3:
            raise PatternError("joins more than three sides with `&`. Use two or three.")
        return _one_of([_joined(order) for order in permutations(parts)])

    def _words(self, signs: list[str]) -> Node:
        """Read a pattern's outermost level, where `|` stands between single words."""
        return self._sequence(signs, closed_by={")"})

    def _choices(self, signs: list[str]) -> Node:
        """Read `phrase|phrase|...` up to a closing bracket or the end."""
        found = [self._sequence(signs, closed_by={"|", ")"})]
        while signs and signs[0] == "|":
            signs.pop(0)
            found.append(self._sequence(signs, closed_by={"|", ")"}))
        return _one_of(found)

    def _sequence(self, signs: list[str], closed_by: set[str]) -> Node:
        parts: list[Node] = []
        while signs and signs[0] not in closed_by:
            if signs[0] == "?":
                parts.append(_optional(parts, signs))
            elif signs[0] == "|":
                parts.append(self._alternatives(parts, signs))
            elif signs[0] == " ":
                signs.pop(0)
            else:
                parts.append(self._one(signs))
        if not parts:
            raise PatternError("has an empty phrase. Write a word on both sides of `|` and inside brackets.")
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _alternatives(self, parts: list[Node], signs: list[str]) -> Node:
        found = [parts.pop()] if parts else []
        while signs and signs[0] == "|":
            signs.pop(0)
            if not found or not signs or signs[0] in {" ", "|", ")", "?"}:
                raise PatternError("has a `|` without a word on both sides. Write it without spaces between words.")
            found.append(self._one(signs))
        return _one_of(found)

    def _one(self, signs: list[str]) -> Node:
        sign = signs.pop(0)
        if sign in {"(", "!("}:
            inner = self._choices(signs)
            if not signs:
                raise PatternError("has a bracket that is not closed. Add `)`.")
            signs.pop(0)
            return Not(inner) if sign == "!(" else inner
        if sign.startswith("{"):
            return self.named(sign[1:-1])
        if sign.startswith("~"):
            return Gap(int(sign[1]))
        return _SIGNS[sign] if sign in _SIGNS else self._word(sign)

    def _word(self, sign: str) -> Node:
        stem = sign.rstrip("*")
        plain = self._plain(stem)
        if not plain or "*" in stem:
            raise PatternError(f"`{sign}` is not a word. `*` may stand at a word's end only.")
        if stem != sign:
            begins = stem.lower()
            return Test(lambda word: word.startswith(begins))
        words = [Words(frozenset({word})) for word in plain]
        return words[0] if len(words) == 1 else Sequence(tuple(words))


_SIGNS: dict[str, Node] = {
    "^": Anchor(-1),
    "$": Anchor(0),
    ".": Words(frozenset({"."})),
    "??": Words(frozenset({"?"})),
    "#": Test(lambda word: any(character.isdigit() for character in word)),
    "'s": Words(frozenset({"'s"})),  # what a visitor's "phone's" is split into; as a word of its own it would be "s"
    "####": Test(lambda word: len(word) == 4 and word.isdecimal() and word[:2] in {"19", "20"}),
    "##": Test(lambda word: word.isdecimal() and 2 <= len(word) <= 3),
}


def _whole(signs: list[str], read: Callable[[list[str]], Node]) -> Node:
    node = read(signs)
    if signs:
        raise PatternError(f"has a `{signs[0]}` too many.")
    return node


def _optional(parts: list[Node], signs: list[str]) -> Node:
    signs.pop(0)
    if not parts:
        raise PatternError("begins with `?`. Write the optional word before it.")
    return Maybe(parts.pop())


def _joined(sides: tuple[Node, ...]) -> Node:
    parts: list[Node] = [sides[0]]
    for side in sides[1:]:
        parts += [Gap(REACH), side]
    return Sequence(tuple(parts))


def _one_of(found: list[Node]) -> Node:
    """Join alternatives; single words become one set, which is looked up in one step."""
    words = [word for node in found if isinstance(node, Words) for word in node.words]
    others = tuple(node for node in found if not isinstance(node, Words))
    if not words:
        return others[0] if len(others) == 1 else Choice(others)
    single = Words(frozenset(words))
    return Choice((single, *others)) if others else single


def _signs(source: str) -> list[str]:
    """Split a pattern. A `?` after a space is a question mark, written `??` from here on."""
    found: list[str] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise PatternError(f"cannot be read at `{source[at:]}`. See docs/crisis-check.md for the signs.")
        sign = match.group()
        if sign == "?" and (not found or found[-1] == " "):
            sign = "??"
        found.append(" " if sign.isspace() else sign)
        at = match.end()
    return found
