"""Phone typing, contractions, disguises and misspellings of the few words that matter for safety (`data/spelling.yml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from content.yaml_lines import ContentError, line_of, read_yaml

DATA = Path(__file__).resolve().parent.parent / "data"
_LEET = str.maketrans("013457@$!|", "oieastasii")
_DISGUISE = re.compile(r"[a-z]+[0-9@$!|*#_-]+[a-z0-9@$!|*#_-]*|[0-9@$]+[a-z][a-z0-9@$!|*]*")
_LONG_RUN = re.compile(r"([^\W\d])\1{2,}")


class SpellingFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`written_as`: short or joined forms and what they stand for. `key_words`: words that are recognised misspelt.

    `real_words`: words near a key word that are words of their own. `joined`: words looked for in "killmyself".
    """

    written_as: dict[str, str]
    key_words: tuple[str, ...]
    joined: tuple[str, ...]
    real_words: tuple[str, ...]


class Spelling:
    """Knows what a typed word stands for."""

    def __init__(self, file: SpellingFile) -> None:
        self._expand = {word: tuple(meaning.split()) for word, meaning in file.written_as.items()}
        self._keys = frozenset(file.key_words)
        self._joined = frozenset(file.joined)
        self._known = self._keys | self._joined | frozenset(file.real_words) | frozenset(self._expand)
        self._known |= {word for meaning in self._expand.values() for word in meaning}
        self._by_deletion = _deletion_index(file.key_words)

    @classmethod
    def load(cls, data: Path = DATA) -> Spelling:
        """Read `spelling.yml`. Raises ContentError."""
        path = data / "spelling.yml"
        file, lines = read_yaml(path, SpellingFile)
        for name in ("key_words", "joined", "real_words"):
            for index, word in enumerate(getattr(file, name)):
                if not re.fullmatch(r"[a-z']+", word):
                    where = f"{name}[{index}]"
                    raise ContentError(path, line_of(lines, where), where, f"`{word}` must be one lower-case word.")
        return cls(file)

    def plain(self, word: str) -> tuple[str, ...]:
        """Return the plain words that the lower-case `word` stands for; itself where nothing better is known."""
        for form in (word, word.replace("'", "")):
            if form in self._expand:
                return self._expand[form]
        if word in self._known:
            return (word,)
        return self._possessive(word) or self._shortened(word) or self._corrected(word)

    def unmask(self, chunk: str) -> str:
        """Return the key word behind "k1ll", "su!cide" or "k*ll", "" where there is none."""
        chunk = chunk.strip(".,'-_")
        if chunk.isalpha() or not 3 <= len(chunk) <= 24 or not _DISGUISE.fullmatch(chunk):
            return ""
        plain = chunk.translate(_LEET)
        if plain.isalpha():
            return plain if plain in self._keys or plain in self._expand else ""
        pattern = re.compile(re.sub(r"[^a-z]", ".", plain))
        open_letters = sum(character.isalpha() for character in plain)
        return next((key for key in sorted(self._keys) if open_letters > 1 and pattern.fullmatch(key)), "")

    def segment(self, letters: str) -> tuple[str, ...]:
        """Split "killmyself" into words of the `joined` list, at least one of them a key word; () where impossible."""
        if not 3 <= len(letters) <= 40:
            return ()
        best: dict[int, tuple[str, ...]] = {0: ()}
        for end in range(1, len(letters) + 1):
            splits = [
                (*best[start], letters[start:end])
                for start in range(max(0, end - 12), end)
                if start in best and letters[start:end] in self._joined
            ]
            if splits:
                best[end] = min(splits, key=len)
        whole = best.get(len(letters), ())
        return whole if any(word in self._keys for word in whole) else ()

    def _possessive(self, word: str) -> tuple[str, ...]:
        return (*self.plain(word[:-2]), "'s") if word.endswith("'s") and len(word) > 3 else ()

    def _shortened(self, word: str) -> tuple[str, ...]:
        """Read "diiiie" as "die" and "killl" as "kill"; an unknown word keeps one letter of a long run."""
        if not _LONG_RUN.search(word):
            return ()
        forms = (_LONG_RUN.sub(r"\1\1", word), _LONG_RUN.sub(r"\1", word))
        known = next((form for form in forms if form in self._known), None)
        return self.plain(known if known else forms[1])

    def _corrected(self, word: str) -> tuple[str, ...]:
        if not word.isascii() or not word.isalpha() or len(word) < 3:
            return (word,)
        parts = self.segment(word) if len(word) > 5 else ()
        if len(parts) > 1:
            return tuple(plain for part in parts for plain in self.plain(part))
        return (self._nearest(word) or word,)

    def _nearest(self, word: str) -> str:
        candidates = {key for form in _deletions(word, _reach(word)) for key in self._by_deletion.get(form, ())}
        close = sorted((distance(word, key), key) for key in candidates if _may_mean(word, key))
        return next((key for steps, key in close if steps <= _reach(key)), "")


def distance(one: str, other: str) -> int:
    """Return the number of slips (missing, extra, wrong or swapped letter) between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                steps = min(steps, last[j - 2] + 1)
            row.append(steps)
    return row[-1]


def _reach(word: str) -> int:
    """How many slips are forgiven: none in the shortest words, which are one slip from too many others."""
    return 0 if len(word) < 3 else 1 if len(word) < 8 else 2


def _may_mean(word: str, key: str) -> bool:
    """People rarely miss the first letter; where they do, they swap it with the second."""
    return word[0] == key[0] or word[:2] == key[1::-1]


def _deletion_index(keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    index: dict[str, set[str]] = {}
    for key in keys:
        if len(key) > 3:
            for form in _deletions(key, _reach(key)):
                index.setdefault(form, set()).add(key)
    return {form: tuple(sorted(found)) for form, found in index.items()}


@lru_cache(maxsize=4096)
def _deletions(word: str, depth: int) -> frozenset[str]:
    return frozenset(_shorter(word, depth))


def _shorter(word: str, depth: int) -> Iterator[str]:
    yield word
    if depth:
        for index in range(len(word)):
            yield from _shorter(word[:index] + word[index + 1 :], depth - 1)
