"""Times a function for comparisons within one run; never for a bound in seconds, which a slow machine would break."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(
    function: Callable[[str], object], text: str, rounds: int = 9, clock: Callable[[], float] = time.thread_time
) -> float:
    """Return the least processor time of `rounds` calls. Each call is given another text, so that none is remembered.

    `clock` counts the caller's thread; give `time.process_time` where the work is done in others.
    """
    taken = []
    for number in range(rounds + 1):
        start = clock()
        function(f"{text} {number}")
        taken.append(clock() - start)
    return min(taken[1:])
