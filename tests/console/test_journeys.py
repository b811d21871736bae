"""Whole ways through the console in a real browser, against the real app and its database."""

from __future__ import annotations

import re
import time

from playwright.sync_api import APIResponse, Route, expect

from tests.console.screens import Desk, unplugged
from tests.console.words_said import CRISIS, HUMAN, MEDICINE
from tests.support.chat import Chat
from tests.support.patience import until

# It takes a tenth of this on an idle machine. Without live updates nothing would show for half a minute.
SOON = 3000
CLAIM_SETTLED = """() => {
  window.settled = new Promise((done) => addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig.path.endsWith("/claim")) done();
  }));
}"""


def test_a_new_handoff_appears_at_once_without_reloading(desk: Desk) -> None:
    page = desk.screen("Nia")
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    visitor = desk.clinic.visitor()
    page.wait_for_timeout(500)
    visitor.write(CRISIS)
    handoff = desk.clinic.handoff_of(visitor)
    expect(page.locator(f"#row-{handoff}")).to_be_visible(timeout=SOON)
    expect(page).to_have_title(re.compile(r"^\(\d+ urgent\) \(\d+\) Waiting"))
    expect(page.get_by_role("alert").get_by_role("link")).to_contain_text("Urgent")


def test_a_reply_reaches_the_visitors_open_widget_at_once(desk: Desk) -> None:
    chat = Chat(desk.context(), desk.clinic.running.url).open()
    chat.ask(MEDICINE, "passed your message to them")

    page = desk.screen("Nia")
    page.locator("#rows").get_by_role("link", name=re.compile("Their medicines")).last.click()
    page.wait_for_url("**/handoffs/*")
    page.get_by_role("button", name="I take it").click()
    expect(page.get_by_label("Reply as Nia, Nurse")).to_be_focused()
    expect(chat.message("system").filter(has_text="Nia (Nurse) has joined")).to_be_visible()
    page.keyboard.type("Hello, I am Nia. I have read what you wrote.")
    page.keyboard.press("Control+Enter")
    expect(chat.message("staff").filter(has_text="I have read what you wrote.")).to_be_visible(timeout=SOON)
    expect(page.locator("#thread").get_by_text("I have read what you wrote.")).to_be_visible(timeout=SOON)

    chat.say("Thank you, that helps.")
    expect(page.locator("#thread").get_by_text("Thank you, that helps.")).to_be_visible(timeout=SOON)

    page.get_by_text("Close…").click()
    page.get_by_label(re.compile("Note for colleagues")).fill("Looked at the notes.")
    page.get_by_role("button", name="Close the conversation").click()
    expect(page.get_by_text("Closed. The visitor has been told")).to_be_visible()


def test_a_nurse_can_work_by_keyboard_alone(desk: Desk) -> None:
    visitors = [desk.clinic.visitor() for _ in range(2)]
    for visitor in visitors:
        visitor.write(HUMAN)
    handoffs = [desk.clinic.handoff_of(visitor) for visitor in visitors]
    page = desk.screen("Ravi")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(f"#open-{handoffs[0]}").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#open-{handoffs[1]}")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/handoffs/{handoffs[1]}")
    page.get_by_role("button", name="I take it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have this.")).to_be_visible()
    expect(page.get_by_label("Reply as Ravi, Receptionist")).to_be_focused()
    page.keyboard.type("Of course, I will ring you.")
    page.keyboard.press("Control+Enter")
    until(lambda: visitors[1].hears("Of course, I will ring you."))
    expect(page.get_by_label("Reply as Ravi, Receptionist")).to_be_focused()


