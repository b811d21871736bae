"""Every page, by axe's rules, in both colour schemes; and nothing falls off a small screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.console.cast import Clinic
from tests.console.screens import PHONE, SMALL, WIDE, Desk
from tests.console.words_said import CRISIS, GENERAL, MEDICINE, SCRIPT

PAGES = (
    "/console/queue/waiting",
    "/console/queue/mine",
    "/console/queue/closed",
    "/console/queue/problems",
    "/console/staff",
    "/console/account",
    "/console/account/second-step?new=1",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.fixture(scope="module")
def crisis(clinic: Clinic) -> str:
    visitor = clinic.visitor()
    for text in (GENERAL, MEDICINE, SCRIPT, CRISIS):
        visitor.write(text)
    return f"/console/handoffs/{clinic.handoff_of(visitor)}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_violations(desk: Desk, crisis: str, scheme: str) -> None:
    page = desk.screen("Ada", color_scheme=scheme)
    for path in (*PAGES, crisis):
        page.goto(path)
        for summary in page.locator("main summary").all():
            summary.click()
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_strangers_have_no_violations(desk: Desk, scheme: str) -> None:
    page = desk.blank(color_scheme=scheme)
    for path in ("/console/sign-in", "/console/link/invented"):
        page.goto(path)
        assert violations(page) == []
    desk.complaints.clear()  # the browser itself reports the answer 410


@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL], ids=["wide", "phone", "small"])
def test_nothing_falls_off_the_side(desk: Desk, crisis: str, size: ViewportSize) -> None:
    page = desk.screen("Ada", size=size)
    for path in (*PAGES, crisis):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
