"""The crisis check: finds what means danger now, without Rasa, in every message and every state.

    matcher = CrisisMatcher.load()
    matcher.find("i wanna kil myslef")  # -> (Finding(kind="self_harm", ...),)

The rules stand in `data/red_flags.yml`. Where none of them fires, or only such as may be doubted, a reader of words and
meaning (`content/crisis_reader.py`) looks at the same text, the closer where only an exemption keeps a rule silent. Any
finding goes to a person; there are no degrees of danger.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from content.crisis_reader import Reader
from content.matching import Index
from content.normalise import Normaliser
from content.red_flags import KINDS, Kind, RedFlag, Rules, load_rules
from content.sentences import Line, Piece, runs
from content.spelling import DATA

READS_LIKE_DANGER = "reads_like_danger"
READER_REASON = "Reads like messages of danger."
FEWEST_WORDS = 2
"""One word without a rule ("finished", "thinking…") says too little for the readers to raise an alarm."""
LONG_WORDS = 25
"""From so many words on, a text says enough about itself for the readers to doubt any rule: in a long story of an ordinary
life stands, sooner or later, a wording that means danger elsewhere."""


class Finding(NamedTuple):
    """One sign of danger. `start`/`end` are offsets into the text; `reason` is one plain sentence for staff."""

    kind: Kind
    start: int
    end: int
    reason: str
    pattern_id: str


class Look(NamedTuple):
    """What is seen in a text: the signs, and the readers' joint log odds of danger, None where they did not read."""

    findings: tuple[Finding, ...]
    odds: float | None


class CrisisMatcher:
    """Finds signs of danger. Holds no state between texts and never raises, whatever the text is.

    Without a `reader` the rules alone decide.
    """

    def __init__(self, normaliser: Normaliser, rules: Rules, reader: Reader | None = None) -> None:
        self.rules = rules
        self._reader = reader
        self._normaliser = normaliser
        self._harmless = Index(rules.harmless)
        self._owners = [
            (kind, name, flag, pattern)
            for kind, flags in rules.file.flags.items()
            for name, flag in flags.items()
            for pattern in rules.flags[kind][name]
        ]
        self._flags = Index(pattern for *_, pattern in self._owners)
        self._weak = {name for _, name, flag, _ in self._owners if flag.weak}
        self._english = {name for _, name, flag, _ in self._owners if not flag.foreign}
        self._guards = {
            name: (Index(guard.match), Index(guard.but), guard.near) for name, guard in rules.guards.items()
        }

    @classmethod
    def load(cls, data: Path = DATA) -> CrisisMatcher:
        """Read `spelling.yml`, `red_flags.yml`, `crisis_words.json` and `crisis_sense.json`. Raises ContentError."""
        return cls.rules_alone(data, Reader.load(data))

    @classmethod
    def rules_alone(cls, data: Path = DATA, reader: Reader | None = None) -> CrisisMatcher:
        """Read the rules in `data`; the reader, where there is one, is given. Raises ContentError."""
        normaliser = Normaliser.load(data)
        return cls(normaliser, load_rules(data, normaliser.pattern_word), reader)

    def find(self, text: str) -> tuple[Finding, ...]:
        """Return every sign of danger in `text`: the kinds in the order of `KINDS`, then as they stand in the text."""
        return self.look(text).findings

    def look(self, text: str) -> Look:
        """Return what `find` does, and the readers' log odds where they read."""
        words = self._normaliser.words(text)
        found = self._ruled(Line(text, words))
        if self._reader is None or not self.may_be_doubted(text, found):
            return Look(found, None)
        line = Line(text, words)
        pieces = [piece for piece in self._pieces(line) if len(piece.words) >= (1 if found else FEWEST_WORDS)]
        if not pieces:
            return Look(found, None)
        reading, piece = self._reader.loudest(pieces, line.whole())
        if found:
            return Look(found if reading.score >= self._reader.doubt else (), reading.score)
        if reading.score < (self._reader.excused if line.any(self._flags) else self._reader.threshold):
            return Look((), reading.score)
        finding = Finding(reading.kind, piece.start, piece.end, READER_REASON, READS_LIKE_DANGER)
        return Look((finding,), reading.score)

    def find_by_rules(self, text: str) -> tuple[Finding, ...]:
        """Return the signs that the rules find; takes about a millisecond."""
        return self._ruled(self._line(text))

    def is_excused(self, text: str) -> bool:
        """Return whether a rule finds danger in `text` that nothing but exemptions, `harmless` and `guards`, can take away."""
        return self._line(text).any(self._flags)

    def may_be_doubted(self, text: str, found: Sequence[Finding]) -> bool:
        """Return whether nothing that the rules `found` in `text` (it may be nothing) is a sign whatever else stands there."""
        doubted = self._english if len(text.split()) >= LONG_WORDS else self._weak
        return all(one.pattern_id in doubted for one in found)

    def readable(self, text: str) -> list[Piece]:
        """Return the pieces of `text` that the reader looks at."""
        return self._pieces(self._line(text))

    def whole(self, text: str) -> list[str]:
        """Return the plain words of all of `text`."""
        return self._line(text).whole().words

    def _line(self, text: str) -> Line:
        return Line(text, self._normaliser.words(text))

    def _pieces(self, line: Line) -> list[Piece]:
        return [line.piece(*run) for run in runs(line.sentences())]

    def _ruled(self, line: Line) -> tuple[Finding, ...]:
        """Return what the rules find in `line`, from which the harmless words are taken."""
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

    def _silenced(self, line: Line, flag: RedFlag, first: int, after: int) -> bool:
        return any(self._guarded(line, guard, first, after) for guard in flag.unless)

    def _guarded(self, line: Line, guard: str, first: int, after: int) -> bool:
        match, but, near = self._guards[guard]
        sentence = line.sentence(first, after)
        for _, begin, end in line.spans(match, *sentence):
            if not near or (begin < after and end > first):
                return not line.any(but, *sentence)
        return False
