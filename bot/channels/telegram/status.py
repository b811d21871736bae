"""What is wrong with the channel just now, for `/readyz` and the log."""

from __future__ import annotations

import structlog

log = structlog.get_logger()


class Status:
    """One sentence for each part that does not work; each change is logged once."""

    def __init__(self) -> None:
        self._problems: dict[str, str] = {}

    def wrong(self, part: str, problem: str) -> None:
        if self._problems.get(part) != problem:
            log.error("telegram trouble", part=part, problem=problem)
        self._problems[part] = problem

    def fine(self, part: str) -> None:
        if self._problems.pop(part, ""):
            log.info("telegram works again", part=part)

    @property
    def problem(self) -> str:
        """Return every problem as sentences, "" when all is well."""
        return " ".join(self._problems.values())
