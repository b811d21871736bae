"""The widget for everyone: by keyboard, with a screen reader, on a small or zoomed screen, in any script and light."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.chat import Chat
from tests.support.serving import Running

SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
ZOOMED: dict[str, Any] = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
ACTIVE = "() => document.activeElement?.shadowRoot?.activeElement"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [WIDE, SMALL, ZOOMED], ids=["wide", "small", "zoomed"])
def test_it_has_no_violations_that_axe_knows(
    browser: Browser, running: Running, screen: dict[str, Any], scheme: Any
) -> None:
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce", **screen) as context:
        chat = Chat(context, running.url)
        assert chat.violations() == [], "the home page"
        chat.open()
        assert chat.violations() == [], "the welcome"
        chat.ask("What is ketamine therapy?")
        chat.say("I want to kill myself")
        chat.message("crisis").wait_for()
        chat.button("Options").click()
        assert chat.violations() == [], "a conversation with a crisis message and the options"
        chat.page.keyboard.press("Escape")
        chat.button("In danger now? Crisis lines").click()
        chat.input.fill("x" * 2001)
        assert chat.violations() == [], "the crisis lines and a text too long"
        chat.button("Options").click()
        chat.button("Delete this conversation").click()
        assert chat.violations() == [], "the question before deleting"


@pytest.mark.parametrize("screen", [SMALL, ZOOMED], ids=["small", "zoomed"])
def test_it_fits_a_small_or_zoomed_screen(browser: Browser, running: Running, screen: dict[str, Any]) -> None:
    with browser.new_context(**screen) as context:
        chat = Chat(context, running.url)
        assert chat.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (
            "the page scrolls sideways"
        )
        chat.open()
        for name in ("Close the chat", "In danger now? Crisis lines", "Talk to a person", "Send"):
            expect(chat.button(name)).to_be_in_viewport(ratio=0.9)
        expect(chat.input).to_be_in_viewport(ratio=0.9)
        chat.say("averyveryverylongwordwithoutanyspace" * 10)
        chat.message("assistant").nth(1).wait_for()
        wider = "element => [...element.querySelectorAll('*')].filter(e => e.scrollWidth > innerWidth + 1).length"
        assert chat.dialog.evaluate(wider) == 0
        expect(chat.button("In danger now? Crisis lines")).to_be_in_viewport(ratio=0.9)
        expect(chat.input).to_be_in_viewport(ratio=0.9)


def test_it_shows_the_crisis_lines_in_place_of_the_conversation_on_a_phone(browser: Browser, running: Running) -> None:
    with browser.new_context(**SMALL) as context:
        chat = Chat(context, running.url).open()
        chat.button("In danger now? Crisis lines").click()
        expect(chat.dialog.get_by_role("link", name="Call 116 123")).to_be_in_viewport(ratio=0.9)
        chat.ask("What is ketamine therapy?")
        expect(chat.message("assistant").last.locator(".who")).to_be_in_viewport(ratio=0.9)
        expect(chat.dialog.get_by_role("link", name="Call 116 123")).to_be_hidden()


def test_it_covers_the_page_on_a_phone_only(browser: Browser, running: Running) -> None:
    for screen, is_modal in ((SMALL, True), (WIDE, False)):
        with browser.new_context(**screen) as context:
            chat = Chat(context, running.url).open()
            assert chat.dialog.evaluate("element => element.matches(':modal')") is is_modal


def test_it_can_be_used_by_keyboard_alone(context: BrowserContext, running: Running) -> None:
    chat = Chat(context, running.url)
    keyboard = chat.page.keyboard
    chat.launcher.focus()
    keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    keyboard.type("What is ketamine therapy?")
    keyboard.press("Enter")
    expect(chat.message("assistant").last).to_contain_text("small, controlled doses")
    expect(chat.input).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(chat.button("What does it feel like?")).to_be_focused()
    keyboard.press("Enter")
    expect(chat.message("visitor")).to_have_count(2)
    keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_it_keeps_the_focus_inside_while_it_is_open(chat: Chat) -> None:
    visited = set()
    for _ in range(20):
        chat.page.keyboard.press("Tab")
        active = chat.page.evaluate_handle(ACTIVE)
        visited.add(active.evaluate("element => element?.ariaLabel || element?.textContent || element?.tagName"))
    assert {"Options", "Close the chat", "In danger now? Crisis lines", "Conversation", "Talk to a person"} <= visited
    assert None not in visited
    chat.button("Options").focus()
    chat.page.keyboard.press("Shift+Tab")
    expect(chat.button("Talk to a person")).to_be_focused()


def test_it_closes_what_is_on_top_first(chat: Chat) -> None:
    chat.button("In danger now? Crisis lines").click()
    chat.button("Options").click()
    chat.page.keyboard.press("Escape")
    expect(chat.button("Delete this conversation")).to_be_hidden()
    expect(chat.button("Options")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.button("In danger now? Crisis lines")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()


def test_it_reads_new_messages_out_politely(chat: Chat) -> None:
    log = chat.dialog.get_by_role("log", name="Conversation")
    expect(log).to_have_attribute("aria-live", "polite")
    chat.ask("What is ketamine therapy?")
    expect(log.get_by_text("small, controlled doses")).to_be_visible()


def test_it_writes_arabic_and_hebrew_from_the_right(chat: Chat) -> None:
    for text in ("ما هو العلاج بالكيتامين؟", "האם זה כואב?"):
        chat.say(text)
        bubble = chat.message("visitor").filter(has_text=text).locator(".text")
        expect(bubble).to_have_css("direction", "rtl")
    chat.input.fill("مرحبا")
    expect(chat.input).to_have_css("direction", "rtl")


def test_it_does_not_move_for_those_who_ask_for_stillness(browser: Browser, running: Running) -> None:
    with browser.new_context(reduced_motion="reduce") as context:
        chat = Chat(context, running.url).open()
        expect(chat.dialog).to_have_css("animation-name", "none")


def test_it_follows_the_light_or_dark_of_the_screen(browser: Browser, running: Running) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        with browser.new_context(color_scheme=scheme) as context:
            chat = Chat(context, running.url).open()
            grounds.add(chat.dialog.evaluate("element => getComputedStyle(element).backgroundColor"))
    assert len(grounds) == 2
