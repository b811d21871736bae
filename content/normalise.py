"""Turns what people type into plain words, so that one pattern meets every way of writing it.

Unicode forms, invisible characters, capitals, accents, look-alike letters, "k1ll", "k*ll", "k i l l", "sooo", "cant" and
slips of the finger all become the same words; each word remembers where it stood in the original text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from content.spelling import DATA, Spelling

SENTENCE_MARKS = frozenset({".", "?"})
MAX_WORD = 32  # Longer runs of letters are no word that a pattern could know.

_LOOKALIKES = str.maketrans("аеорсухіјѕԁոһ", "aeopcyxijsdnh")
_LETTER_FORMS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "ʼ": "'",
        "＇": "'",
        "ʻ": "'",
        "ё": "е",
        "ı": "i",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "ـ": None,
    }
)
_SPACED = r"(?P<spaced>(?<!\w)[a-z](?:[ .*_-]{1,2}[a-z]){2,}(?!\w))|"  # "k i l l", "d.i.e"
_REPEATED = r"(?!(?P<emergency>999|911|112)\D+(?P=emergency))"  # "call 999 999 999"
_TELEPHONE = _REPEATED + r"\+?\d(?:(?:[ ()/-]{0,2}|\.)\d){6,}(?!\w)"
_THOUSANDS = r"[1-9]\d{0,2}(?:[,.]\d{3})+[a-z]{0,3}(?!\w)"
_NUMBER = rf"(?P<number>(?<!\w)[£$€]?(?:{_TELEPHONE}|{_THOUSANDS}))|"  # "0161 999 4321", "£1,999", "1,000mg"
_PIECE = re.compile(
    _NUMBER
    + _SPACED
    + r"(?P<stop>[.!;\n\r…。！।۔|]+)|(?P<ask>[?？؟]+)|(?P<chunk>[^\s.!;…。！।۔?？؟|,،、，:\"“”()\[\]{}/\\<>~^=+&]+)"
)
_INNER_MARK = re.compile(r"(?<=\w)[!|](?=\w)")
_LETTER = r"[^\W_]|[\u0900-\u0963\u0966-\u0dff]"  # Indic vowel signs are no letters to Python.
_WORD = re.compile(rf"(?:{_LETTER})+(?:'(?:{_LETTER})+)*")
_SPOKEN_SYMBOLS = {
    "🔫": " gun ",
    "🔪": " knife ",
    "💊": " pills ",
    "🩸": " blood ",
    "👋": " goodbye ",
    "🪦": " grave ",
    "😂": " lol ",
    "🤣": " lol ",
}


class Word(NamedTuple):
    """One plain word (or the sentence marks "." and "?") and where it stood: `start`/`end` offsets into the original."""

    text: str
    start: int
    end: int


class Normaliser:
    """Splits a text into plain words. Never raises, whatever the text holds."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self._plain = lru_cache(maxsize=20_000)(self._plain_words)

    @classmethod
    def load(cls, data: Path = DATA) -> Normaliser:
        """Read `spelling.yml` in `data`. Raises ContentError."""
        return cls(Spelling.load(data))

    def words(self, text: str) -> list[Word]:
        """Return the plain words of `text` in order, with one sentence mark between sentences."""
        characters, origins = _plain_characters(text)
        return list(_one_mark(self._split(characters, origins)))

    def pattern_word(self, word: str) -> list[str]:
        """Return the plain words that a pattern's `word` stands for: the same road that a visitor's word takes."""
        characters, _ = _plain_characters(word)
        return [plain for piece in _WORD.findall(characters) for part in _scripts(piece) for plain in self._plain(part)]

    def _split(self, characters: str, origins: list[int]) -> Iterator[Word]:
        for piece in _PIECE.finditer(_INNER_MARK.sub("*", characters)):
            start, end = piece.span()
            if piece.lastgroup == "number":
                # Its groups are no numbers of their own: "0161 999 4321" calls no ambulance.
                yield Word("".join(filter(str.isalnum, piece.group()))[:MAX_WORD], origins[start], origins[end - 1] + 1)
            elif piece.lastgroup == "spaced":
                yield from self._spaced(piece.group(), start, origins)
            elif piece.lastgroup == "chunk":
                yield from self._chunk(piece.group(), start, origins)
            elif piece.lastgroup == "ask" or not _inside_a_word(characters, start, end):
                yield Word("?" if piece.lastgroup == "ask" else ".", origins[start], origins[end - 1] + 1)

    def _chunk(self, chunk: str, at: int, origins: list[int]) -> Iterator[Word]:
        hidden = self.spelling.unmask(chunk)
        if hidden:
            first, last = origins[at], origins[at + len(chunk) - 1] + 1
            yield from (Word(plain, first, last) for plain in self._plain(hidden))
            return
        for match in _WORD.finditer(chunk):
            place = at + match.start()
            for part in _scripts(match.group()):
                first, last = origins[place], origins[place + len(part) - 1] + 1
                yield from (Word(plain, first, last) for plain in self._plain(part))
                place += len(part)

    def _plain_words(self, word: str) -> tuple[str, ...]:
        word = word.strip("'")[:MAX_WORD]
        return self.spelling.plain(word) if word else ()

    def _spaced(self, letters: str, at: int, origins: list[int]) -> Iterator[Word]:
        """Read "k i l l  m y s e l f" as words where the letters spell some that matter, else letter by letter."""
        spelt = self.spelling.segment("".join(filter(str.isalpha, letters)))
        first, last = origins[at], origins[at + len(letters) - 1] + 1
        if spelt:
            yield from (Word(plain, first, last) for part in spelt for plain in self._plain(part))
        else:
            yield from self._chunk(letters, at, origins)


