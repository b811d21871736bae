"""Named points at which a test may kill this process, as a power cut would.

`BOT_FAILPOINT=after_accept_commit:3` kills the process when it comes to that point the third time.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

POINTS = (
    "before_accept_commit",
    "after_accept_commit",
    "after_claim",
    "after_understanding",
    "before_reply_commit",
    "after_reply_commit",
    "before_send",
    "after_send",
    "after_delivered_commit",
    "before_staff_reply_commit",
    "after_staff_reply_commit",
)
_hits: Counter[str] = Counter()


def hit(name: str) -> None:
    wanted = os.environ.get("BOT_FAILPOINT")
    if not wanted:
        return
    point, _, times = wanted.partition(":")
    if point != name:
        return
    _hits[name] += 1
    if _hits[name] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
