"""A copy of the shipped content that a test may spoil, and small measures of a text."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from content.topics import DATA

FILES = ("topics.yml", "clinic.yml", "crisis_lines.yml", "answers.yml", "messages.yml")
SHINGLE_WORDS = 8


class Copy:
    """A copy of the content files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in FILES:
            shutil.copy(DATA / name, folder / name)

    def change(self, name: str, old: str, new: str) -> Path:
        """Replace the first `old` of the file by `new` and return the folder."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} does not stand in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self.folder

    def line(self, name: str, text: str) -> int:
        """Return the number of the first line that contains `text`."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))


def shingles(text: str) -> set[str]:
    """Return a short fingerprint of each run of eight words."""
    found = words(text)
    runs = (" ".join(found[at : at + SHINGLE_WORDS]) for at in range(len(found) - SHINGLE_WORDS + 1))
    return {hashlib.sha256(run.encode()).hexdigest()[:12] for run in runs}


def school_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade: 7 is a reader of about twelve. Syllables are estimated from vowel groups."""
    found = re.findall(r"[A-Za-z'’]+", text)
    sentences = max(1, len(re.findall(r"[.!?:](?:\s|$)", text)))
    return 0.39 * len(found) / sentences + 11.8 * sum(map(_syllables, found)) / len(found) - 15.59


def _syllables(word: str) -> int:
    plain = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", plain))
    return max(1, groups - (plain.endswith("e") and not plain.endswith("le")))
