"""The widget as a person uses it in the browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class Widget:
    """Opened on the page at `url`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        page.locator("handrail-chat .launcher").click()
        self.log: Locator = page.get_by_role("log", name="Conversation")
        expect(self.log).to_contain_text("automated")

    def say(self, text: str) -> None:
        self.page.get_by_label("Your message").fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def press(self, label: str) -> None:
        self.log.get_by_role("button", name=label).last.click()

    def reads(self, words: str) -> None:
        expect(self.log).to_contain_text(words)
