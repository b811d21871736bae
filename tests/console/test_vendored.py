from __future__ import annotations

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "bot" / "web" / "static" / "vendor"


def test_vendored_scripts_are_exactly_the_pinned_ones() -> None:
    pinned = dict(re.findall(r"\| `([\w.-]+\.js)` .* `([0-9a-f]{64})` \|", (VENDOR / "README.md").read_text()))
    present = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")}
    assert present == pinned
    assert (VENDOR / "LICENSE.txt").exists()
