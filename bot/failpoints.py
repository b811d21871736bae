"""Named points at which a test may kill this process, as a power cut would.

`BOT_FAILPOINT=after_accept_commit:3` kills the process when it comes to that point the third time.
"""

from __future__ import annotations

import os
import signal

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
_left: dict[str, int] = {}


def arm(wanted: str) -> None:
    """Set the point and how many times it is passed before it kills: `name` or `name:times`. "" disarms."""
    _left.clear()
    name, _, times = wanted.partition(":")
    if name:
        if name not in POINTS:
            raise ValueError(f"There is no failpoint {name}. Choose one of {', '.join(POINTS)}.")
        _left[name] = int(times or 1)


def hit(name: str) -> None:
    """Pass the point `name`; costs nothing unless armed."""
    if name not in _left:
        return
    _left[name] -= 1
    if _left[name] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("BOT_FAILPOINT", ""))
