"""The same talk over Telegram, against a server that speaks the Bot API over HTTP."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from tests.journeys.conftest import Running
from tests.journeys.telegram_world import TelegramWorld

MIA, NOA = 501, 502


def test_a_question_is_answered_and_a_button_leads_on(system: Running, telegram: TelegramWorld) -> None:
    telegram.write(MIA, "/start")
    telegram.wait_for(MIA, "automated assistant")
    telegram.write(MIA, "is this just a party drug?")
    telegram.wait_for(MIA, "the two are not the same")
    label = telegram.buttons(MIA)[0]
    shown = telegram.wait_for(MIA, "the two are not the same")
    telegram.tap(MIA, label)
    assert telegram.wait_for(MIA, " ", times=3) != shown


def test_a_person_in_the_console_replies_to_telegram(
    system: Running, telegram: TelegramWorld, desk: BrowserContext
) -> None:
    telegram.write(NOA, "I have high blood pressure, am I suitable? Noa here")
    telegram.wait_for(NOA, "nursing team")
    console = desk.new_page()
    console.goto(f"{system.url}/console/queue/waiting")
    console.get_by_role("link").filter(has_text="Noa here").first.click()
    console.locator("#reply").fill("Thank you for asking. Our nurse will check this with you.")
    console.get_by_role("button", name="Send", exact=True).click()
    assert "Nia" in telegram.wait_for(NOA, "Our nurse will check this with you.")
    expect(console.locator("#reply")).to_have_value("")
    console.close()


def test_danger_gets_the_crisis_lines(system: Running, telegram: TelegramWorld) -> None:
    telegram.write(NOA, "i dont want to be alive any more")
    telegram.wait_for(NOA, "116 123")
