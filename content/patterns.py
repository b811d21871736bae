"""The small language of `data/red_flags.yml`: word patterns that a clinician can read, compiled to regular expressions.

    die                    the word          dead|gone            one of the words
    (my life|it all)       one of the phrases    really?          may be missing
    (right now)?           may be missing    suicid*              any word that begins so
    ~3                     up to three other words of the same sentence
    {kin}                  the phrases named `kin` under `words`
    # ##                   a number, a bare number of two or three digits
    ^ $                  start, end of a sentence
    . ?                    a sentence mark (`?` alone: a question mark)
    !(of boredom|laughing) not followed by one of the phrases

Regular expressions over the plain words were chosen over spaCy's Matcher after measuring both: see docs/crisis-check.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Needs = tuple[frozenset[str], ...]
_TOKEN = re.compile(r"\s+|\{[a-z_]+\}|!\(|##|[()|?^$.#]|~\d|[^\s(){}|?^$.#!~]+")
_ANY = r"[^ .?]+ "


class PatternError(ValueError):
    """A pattern that cannot be read; the message says what is wrong and how to mend it."""


@dataclass(frozen=True)
class Part:
    """A piece of a pattern: its regular expression and, in `needs`, sets of words of which each must occur in the text."""

    regex: str
    needs: Needs = ()


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `source` is what stands in the file."""

    source: str
    regex: re.Pattern[str]
    needs: Needs

    def possible(self, words: frozenset[str]) -> bool:
        """False where a word is missing without which the pattern cannot match: far cheaper than trying."""
        return all(not need.isdisjoint(words) for need in self.needs)


class Compiler:
    """Compiles patterns; `plain` turns a pattern's word into plain words, `phrases` are the named phrases."""

    def __init__(self, plain: Callable[[str], list[str]], phrases: Mapping[str, str]) -> None:
        self._plain = plain
        self._phrases = phrases
        self._named: dict[str, Part] = {}
        self._open: list[str] = []

    def compile(self, source: str) -> Pattern:
        """Return the compiled pattern. Raises PatternError."""
        part = _one_of([self._whole(_tokens(phrase), self._words) for phrase in source.split(" | ")])
        regex = re.compile(rf"(?<![^ ])(?:{part.regex})")
        if regex.search(". "):
            raise PatternError("has no word that must occur. Add at least one word that is not optional.")
        return Pattern(source, regex, part.needs)

    def named(self, name: str) -> Part:
        """Return the phrases called `name`. Raises PatternError where there are none, or where they name themselves."""
        if name not in self._phrases:
            raise PatternError(f"`{{{name}}}` is not defined under `words`. Define it, or correct the name.")
        if name in self._open:
            raise PatternError(f"`{{{name}}}` is defined by way of itself.")
        if name not in self._named:
            self._open.append(name)
            self._named[name] = self._whole(_tokens(self._phrases[name]), self._choices)
            self._open.pop()
        return self._named[name]

    def _whole(self, tokens: list[str], read: Callable[[list[str]], Part]) -> Part:
        part = read(tokens)
        if tokens:
            raise PatternError(f"has a `{tokens[0]}` too many.")
        return part

    def _words(self, tokens: list[str]) -> Part:
        """Read a pattern's outermost level, where `|` stands between single words."""
        return self._sequence(tokens, closed_by={")"})

    def _choices(self, tokens: list[str]) -> Part:
        """Read `phrase|phrase|...` up to a closing bracket or the end."""
        found = [self._sequence(tokens, closed_by={"|", ")"})]
        while tokens and tokens[0] == "|":
            tokens.pop(0)
            found.append(self._sequence(tokens, closed_by={"|", ")"}))
        return _one_of(found)

    def _sequence(self, tokens: list[str], closed_by: set[str]) -> Part:
        parts: list[Part] = []
        while tokens and tokens[0] not in closed_by:
            if tokens[0] == "?":
                parts.append(self._optional(parts, tokens))
            elif tokens[0] == "|":
                parts.append(self._alternatives(parts, tokens))
            elif tokens[0] == " ":
                tokens.pop(0)
            else:
                parts.append(self._one(tokens))
        if not parts:
            raise PatternError("has an empty phrase. Write a word on both sides of `|` and inside brackets.")
        return Part("".join(part.regex for part in parts), tuple(need for part in parts for need in part.needs))

    def _alternatives(self, parts: list[Part], tokens: list[str]) -> Part:
        found = [parts.pop()] if parts else []
        while tokens and tokens[0] == "|":
            tokens.pop(0)
            if not found or not tokens or tokens[0] in {" ", "|", ")", "?"}:
                raise PatternError("has a `|` without a word on both sides. Write no space around `|`.")
            found.append(self._one(tokens))
        return _one_of(found)

    def _optional(self, parts: list[Part], tokens: list[str]) -> Part:
        tokens.pop(0)
        if not parts:
            raise PatternError("begins with `?`. Write the optional word before it.")
        return Part(f"(?:{parts.pop().regex})?")

    def _one(self, tokens: list[str]) -> Part:
        token = tokens.pop(0)
        if token in {"(", "!("}:
            inner = self._choices(tokens)
            if not tokens:
                raise PatternError("has a bracket that is not closed. Add `)`.")
            tokens.pop(0)
            return Part(f"(?!{inner.regex})") if token == "!(" else Part(f"(?:{inner.regex})", inner.needs)
        if token.startswith("{"):
            named = self.named(token[1:-1])
            return Part(f"(?:{named.regex})", named.needs)
        if token.startswith("~"):
            return Part(f"(?:{_ANY}){{0,{int(token[1])}}}?")
        fixed = {"^": r"(?<=[.?] )", "$": r"(?=[.?] )", ".": r"\. ", "??": r"\? ", "#": r"[^ .?]*\d[^ .?]* ", "##": r"\d{2,3} "}
        return Part(fixed[token]) if token in fixed else self._word(token)

    def _word(self, token: str) -> Part:
        stem = token.rstrip("*")
        plain = self._plain(stem)
        if not plain or "*" in stem:
            raise PatternError(f"`{token}` is not a word. `*` may stand at a word's end only.")
        if stem != token:
            return Part(re.escape(stem.lower()) + r"[^ .?]* ")
        return Part("".join(f"{re.escape(word)} " for word in plain), tuple(frozenset({word}) for word in plain))


def _one_of(found: list[Part]) -> Part:
    if len(found) == 1:
        return found[0]
    return Part("(?:" + "|".join(part.regex for part in found) + ")", _either(found))


def _either(parts: list[Part]) -> Needs:
    """Of each alternative take its rarest need; one of them must occur. An alternative without any needs nothing."""
    if not all(part.needs for part in parts):
        return ()
    longest = [max(part.needs, key=lambda need: (-len(need), max(map(len, need)))) for part in parts]
    return (frozenset().union(*longest),)


def _tokens(source: str) -> list[str]:
    """Split a pattern. A `?` after a space is a question mark, written `??` from here on."""
    found: list[str] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise PatternError(f"cannot be read at `{source[at:]}`. See docs/crisis-check.md for the signs.")
        token = match.group()
        if token == "?" and (not found or found[-1] == " "):
            token = "??"
        found.append(" " if token.isspace() else token)
        at = match.end()
    return found
