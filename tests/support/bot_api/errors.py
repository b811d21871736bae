"""What the server answers when a call is refused, in the words that Telegram uses."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """A call is refused: HTTP status, description and Telegram's `parameters` object."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(problem: str) -> RefusedError:
    return RefusedError(400, f"Bad Request: {problem}")


def forbidden(problem: str) -> RefusedError:
    return RefusedError(403, f"Forbidden: {problem}")


def conflict(problem: str) -> RefusedError:
    return RefusedError(409, f"Conflict: {problem}")


def too_many(seconds: int) -> RefusedError:
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
