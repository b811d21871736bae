"""The widget in a real browser, from the first question to a member of staff's reply."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, expect

from bot.conversation.model import Outcome, Reply
from tests.support.chat import Chat
from tests.support.serving import Running, serving, settings_for
from tests.support.staff import Nurse
from tests.support.understander import Scripted

NOTE_WHEN_STAFF_REPLY = """() => {
  const root = document.querySelector("handrail-chat").shadowRoot;
  const look = () => root.querySelector(".message.staff") && (window.arrivedAt ??= Date.now() / 1000);
  new MutationObserver(look).observe(root, {subtree: true, childList: true});
}"""


def test_it_answers_a_question_typed_into_the_page(chat: Chat) -> None:
    expect(chat.message("assistant").first).to_contain_text("automated assistant, not a person")
    chat.ask("What is ketamine therapy?")
    expect(chat.message("visitor")).to_contain_text("What is ketamine therapy?")
    expect(chat.message("visitor")).to_contain_text("Sent")
    expect(chat.input).to_have_value("")


def test_it_asks_a_suggested_question_at_a_press(chat: Chat) -> None:
    chat.button("What does it cost?").click()
    expect(chat.message("visitor")).to_contain_text("How much does ketamine therapy cost?")
    chat.button("What does it feel like?").click()
    expect(chat.message("visitor")).to_have_count(2)


def test_it_shows_markup_as_text(chat: Chat, scripted: Scripted) -> None:
    markup = "<img src=x onerror='window.pwned = 1'><script>window.pwned = 1</script><b>bold</b>"
    scripted.replies[markup] = Reply(text=markup, outcome=Outcome.ANSWER, topic="what_is_it")
    chat.say(markup)
    for kind in ("visitor", "assistant"):
        expect(chat.message(kind).last.locator(".text")).to_have_text(markup)
        assert chat.message(kind).locator("img, script, .text b").count() == 0
    assert chat.page.evaluate("() => window.pwned") is None


def test_it_makes_telephone_numbers_links_and_nothing_else(chat: Chat, scripted: Scripted) -> None:
    text = "Call 01632 960 247, not 2,000 or £1,200 or 999 or 10:30 on 2026-12-25. See https://clinic.example"
    scripted.replies["number"] = Reply(text=text, outcome=Outcome.ANSWER, topic="contact")
    chat.say("number")
    answer = chat.message("assistant").filter(has_text="not 2,000")
    expect(answer.get_by_role("link")).to_have_count(1)
    expect(answer.get_by_role("link")).to_have_attribute("href", "tel:01632960247")


def test_it_shows_danger_unmissably_with_numbers_to_press(chat: Chat) -> None:
    chat.say("I want to kill myself")
    crisis = chat.message("crisis")
    expect(crisis.locator(".bubble")).to_have_css("border-top-width", "3px")
    expect(crisis.get_by_role("link", name="999").first).to_have_attribute("href", "tel:999")
    expect(crisis.get_by_role("link", name="116 123")).to_have_attribute("href", "tel:116123")
    expect(crisis.get_by_role("link", name="85258")).to_have_attribute("href", "sms:85258?&body=SHOUT")
    expect(crisis.get_by_role("link", name="999").first).to_be_in_viewport()
    expect(chat.dialog.get_by_role("alert")).to_contain_text("999")


def test_it_has_the_crisis_lines_one_press_away_even_without_a_connection(chat: Chat, context: BrowserContext) -> None:
    context.set_offline(True)
    chat.button("In danger now? Crisis lines").click()
    panel = chat.dialog.get_by_role("region", name="If you or someone else is in danger")
    expect(panel.get_by_role("link", name="Call 999")).to_have_attribute("href", "tel:999")
    expect(panel.get_by_role("link", name="Text SHOUT to 85258")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(chat.dialog).to_be_visible()
    context.set_offline(False)


def test_it_brings_a_staff_reply_within_a_second_with_name_and_role(tmp_path: Path, browser: Browser) -> None:
    settings = settings_for(tmp_path)
    with serving(settings) as app, browser.new_context() as context:
        chat = Chat(context, app.url).open()
        chat.button("Talk to a person").click()
        expect(chat.status).to_have_text("A person will reply here")
        expect(chat.message("assistant")).to_have_count(2)
        chat.page.evaluate(NOTE_WHEN_STAFF_REPLY)
        Nurse(settings).reply("Hello, this is <b>Nia</b>. How can I help?")
        staff = chat.message("staff")
        expect(staff.locator(".text")).to_have_text("Hello, this is <b>Nia</b>. How can I help?")
        assert chat.page.evaluate("() => window.arrivedAt") - chat.stored_at("staff") < 1
        expect(staff.locator(".who")).to_contain_text("Nia, Nurse")
        expect(chat.status).to_have_text("You are talking with Nia, Nurse")
        chat.say("Thank you")
        expect(chat.message("visitor").last).to_contain_text("Sent")
        Nurse(settings).close()
        expect(chat.status).to_have_text("Automated assistant")
        assert chat.errors == []


def test_it_counts_what_came_while_it_was_closed(tmp_path: Path, browser: Browser) -> None:
    settings = settings_for(tmp_path)
    with serving(settings) as app, browser.new_context() as context:
        chat = Chat(context, app.url).open()
        chat.button("Talk to a person").click()
        expect(chat.status).to_have_text("A person will reply here")
        chat.button("Close the chat").click()
        Nurse(settings).reply("Hello")
        expect(chat.page.get_by_role("button", name=re.compile(r"Open the chat, \d new messages"))).to_be_visible()
        chat.launcher.click()
        expect(chat.message("staff")).to_be_in_viewport()


def test_it_opens_from_any_element_of_the_page_that_says_so(context: BrowserContext, running: Running) -> None:
    chat = Chat(context, running.url)
    chat.page.get_by_role("main").get_by_role("button", name="Ask a question").click()
    expect(chat.input).to_be_focused()


def test_a_press_counts_while_the_chat_is_still_loading(context: BrowserContext, running: Running) -> None:
    page, held = context.new_page(), []
    page.route("**/widget/element.js", lambda route: held.append(route))
    page.goto(running.url, wait_until="commit")
    page.locator("[data-handrail-open]").click()
    for route in held:
        route.continue_()
    expect(page.get_by_role("dialog", name="Wren House Clinic")).to_be_visible()
    page.close()


def test_it_goes_on_after_a_reload(chat: Chat) -> None:
    chat.ask("What is ketamine therapy?")
    chat.page.reload()
    chat.open()
    expect(chat.message("visitor")).to_have_count(1)
    chat.ask("And does it hurt?")
    expect(chat.message("visitor")).to_have_count(2)


def test_it_works_where_the_browser_keeps_nothing(context: BrowserContext, running: Running) -> None:
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})")
    context.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('blocked') }})")
    chat = Chat(context, running.url).open()
    chat.ask("What is ketamine therapy?")
    chat.ask("And again?")
    assert chat.errors == []


def test_it_goes_on_in_another_tab(chat: Chat, context: BrowserContext, running: Running) -> None:
    other = Chat(context, running.url).open()
    chat.ask("What is ketamine therapy?")
    expect(other.message("visitor")).to_contain_text("What is ketamine therapy?")
    other.ask("And does it hurt?")
    expect(chat.message("visitor")).to_have_count(2)


def test_it_deletes_the_conversation_after_asking_once(chat: Chat, running: Running) -> None:
    chat.ask("What is ketamine therapy?")
    known = chat.known()
    assert known
    chat.button("Options").click()
    chat.button("Delete this conversation").click()
    chat.button("Keep it").click()
    expect(chat.message("visitor")).to_have_count(1)
    chat.button("Options").click()
    chat.button("Delete this conversation").click()
    chat.dialog.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(chat.dialog).to_contain_text("The conversation was deleted.")
    expect(chat.message("visitor")).to_have_count(0)
    assert chat.known() is None
    address = f"{running.url}/api/conversations/{known['id']}/messages"
    assert httpx.get(address, headers={"Authorization": f"Bearer {known['token']}"}).status_code == 404
    chat.ask("A new start?")


def test_it_shows_that_the_assistant_is_writing(chat: Chat, scripted: Scripted) -> None:
    scripted.delay = 1.5
    chat.say("What is ketamine therapy?")
    expect(chat.dialog.get_by_text("The assistant is writing")).to_be_attached()
    expect(chat.dialog.locator(".typing")).to_be_visible()
    expect(chat.message("assistant")).to_have_count(2)
    expect(chat.dialog.locator(".typing")).to_be_hidden()
    scripted.delay = 0


def test_it_never_puts_the_token_into_an_address(chat: Chat) -> None:
    chat.ask("What is ketamine therapy?")
    known = chat.known()
    assert known
    assert any(known["id"] in address for address in chat.addresses)
    assert not any(known["token"] in address for address in chat.addresses)


def test_it_counts_characters_as_the_server_does(chat: Chat) -> None:
    chat.input.fill("🫂" * 2001)
    expect(chat.dialog.locator(".count")).to_have_text("1 characters too many")
    expect(chat.button("Send")).to_be_disabled()
    chat.input.press("Enter")
    expect(chat.message("visitor")).to_have_count(0)
    chat.input.fill("🫂" * 2000)
    expect(chat.button("Send")).to_be_enabled()
    chat.input.press("Enter")
    expect(chat.message("visitor")).to_contain_text("Sent")


def test_it_starts_a_new_line_with_shift_and_enter(chat: Chat) -> None:
    chat.input.press_sequentially("one")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("two")
    expect(chat.input).to_have_value("one\ntwo")
    expect(chat.message("visitor")).to_have_count(0)
