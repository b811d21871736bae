"""A visitor who talks to the widget API over HTTP."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.support.patience import PATIENCE_S

Message = dict[str, Any]


class Visitor:
    """One conversation, started at once."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        started = http.post("/api/conversations")
        assert started.status_code == 201, started.text
        self.id: str = started.json()["id"]
        self.token: str = started.json()["token"]
        self.first: list[Message] = started.json()["messages"]
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.path = f"/api/conversations/{self.id}"

    def send(self, text: str, client_id: str | None = None) -> httpx.Response:
        """Send a text with a `client_id` of its own unless one is given."""
        body = {"client_id": client_id or uuid.uuid4().hex, "text": text}
        return self.http.post(f"{self.path}/messages", json=body, headers=self.headers)

    def thread(self, after: int = 0) -> dict[str, Any]:
        """Return `{"messages", "owner"}`."""
        read = self.http.get(f"{self.path}/messages", params={"after": after}, headers=self.headers)
        assert read.status_code == 200, read.text
        thread: dict[str, Any] = read.json()
        return thread

    def wait_for(self, holds: Callable[[Message], bool], after: int = 0) -> Message:
        """Return the first message after `after` for which `holds`, or fail."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for message in self.thread(after)["messages"]:
                if holds(message):
                    return dict(message)
            time.sleep(0.05)
        raise AssertionError(f"no such message came: {self.thread(after)}")

    def ask(self, text: str) -> Message:
        """Send a text and return the assistant's reply to it."""
        sent = self.send(text)
        assert sent.status_code == 202, sent.text
        return self.wait_for(lambda message: message["author"] == "assistant", after=sent.json()["seq"])
