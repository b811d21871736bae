"""Runs word patterns over plain words: a small backtracking matcher, fast because most words begin no pattern.

A line of words begins and ends with a sentence mark, so that no piece ever looks past either end. Each piece compiles
to a function from (words, position) to the position after the match, or -1, given the function for what follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

Run = Callable[[list[str], int], int]
MARKS = frozenset({".", "?"})
FAILED = -1


class Node(Protocol):
    """A piece of a pattern.

    `first`: the words it can begin with, None for any word. `skippable`: it can match nothing at all.
    `needs`: sets of words, of each of which one must stand in the text.
    """

    @property
    def first(self) -> frozenset[str] | None: ...

    @property
    def skippable(self) -> bool: ...

    @property
    def needs(self) -> tuple[frozenset[str], ...]: ...

    def compile(self, then: Run) -> Run: ...


@dataclass(frozen=True)
class Words:
    """One word of a set."""

    words: frozenset[str]
    skippable = False

    @property
    def first(self) -> frozenset[str]:
        return self.words

    @property
    def needs(self) -> tuple[frozenset[str], ...]:
        return (self.words,)

    def compile(self, then: Run) -> Run:
        words = self.words
        return lambda line, at: then(line, at + 1) if line[at] in words else FAILED


@dataclass(frozen=True)
class Test:
    """One word that passes a test."""

    test: Callable[[str], bool]
    first = None
    skippable = False
    needs = ()

    def compile(self, then: Run) -> Run:
        test = self.test
        return lambda line, at: then(line, at + 1) if line[at] not in MARKS and test(line[at]) else FAILED


@dataclass(frozen=True)
class Anchor:
    """A sentence mark must stand just before (`offset` -1) or here (0); takes no word."""

    offset: int
    first = frozenset[str]()
    skippable = True
    needs = ()

    def compile(self, then: Run) -> Run:
        offset = self.offset
        return lambda line, at: then(line, at) if line[at + offset] in MARKS else FAILED


@dataclass(frozen=True)
class Gap:
    """Up to `most` words of the same sentence, as few as possible."""

    most: int
    first = None
    skippable = True
    needs = ()

    def compile(self, then: Run) -> Run:
        steps = range(self.most + 1)

        def run(line: list[str], at: int) -> int:
            for step in steps:
                end = then(line, at + step)
                if end != FAILED:
                    return end
                if line[at + step] in MARKS:
                    return FAILED
            return FAILED

        return run


@dataclass(frozen=True)
class Not:
    """What must not follow; takes no word."""

    node: Node
    first = frozenset[str]()
    skippable = True
    needs = ()

    def compile(self, then: Run) -> Run:
        inner = self.node.compile(_matched)
        return lambda line, at: then(line, at) if inner(line, at) == FAILED else FAILED


@dataclass(frozen=True)
class Maybe:
    """A piece that may be missing."""

    node: Node
    skippable = True
    needs = ()

    @property
    def first(self) -> frozenset[str] | None:
        return self.node.first

    def compile(self, then: Run) -> Run:
        inner = self.node.compile(then)

        def run(line: list[str], at: int) -> int:
            end = inner(line, at)
            return end if end != FAILED else then(line, at)

        return run


@dataclass(frozen=True)
class Choice:
    """One of several pieces, tried in order."""

    nodes: tuple[Node, ...]

    @property
    def first(self) -> frozenset[str] | None:
        return _union(node.first for node in self.nodes)

    @property
    def skippable(self) -> bool:
        return any(node.skippable for node in self.nodes)

    @property
    def needs(self) -> tuple[frozenset[str], ...]:
        rarest = [min(node.needs, key=len) for node in self.nodes if node.needs]
        return (frozenset().union(*rarest),) if len(rarest) == len(self.nodes) else ()

    def compile(self, then: Run) -> Run:
        by_word: dict[str, tuple[Run, ...]] = {}
        anywhere: tuple[Run, ...] = ()
        for node in self.nodes:
            run = node.compile(then)
            if node.first is None or node.skippable:
                anywhere += (run,)
                by_word = {word: (*runs, run) for word, runs in by_word.items()}
            else:
                by_word.update({word: (*by_word.get(word, anywhere), run) for word in node.first})

        def choose(line: list[str], at: int) -> int:
            for run in by_word.get(line[at], anywhere):
                end = run(line, at)
                if end != FAILED:
                    return end
            return FAILED

        return choose


@dataclass(frozen=True)
class Sequence:
    """Pieces one after the other."""

    nodes: tuple[Node, ...]

    @property
    def first(self) -> frozenset[str] | None:
        reachable = [
            node for index, node in enumerate(self.nodes) if all(before.skippable for before in self.nodes[:index])
        ]
        return _union(node.first for node in reachable)

    @property
    def skippable(self) -> bool:
        return all(node.skippable for node in self.nodes)

    @property
    def needs(self) -> tuple[frozenset[str], ...]:
        return tuple(need for node in self.nodes for need in node.needs)

    def compile(self, then: Run) -> Run:
        for node in reversed(self.nodes):
            then = node.compile(then)
        return then


class Pattern:
    """A compiled pattern. `source` is what stands in the file."""

    def __init__(self, source: str, tree: Node) -> None:
        self.source = source
        self.first = tree.first
        self.needs = tree.needs
        self.run = tree.compile(_matched)

    def possible(self, present: frozenset[str]) -> bool:
        """False where a word is missing without which the pattern cannot match."""
        return all(not need.isdisjoint(present) for need in self.needs)


class Index:
    """Many patterns, found by the word they begin with."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._runs = [pattern.run for pattern in self._patterns]
        self._by_word: dict[str, list[int]] = {}
        self._anywhere: list[int] = []
        for number, pattern in enumerate(self._patterns):
            if pattern.first is None:
                self._anywhere.append(number)
            for word in pattern.first or ():
                self._by_word.setdefault(word, []).append(number)

    def spans(self, line: list[str], present: frozenset[str], begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield (number of the pattern, first position, position after) for matches that begin in `begin:end`."""
        anywhere = tuple(number for number in self._anywhere if self._patterns[number].possible(present))
        worth: dict[str, tuple[int, ...]] = {}
        for at in range(begin, end):
            word = line[at]
            if word not in worth:
                begins = self._by_word.get(word, ())
                worth[word] = (*(number for number in begins if self._patterns[number].possible(present)), *anywhere)
            for number in worth[word]:
                after = self._runs[number](line, at)
                if after > at:
                    yield number, at, after


def _matched(_: list[str], at: int) -> int:
    return at


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    together: frozenset[str] = frozenset()
    for words in sets:
        if words is None:
            return None
        together |= words
    return together