def _plain_characters(text: str) -> tuple[str, list[int]]:
    """Return the text in plain lower-case characters and, for each, its offset in the original."""
    if text.isascii():
        return text.lower().replace("`", "'"), list(range(len(text)))
    characters: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text):
        plain = _plain_character(character)
        characters.append(plain)
        origins.extend([offset] * len(plain))
    return "".join(characters), origins


@lru_cache(maxsize=10_000)
def _plain_character(character: str) -> str:
    if character in _SPOKEN_SYMBOLS:
        return _SPOKEN_SYMBOLS[character]
    decomposed = unicodedata.normalize("NFKD", character)
    kept = "".join(part for part in decomposed if not _is_invisible(part))
    return unicodedata.normalize("NFC", kept).casefold().translate(_LETTER_FORMS)


def _is_invisible(character: str) -> bool:
    """True for zero-width and direction marks, Latin accents and Arabic vowel signs, none of which carry a word."""
    if character in "\n\r\t":
        return False
    category = unicodedata.category(character)
    return category in {"Cf", "Cs", "Cc"} or "\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u0655"


def _inside_a_word(characters: str, start: int, end: int) -> bool:
    """True for the dots of "k.i.l.l", "p.m." and "2.5", and for "..." in the middle of a thought."""
    if "\n" in characters[start:end] or (end - start > 1 and characters[start] in ".…"):
        return "\n" not in characters[start:end]
    before, after = characters[max(0, start - 2) : start], characters[end : end + 2]
    single = len(before.strip()) == 1 or not before[-1:].isalpha()
    return after[:1].isalnum() and before[-1:].isalnum() and (single or after[:1].isdigit())


def _scripts(word: str) -> Iterable[str]:
    """Split Chinese and Japanese writing, which has no spaces, into single characters; others stay whole."""
    if word.isascii() or not any("\u3040" <= character <= "\u9fff" for character in word):
        mixed = not word.isascii() and any("a" <= character <= "z" for character in word)
        return (word.translate(_LOOKALIKES) if mixed else word,)
    return tuple(word)


def _one_mark(words: Iterable[Word]) -> Iterator[Word]:
    """Keep one sentence mark in a row (a question mark wins) and none at the very start."""
    waiting: Word | None = None
    begun = False
    for word in words:
        if word.text in SENTENCE_MARKS:
            waiting = word if waiting is None or word.text == "?" else waiting
            continue
        if waiting and begun:
            yield waiting
        waiting, begun = None, True
        yield word
    if waiting and begun:
        yield waiting
