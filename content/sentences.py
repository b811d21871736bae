"""The plain words of a text between sentence marks, as the crisis check looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from content.matching import MARKS, Index
from content.normalise import Word

PADDING = ["."] * 4  # More marks than any pattern asks for in a row, so that none looks past the end.
HIDDEN = "_"  # Stands for words that only look like danger.
READ_TOGETHER = 3  # How many sentences in a row are read as one piece.
MOST_SENTENCES = 18  # Texts of more are read in longer pieces, so that no text has more than 16.
LONGEST, STEP = 60, 45  # Words of a piece, and from one piece to the next in a longer sentence.


class Piece(NamedTuple):
    """A run of sentences: its plain words, the same as it was typed, and where it stands in the text."""

    words: list[str]
    text: str
    start: int
    end: int


class Line:
    """The plain words of a text between sentence marks, with the way back to offsets in the text."""

    def __init__(self, text: str, words: list[Word]) -> None:
        self._text = text
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

    def any(self, index: Index, begin: int = 1, end: int | None = None) -> bool:
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

    def offsets(self, first: int, after: int) -> tuple[int, int]:
        """Return where these positions stand in the text."""
        return self._words[first - 1].start, self._words[after - 2].end

    def whole(self) -> Piece:
        """Return the text as it was typed, with its plain words."""
        return Piece(self.texts[1 : -len(PADDING)], _whole_characters(self._text), 0, len(self._text))

    def piece(self, first: int, after: int) -> Piece:
        """Return what stands at these positions; the whole text is given as it was typed."""
        start, end = self.offsets(first, after)
        begin, stop = (0, len(self._text)) if first == 1 and after > len(self._words) - 1 else (start, end)
        return Piece(self.texts[first:after], _whole_characters(self._text[begin:stop].strip()), start, end)


def _whole_characters(text: str) -> str:
    """Return `text` without half characters, which the sentence encoder refuses."""
    return text.encode("utf-8", "replace").decode()


def runs(sentences: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the runs of sentences to read as one piece, as positions; none is longer than `LONGEST` words."""
    count = len(sentences)
    width = READ_TOGETHER if count <= MOST_SENTENCES else -(-count // 8)
    step = 1 if count <= MOST_SENTENCES else -(-width // 2)
    found: dict[tuple[int, int], None] = {}
    for at in range(0, max(1, count - width + step), step):
        for first, after in [(sentences[at][0], sentences[min(at + width, count) - 1][1])] if count else []:
            for begin in range(first, max(first + 1, after - LONGEST + STEP), STEP):
                found[begin, min(begin + LONGEST, after)] = None
    return list(found)
