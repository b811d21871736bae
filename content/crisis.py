"""The crisis check: finds wordings that mean danger now, without a model, in every message and every state.

    matcher = CrisisMatcher.load()
    matcher.find("i wanna kil myslef")  # -> (Finding(kind="self_harm", ...),)

The rules stand in `data/red_flags.yml`. Any finding goes to a person; there are no degrees of danger.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from content.normalise import SENTENCE_MARKS, Normaliser, Word
from content.patterns import Pattern
from content.red_flags import Kind, Rules, load_rules
from content.spelling import DATA

HIDDEN = "_"


class Finding(NamedTuple):
    """One sign of danger. `start`/`end` are offsets into the text; `reason` is one plain sentence for staff."""

    kind: Kind
    start: int
    end: int
    reason: str
    pattern_id: str


class CrisisMatcher:
    """Finds signs of danger. Holds no state between texts and never raises, whatever the text is."""

    def __init__(self, normaliser: Normaliser, rules: Rules) -> None:
        self._normaliser = normaliser
        self._rules = rules

    @classmethod
    def load(cls, data: Path = DATA) -> CrisisMatcher:
        """Read `spelling.yml` and `red_flags.yml` in `data`. Raises ContentError."""
        normaliser = Normaliser.load(data)
        return cls(normaliser, load_rules(data, normaliser.pattern_word))

    @property
    def rules(self) -> Rules:
        """The rules with their examples."""
        return self._rules

    def find(self, text: str) -> tuple[Finding, ...]:
        """Return every sign of danger in `text`: the kinds in the order of the file, then as they stand in the text."""
        line = _Line(self._normaliser.words(text))
        for first, last in [span for pattern in self._rules.harmless for span in line.spans(pattern)]:
            line.hide(first, last)
        found: list[Finding] = []
        for kind, flags in self._rules.flags.items():
            of_kind = [
                finding
                for name, patterns in flags.items()
                for pattern in patterns
                for finding in self._findings(line, kind, name, pattern)
            ]
            found.extend(_first_of_each(sorted(of_kind, key=lambda finding: finding.start)))
        return tuple(found)

    def _findings(self, line: _Line, kind: Kind, name: str, pattern: Pattern) -> Iterator[Finding]:
        flag = self._rules.file.flags[kind][name]
        for first, last in line.spans(pattern):
            if not any(self._guarded(line, guard, first, last) for guard in flag.unless):
                yield Finding(kind, line.words[first].start, line.words[last].end, flag.reason, name)

    def _guarded(self, line: _Line, guard: str, first: int, last: int) -> bool:
        begin, end = line.sentence(first, last)
        rules = self._rules.guards[guard]
        if rules.near:
            spans = (span for pattern in rules.match for span in line.spans(pattern))
            found = any(start <= last and stop >= first for start, stop in spans)
        else:
            found = any(line.matches(pattern, begin, end) for pattern in rules.match)
        if not found:
            return False
        return not any(line.matches(pattern, begin, end) for pattern in rules.but)


class _Line:
    """The plain words of a text in one string, ". i want to die . ", with the way back from characters to words."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self._texts = [word.text for word in words]
        self._join()

    def _join(self) -> None:
        self._starts: list[int] = []
        at = 2
        for text in self._texts:
            self._starts.append(at)
            at += len(text) + 1
        ended = self._texts and self._texts[-1] in SENTENCE_MARKS
        self._text = ". " + "".join(f"{text} " for text in self._texts) + ("" if ended else ". ")
        self._present = frozenset(self._texts)

    def hide(self, first: int, last: int) -> None:
        """Replace words that only look like danger."""
        for index in range(first, last + 1):
            if self._texts[index] not in SENTENCE_MARKS:
                self._texts[index] = HIDDEN
        self._join()

    def spans(self, pattern: Pattern) -> Iterator[tuple[int, int]]:
        """Yield (first, last) word index of each place where `pattern` matches."""
        if not pattern.possible(self._present):
            return
        for match in pattern.regex.finditer(self._text):
            first = bisect_right(self._starts, match.start()) - 1
            last = bisect_right(self._starts, match.end() - 1) - 1
            if 0 <= first <= last:
                yield first, last

    def matches(self, pattern: Pattern, begin: int, end: int) -> bool:
        """True where `pattern` matches within these characters of the joined text."""
        return pattern.possible(self._present) and pattern.regex.search(self._text, begin, end) is not None

    def sentence(self, first: int, last: int) -> tuple[int, int]:
        """Return the characters of the joined text that hold the sentence of these words, with its mark."""
        while first > 0 and self._texts[first - 1] not in SENTENCE_MARKS:
            first -= 1
        while last + 1 < len(self._texts) and self._texts[last] not in SENTENCE_MARKS:
            last += 1
        end = self._starts[last] + len(self._texts[last]) + 1
        return self._starts[first], end if self._texts[last] in SENTENCE_MARKS else len(self._text)


def _first_of_each(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Keep the first finding of each flag: more of the same tell staff nothing."""
    seen: set[str] = set()
    for finding in findings:
        if finding.pattern_id not in seen:
            seen.add(finding.pattern_id)
            yield finding
