"""Screens in a real browser, each signed in as somebody of the cast."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize

from tests.console.cast import PASSWORD, Clinic, email_of
from tests.support.patience import PATIENCE_MS

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL: ViewportSize = {"width": 320, "height": 568}


class Desk:
    """Opens screens and collects whatever scripts, styles or the browser's console complain about."""

    def __init__(self, clinic: Clinic, browser: Browser) -> None:
        self.clinic = clinic
        self.complaints: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._overlooked: list[str] = []

    def overlook(self, part: str) -> None:
        """Take no complaint that holds `part` for a fault from now on."""
        self._overlooked.append(part)

    def _complain(self, text: str) -> None:
        if not any(part in text for part in self._overlooked):
            self.complaints.append(text)

    def context(self, **options: Any) -> BrowserContext:
        """Return a browser of its own, closed with the desk."""
        context = self._browser.new_context(base_url=self.clinic.running.url, **options)
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        return context

    def blank(self, size: ViewportSize = WIDE, **options: Any) -> Page:
        """Return a screen nobody is signed in on."""
        page = self.context(viewport=size, **options).new_page()
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        return page

    def screen(
        self, name: str, path: str = "/console/queue/waiting", size: ViewportSize = WIDE, **options: Any
    ) -> Page:
        """Return a screen at `path`, signed in as `name`."""
        page = self.blank(size, **options)
        page.goto("/console/sign-in")
        page.get_by_label("E-mail address").fill(email_of(name))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console/queue/waiting")
        if path != "/console/queue/waiting":
            page.goto(path)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def unplugged(route: Route) -> None:
    route.abort("connectionfailed")
