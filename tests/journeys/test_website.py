"""A visitor on the website and a nurse in the console, in real browsers, with the trained model."""

from __future__ import annotations

import time

from playwright.sync_api import BrowserContext, Page, expect

from content.answers import load_answers
from tests.journeys.conftest import Running
from tests.journeys.widget import Widget
from tests.support.visitor import Visitor


def test_a_question_is_answered_and_a_button_leads_on(system: Running, page: Page) -> None:
    widget = Widget(page, system.url)
    widget.say("will it feel out of control?")
    widget.reads(load_answers()["feeling_in_control"].text[:60])
    buttons = widget.log.get_by_role("button")
    expect(buttons.last).to_be_visible()
    before = widget.log.inner_text()
    buttons.last.click()
    page.wait_for_function(
        "size => document.querySelector('handrail-chat').shadowRoot.querySelector('[role=log]').innerText.length > size + 100",
        arg=len(before),
    )


def test_a_clinical_question_is_answered_by_a_person_while_the_widget_is_open(
    system: Running, page: Page, desk: BrowserContext
) -> None:
    widget = Widget(page, system.url)
    widget.say("I take sertraline 100mg, can I stay on it during the treatment? (Bea)")
    widget.reads("nursing team")
    console = desk.new_page()
    console.goto(f"{system.url}/console/queue/waiting")
    console.get_by_role("link").filter(has_text="(Bea)").first.click()
    expect(console.locator("mark.entity").filter(has_text="sertraline").first).to_be_visible()
    console.locator("#reply").fill("Hello, please keep taking it. I will ring you. <b>Nia</b>")
    console.get_by_role("button", name="Send", exact=True).click()
    widget.reads("please keep taking it. I will ring you. <b>Nia</b>")
    expect(widget.log).to_contain_text("Nia")
    console.close()


def test_a_conversation_survives_a_reload_and_the_assistant_is_silent_for_staff(
    system: Running, page: Page, desk: BrowserContext
) -> None:
    widget = Widget(page, system.url)
    widget.say("Can a real person talk to me please? This is Cleo")
    widget.reads("person")
    console = desk.new_page()
    console.goto(f"{system.url}/console/queue/waiting")
    console.get_by_role("link").filter(has_text="This is Cleo").first.click()
    console.get_by_role("button", name="I take it").click()
    widget.reads("Nia")
    widget = Widget(page, system.url)
    widget.reads("This is Cleo")
    widget.say("how long is a session?")
    expect(console.get_by_role("log", name="Conversation")).to_contain_text("how long is a session?")
    time.sleep(2)
    assert "minutes" not in widget.log.inner_text().split("how long is a session?")[-1]
    console.close()


def test_danger_gets_the_crisis_lines_at_once_and_comes_first_in_the_queue(
    system: Running, page: Page, desk: BrowserContext, visitor: Visitor
) -> None:
    visitor.ask("my mum is on lithium, is that a problem?")
    widget = Widget(page, system.url)
    widget.say("i cant do this anymore, i want to end my life")
    widget.reads("116 123")
    expect(page.get_by_role("link", name="116 123").first).to_have_attribute("href", "tel:116123")
    console = desk.new_page()
    console.goto(f"{system.url}/console/queue/waiting")
    expect(console.locator("ol.queue > li").first).to_contain_text("Crisis")
    console.close()


def test_markup_from_a_visitor_is_shown_as_text_everywhere(system: Running, page: Page, desk: BrowserContext) -> None:
    widget = Widget(page, system.url)
    attack = "<svg onload=\"document.title='owned'\"> can a nurse call me, Dora"
    widget.say(attack)
    widget.reads("person")
    console = desk.new_page()
    console.goto(f"{system.url}/console/queue/waiting")
    console.get_by_role("link").filter(has_text="Dora").first.click()
    expect(console.get_by_role("log", name="Conversation")).to_contain_text("<svg onload=")
    assert "owned" not in (console.title(), page.title())
    console.close()
