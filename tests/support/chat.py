"""The widget as a person uses it, in a real browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page

from tests.support.patience import PATIENCE_MS


class Chat:
    """The clinic's home page in a tab of its own; `open` it first."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors: list[str] = []
        self.addresses: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.addresses.append(request.url))
        self.page.goto(url)
        self.launcher.wait_for()

    @property
    def launcher(self) -> Locator:
        return self.page.locator("handrail-chat .launcher")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog", name="Wren House Clinic")

    @property
    def input(self) -> Locator:
        return self.dialog.get_by_role("textbox", name="Your message")

    @property
    def status(self) -> Locator:
        return self.dialog.locator(".status")

    @property
    def notice(self) -> Locator:
        return self.dialog.locator(".connection")

    def open(self) -> Chat:
        self.launcher.click()
        self.input.wait_for()
        self.message("assistant").first.wait_for()
        return self

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str, answer: str = "small, controlled doses") -> None:
        self.say(text)
        self.message("assistant").filter(has_text=answer).last.wait_for()

    def message(self, kind: str) -> Locator:
        """Return the messages of a kind: visitor, assistant, staff, system, crisis."""
        return self.dialog.locator(f".message.{kind}")

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=name)

    def known(self) -> dict[str, Any] | None:
        """Return the conversation that the browser would resume."""
        script = "() => JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith(':conversation'))?.[1] ?? 'null')"
        found: dict[str, Any] | None = self.page.evaluate(script)
        return found

    def stored_at(self, author: str) -> float:
        """Return when the last message of `author` was stored, in seconds since 1970."""
        known = self.known()
        assert known
        address = f"{self.page.url}api/conversations/{known['id']}/messages"
        thread = httpx.get(address, headers={"Authorization": f"Bearer {known['token']}"}).json()
        stored = [message["created_at"] for message in thread["messages"] if message["author"] == author]
        return datetime.fromisoformat(stored[-1]).timestamp()

    def violations(self) -> list[str]:
        """Return what axe finds wrong with the page, shadow DOM included, each with its place."""
        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {node['target']} {node.get('failureSummary')}" for one in found for node in one["nodes"]]
