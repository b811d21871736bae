"""The crisis check: finds wordings that mean danger now, without a model, in every message and every state.

    matcher = CrisisMatcher.load()
    matcher.find("i wanna kil myslef")  # -> (Finding(kind="self_harm", ...),)

The rules stand in `data/red_flags.yml`. Any finding goes to a person; there are no degrees of danger.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from content.matching import MARKS, Index
from content.normalise import Normaliser, Word
from content.red_flags import KINDS, Kind, RedFlag, Rules, load_rules
from content.spelling import DATA

PADDING = ["."] * 4  # More marks than any pattern asks for in a row, so that none looks past the end.
HIDDEN = "_"  # Stands for words that only look like danger.


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
        self.rules = rules
        self._normaliser = normaliser
        self._harmless = Index(rules.harmless)
        self._owners = [
            (kind, name, flag, pattern)
            for kind, flags in rules.file.flags.items()
            for name, flag in flags.items()
            for pattern in rules.flags[kind][name]
        ]
        self._flags = Index(pattern for *_, pattern in self._owners)
        self._guards = {
            name: (Index(guard.match), Index(guard.but), guard.near) for name, guard in rules.guards.items()
        }

    @classmethod
    def load(cls, data: Path = DATA) -> CrisisMatcher:
        """Read `spelling.yml` and `red_flags.yml` in `data`. Raises ContentError."""
        normaliser = Normaliser.load(data)
        return cls(normaliser, load_rules(data, normaliser.pattern_word))

    def find(self, text: str) -> tuple[Finding, ...]:
        """Return every sign of danger in `text`: the kinds in the order of `KINDS`, then as they stand in the text."""
        line = _Line(self._normaliser.words(text))
        for _, first, after in list(line.spans(self._harmless)):
            line.hide(first, after)
        found: dict[tuple[int, int, str], Finding] = {}
        for number, first, after in line.spans(self._flags):
            kind, name, flag, _ = self._owners[number]
            key = (KINDS.index(kind), first, name)
            if key not in found and not self._silenced(line, flag, first, after):
                found[key] = Finding(kind, *line.offsets(first, after), flag.reason, name)
        first_of_each: dict[str, Finding] = {}
        for key in sorted(found):
            first_of_each.setdefault(found[key].pattern_id, found[key])
        return tuple(first_of_each.values())

    def _silenced(self, line: _Line, flag: RedFlag, first: int, after: int) -> bool:
        return any(self._guarded(line, guard, first, after) for guard in flag.unless)

    def _guarded(self, line: _Line, guard: str, first: int, after: int) -> bool:
        match, but, near = self._guards[guard]
        sentence = line.sentence(first, after)
        for _, begin, end in line.spans(match, *sentence):
            if not near or (begin < after and end > first):
                return not line.any(but, *sentence)
        return False


class _Line:
    """The plain words of a text between sentence marks, with the way back to offsets in the text."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self.texts = [".", *(word.text for word in words), *PADDING]
        self._present = frozenset(self.texts)

    def hide(self, first: int, after: int) -> None:
        """Take words that only look like danger out of sight."""
        self.texts[first:after] = [text if text in MARKS else HIDDEN for text in self.texts[first:after]]
        self._present = frozenset(self.texts)

    def spans(self, index: Index, begin: int = 1, end: int | None = None) -> Iterator[tuple[int, int, int]]:
        """Yield (number of the pattern, first position, position after) for what matches within `begin:end`."""
        last = len(self.texts) - len(PADDING) if end is None else end
        for number, first, after in index.spans(self.texts, self._present, begin, last):
            yield number, first, min(after, len(self.texts) - len(PADDING))

    def any(self, index: Index, begin: int, end: int) -> bool:
        """True where a pattern matches within `begin:end`."""
        return any(True for _ in self.spans(index, begin, end))

    def sentence(self, first: int, after: int) -> tuple[int, int]:
        """Return the positions of the sentence (or sentences) that hold `first:after`, without the last mark."""
        while self.texts[first - 1] not in MARKS:
            first -= 1
        after = max(after, first + 1)
        while self.texts[after - 1] not in MARKS and self.texts[after] not in MARKS:
            after += 1
        return first, after

    def offsets(self, first: int, after: int) -> tuple[int, int]:
        """Return where these positions stand in the text."""
        return self._words[first - 1].start, self._words[after - 2].end
