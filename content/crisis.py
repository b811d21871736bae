"""The crisis check: finds what means danger now, without Rasa, in every message and every state.

    matcher = CrisisMatcher.load()
    matcher.find("i wanna kil myslef")  # -> (Finding(kind="self_harm", ...),)

The rules stand in `data/red_flags.yml`. Where none of them fires, a reader of words (`content/crisis_words.py`) looks at
the same text. Any finding goes to a person; there are no degrees of danger.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from content.crisis_words import READ_TOGETHER, Reader
from content.matching import MARKS, Index
from content.normalise import Normaliser, Word
from content.red_flags import KINDS, Kind, RedFlag, Rules, load_rules
from content.spelling import DATA

PADDING = ["."] * 4  # More marks than any pattern asks for in a row, so that none looks past the end.
HIDDEN = "_"  # Stands for words that only look like danger.
READS_LIKE_DANGER = "reads_like_danger"
SILENCES_READER = ("bereaved", "denied", "long_over", "someone_died", "about_past_abuse")  # guards
READER_REASON = "Reads like messages of danger."


class Finding(NamedTuple):
    """One sign of danger. `start`/`end` are offsets into the text; `reason` is one plain sentence for staff."""

    kind: Kind
    start: int
    end: int
    reason: str
    pattern_id: str


class CrisisMatcher:
    """Finds signs of danger. Holds no state between texts and never raises, whatever the text is.

    Without a `reader` the rules alone decide.
    """

    def __init__(self, normaliser: Normaliser, rules: Rules, reader: Reader | None = None) -> None:
        self.rules = rules
        self._reader = reader
        self._normaliser = normaliser
        self._harmless = Index(rules.harmless)
        self._silencing = [guard for guard in SILENCES_READER if guard in rules.guards]
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
        """Read `spelling.yml`, `red_flags.yml` and `crisis_words.json` in `data`. Raises ContentError."""
        return cls.rules_alone(data, Reader.load(data))

    @classmethod
    def rules_alone(cls, data: Path = DATA, reader: Reader | None = None) -> CrisisMatcher:
        """Read the rules in `data`; the reader, where there is one, is given. Raises ContentError."""
        normaliser = Normaliser.load(data)
        return cls(normaliser, load_rules(data, normaliser.pattern_word), reader)

    def find(self, text: str) -> tuple[Finding, ...]:
        """Return every sign of danger in `text`: the kinds in the order of `KINDS`, then as they stand in the text."""
        line = self._line(text)
        return self._by_rule(line) or self._by_reading(line)

    def readable(self, text: str) -> list[list[str]]:
        """Return the pieces of `text` that the reader looks at, as plain words."""
        line = self._line(text)
        return [line.words(*piece) for piece in self._pieces(line)]

    def whole(self, text: str) -> list[str]:
        """Return the plain words of all of `text`, figures of speech hidden."""
        return self._line(text).texts[1 : -len(PADDING)]

    def _line(self, text: str) -> _Line:
        line = _Line(self._normaliser.words(text))
        for _, first, after in list(line.spans(self._harmless)):
            line.hide(first, after)
        return line

    def _by_reading(self, line: _Line) -> tuple[Finding, ...]:
        """Return what the reader makes of the text: the piece that reads most like danger, where one does."""
        if self._reader is None:
            return ()
        readings = [(self._reader.read(line.words(*piece)), piece) for piece in self._pieces(line)]
        reading, piece = max(readings, default=(None, (1, 1)), key=lambda one: one[0].score)
        if reading is None or reading.score < self._reader.threshold:
            return ()
        return (Finding(reading.kind, *line.offsets(*piece), READER_REASON, READS_LIKE_DANGER),)

    def _pieces(self, line: _Line) -> list[tuple[int, int]]:
        """Return runs of sentences, without those that a guard of `SILENCES_READER` names."""
        sentences = [
            one for one in line.sentences() if not any(self._guarded(line, guard, *one) for guard in self._silencing)
        ]
        return [
            (sentences[at][0], sentences[min(at + READ_TOGETHER, len(sentences)) - 1][1])
            for at in range(max(1, len(sentences) - READ_TOGETHER + 1))
            if sentences
        ]

    def _by_rule(self, line: _Line) -> tuple[Finding, ...]:
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

    def sentences(self) -> list[tuple[int, int]]:
        """Return the positions of each sentence, without its mark."""
        found: list[tuple[int, int]] = []
        first = 1
        for at in range(1, len(self._words) + 2):
            if self.texts[at] in MARKS:
                if at > first:
                    found.append((first, at))
                first = at + 1
        return found

    def words(self, first: int, after: int) -> list[str]:
        """Return the plain words of these positions, marks among them."""
        return self.texts[first:after]

    def offsets(self, first: int, after: int) -> tuple[int, int]:
        """Return where these positions stand in the text."""
        return self._words[first - 1].start, self._words[after - 2].end
