"""Trouble to order: refusals, server errors, slow answers and broken connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Fault:
    """Meets the next `times` calls of `method` ("" for every one) that `when` agrees to.

    `drop` is "before" (nothing happened) or "after" (it happened, the answer is lost).
    """

    method: str = ""
    status: int = 0
    description: str = ""
    retry_after: int = 0
    drop: str = ""
    delay: float = 0.0
    times: int = 1
    when: Callable[[dict[str, Any]], bool] = lambda parameters: True


class Faults:
    """The ordered faults, in the order of ordering; each is used up by the calls it meets."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []
        self.met = 0

    def order(self, **fields: Any) -> Fault:
        fault = Fault(**fields)
        self._ordered.append(fault)
        return fault

    def clear(self) -> None:
        self._ordered.clear()

    def take(self, method: str, parameters: dict[str, Any]) -> Fault | None:
        """Return the fault that this call meets, if any."""
        for fault in self._ordered:
            if fault.times > 0 and fault.method in ("", method) and fault.when(parameters):
                fault.times -= 1
                self.met += 1
                return fault
        return None
