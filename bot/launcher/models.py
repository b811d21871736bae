"""Which Rasa model is active, and whether it was trained on the data that is present.

`BOT_DATA_DIR/models/active.json` names the model file, the fingerprint of what it was trained on and the figures of
the safety gate. Only a model that passed the gate is ever written there, so the file is the permission to serve.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent.parent
TRAINED_ON = (
    "config.yml", "domain.yml", "data/nlu/*.yml", "data/rules.yml", "data/topics.yml", "data/red_flags.yml",
    "data/spelling.yml", "data/crisis_words.json", "data/crisis_sense.json", "data/medicines.yml", "data/conditions.yml",
    "nlu/**/*.py", "content/weights/*", "content/*.py", "requirements/rasa.txt",
    "requirements/encoder.txt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """`file` lies beside active.json; `figures` are what the safety gate measured; `trained_at` is ISO 8601, UTC."""

    file: str
    fingerprint: str
    trained_at: str
    sha256: str
    figures: dict[str, Any] = field(default_factory=dict)

    def path(self, data_dir: Path) -> Path:
        """Return where the model lies."""
        return data_dir / "models" / self.file


def fingerprint(root: Path = ROOT) -> str:
    """Return the SHA-256 over the names and contents of everything a model depends on."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def models_dir(data_dir: Path) -> Path:
    """Return the folder of models, made where missing."""
    folder = data_dir / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_active(data_dir: Path) -> ActiveModel | None:
    """Return the active model, None where none was ever activated.

    Raises:
        SetupError: active.json or the model it names is damaged or gone.
    """
    record = data_dir / "models" / "active.json"
    if not record.exists():
        return None
    try:
        active = ActiveModel(**json.loads(record.read_text()))
    except (ValueError, TypeError) as error:
        raise SetupError(f"{record} is damaged ({error}). Delete it and run: make train") from error
    model = active.path(data_dir)
    if not model.exists():
        raise SetupError(f"The model {model} is gone. Run: make train")
    if file_sha256(model) != active.sha256:
        raise SetupError(f"The model {model} was changed since it passed the safety gate. Run: make train FORCE=1")
    return active


def activate(data_dir: Path, active: ActiveModel) -> None:
    """Make `active` the model to serve; the change is atomic, and models before the last two are removed."""
    folder = models_dir(data_dir)
    before = (folder / "active.json").read_text() if (folder / "active.json").exists() else "{}"
    temporary = folder / "active.json.new"
    temporary.write_text(json.dumps(asdict(active), indent=2))
    with temporary.open() as handle:
        os.fsync(handle.fileno())
    temporary.replace(folder / "active.json")
    keep = {active.file, json.loads(before).get("file")}
    for old in folder.glob("*.tar.gz"):
        if old.name not in keep:
            old.unlink()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _inputs(root: Path) -> Iterator[Path]:
    for pattern in TRAINED_ON:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())