def test_focus_and_what_is_open_survive_a_refresh(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(MEDICINE)
    handoff = desk.clinic.handoff_of(visitor)
    page = desk.screen("Nia", f"/console/handoffs/{handoff}")
    page.get_by_role("button", name="I take it").click()
    expect(page.get_by_text("You have this.")).to_be_visible(timeout=SOON)
    page.locator("summary", has_text="Why:").first.click()
    expect(page.locator("details.why").first).to_have_attribute("open", "")
    page.get_by_text("Close…").click()
    note = page.get_by_label(re.compile("Note for colleagues"))
    note.fill("Half a note")
    reply = page.get_by_label(re.compile("Reply as"))
    reply.fill("Half a reply")
    visitor.write("Are you there?")
    expect(page.locator("#thread").get_by_text("Are you there?")).to_be_visible(timeout=SOON)
    expect(reply).to_be_focused()
    expect(reply).to_have_value("Half a reply")
    expect(note).to_have_value("Half a note")
    expect(page.locator("details.why").first).to_have_attribute("open", "")


def test_a_late_answer_takes_nothing_from_whoever_has_gone_on(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(MEDICINE)
    page = desk.screen("Nia", f"/console/handoffs/{desk.clinic.handoff_of(visitor)}")
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/claim", lambda route: held.append((route, route.fetch())))
    page.get_by_role("button", name="I take it").click()
    expect(page.get_by_text("You have this.")).to_be_visible(timeout=SOON)  # the page has renewed itself before
    page.locator("summary", has_text="Why:").first.click()
    page.get_by_text("Close…").click()
    note = page.get_by_label(re.compile("Note for colleagues"))
    note.fill("Half a note")
    page.evaluate(CLAIM_SETTLED)
    route, answer = held[0]
    route.fulfill(response=answer)
    page.evaluate("settled")
    page.keyboard.insert_text(" and more")
    expect(note).to_have_value("Half a note and more")
    expect(page.get_by_label(re.compile("Reply as"))).to_have_value("")
    expect(page.locator("details.why").first).to_have_attribute("open", "")
    expect(page.get_by_role("main")).to_have_count(1)


def test_whoever_is_faster_than_the_scripts_can_reply_at_once_as_well(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(MEDICINE)
    path = f"/console/handoffs/{desk.clinic.handoff_of(visitor)}"
    page = desk.screen("Nia", path, java_script_enabled=False)
    reply = page.get_by_label("Reply as Nia, Nurse")
    page.get_by_role("button", name="I take it").click()
    expect(page.get_by_text("You have this.")).to_be_visible()
    expect(reply).to_be_focused()
    page.keyboard.type("Hello, I am Nia.")
    page.get_by_role("button", name="Send").click()
    until(lambda: visitor.hears("Hello, I am Nia."))
    expect(reply).to_be_focused()
    expect(reply).to_have_value("")


def test_a_draft_outlives_reloading_and_is_gone_once_sent(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(HUMAN)
    page = desk.screen("Nia", f"/console/handoffs/{desk.clinic.handoff_of(visitor)}")
    page.get_by_label(re.compile("Reply as")).fill("A long and careful answer")
    page.goto("/console/queue/waiting")
    page.go_back()
    expect(page.get_by_label(re.compile("Reply as"))).to_have_value("A long and careful answer")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent.")).to_be_visible()
    page.reload()
    expect(page.get_by_label(re.compile("Reply as"))).to_have_value("")
    assert sum(message["text"] == "A long and careful answer" for message in visitor.read()) == 1


def test_drafts_do_not_stay_behind_on_a_shared_computer(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(HUMAN)
    page = desk.screen("Nia", f"/console/handoffs/{desk.clinic.handoff_of(visitor)}")
    page.get_by_label(re.compile("Reply as")).fill("About your heart condition")
    desk.overlook("401")  # a look for news may be on its way when the session ends
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "heart" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_double_click_sends_once(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(HUMAN)
    page = desk.screen("Nia", f"/console/handoffs/{desk.clinic.handoff_of(visitor)}")
    page.get_by_label(re.compile("Reply as")).fill("Just once")
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("Sent.")).to_be_visible()
    page.wait_for_timeout(300)
    assert sum(message["text"] == "Just once" for message in visitor.read()) == 1


def test_a_failed_try_keeps_the_text_and_a_second_one_sends_it_once(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(HUMAN)
    page = desk.screen("Nia", f"/console/handoffs/{desk.clinic.handoff_of(visitor)}")
    page.get_by_label(re.compile("Reply as")).fill("Through the storm")
    page.route("**/reply", unplugged)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not sent")).to_be_visible()
    expect(page.get_by_label(re.compile("Reply as"))).to_have_value("Through the storm")
    page.unroute("**/reply")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent.")).to_be_visible()
    assert sum(message["text"] == "Through the storm" for message in visitor.read()) == 1
    desk.complaints.clear()  # the browser itself reports the connection that was cut


def test_the_second_of_two_colleagues_sees_at_once_who_took_it(desk: Desk) -> None:
    visitor = desk.clinic.visitor()
    visitor.write(MEDICINE)
    path = f"/console/handoffs/{desk.clinic.handoff_of(visitor)}"
    nia, ravi = desk.screen("Nia", path), desk.screen("Ravi", path)
    expect(ravi.get_by_label(re.compile("Reply as"))).to_be_visible()
    nia.get_by_role("button", name="I take it").click()
    expect(ravi.get_by_text("Nia has this. You can read along.")).to_be_visible(timeout=SOON)
    expect(ravi.get_by_label(re.compile("Reply as"))).to_be_hidden()
    nia.get_by_role("button", name="Hand back").click()
    expect(ravi.get_by_role("button", name="I take it")).to_be_visible(timeout=SOON)
    expect(ravi.get_by_label(re.compile("Reply as"))).to_be_visible()


def test_a_session_that_ended_leads_to_the_sign_in_page_and_back(desk: Desk) -> None:
    page = desk.screen("Nia", "/console/queue/open")
    page.context.clear_cookies()
    visitor = desk.clinic.visitor()
    visitor.write(HUMAN)
    page.wait_for_url("**/sign-in?next=/console/queue/open")
    desk.complaints.clear()  # the browser itself reports the answer 401


def test_the_stream_comes_back_after_the_connection_was_lost(desk: Desk) -> None:
    page = desk.screen("Nia")
    page.context.set_offline(True)
    visitor = desk.clinic.visitor()
    visitor.write(HUMAN)
    handoff = desk.clinic.handoff_of(visitor)
    time.sleep(0.5)
    page.context.set_offline(False)
    expect(page.locator(f"#row-{handoff}")).to_be_visible()
    desk.complaints.clear()  # the browser itself reports the connection that was cut


def test_urgent_handoffs_sound_and_notify_when_switched_on(desk: Desk) -> None:
    page = desk.screen("Nia", permissions=["notifications"])
    page.evaluate(
        """() => {
            window.heard = [];
            window.Notification = class { static permission = "granted"; static async requestPermission() { return "granted"; }
                constructor(title) { window.heard.push(title); } addEventListener() {} };
            const start = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (at) { window.heard.push("beep"); return start.call(this, at); };
        }"""
    )
    for name in ("Sound", "Notification"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    page.evaluate("() => { window.heard.length = 0; localStorage.removeItem('handrail-last-alarm'); }")
    desk.clinic.visitor().write(CRISIS)
    page.wait_for_function(
        "() => window.heard.includes('beep') && window.heard.some((one) => one.startsWith('Urgent'))"
    )
    assert "kill" not in " ".join(page.evaluate("() => window.heard")), "a notification quotes the visitor"
