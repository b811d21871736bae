"""Counts of what processes did, kept in a file so that they outlive the processes."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path


class Tally:
    """Any process may count into the file at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def count(self, name: str) -> None:
        os.write(self._file, f"{name}\n".encode())

    def read(self) -> Counter[str]:
        return Counter(self._path.read_text().splitlines())

    def close(self) -> None:
        os.close(self._file)
