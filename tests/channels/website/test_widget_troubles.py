"""The widget when something is wrong: no connection, a refused send, no streaming, a hidden page, another site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.support.chat import Chat
from tests.support.serving import Running, serving, settings_for

START = re.compile(r"/api/conversations$")
SEND = re.compile(r"/api/conversations/[^/]+/messages$")
STREAM = re.compile(r"/events$")


def texts_of(chat: Chat) -> list[str]:
    """Return what the server stored of the visitor."""
    known = chat.known()
    assert known
    address = f"{chat.page.url}api/conversations/{known['id']}/messages"
    thread = httpx.get(address, headers={"Authorization": f"Bearer {known['token']}"}).json()
    return [message["text"] for message in thread["messages"] if message["author"] == "visitor"]


def test_it_sends_what_was_typed_offline_once_it_is_back(chat: Chat, context: BrowserContext) -> None:
    chat.ask("What is ketamine therapy?")
    context.set_offline(True)
    expect(chat.notice).to_contain_text("You are offline")
    chat.say("And does it hurt?")
    expect(chat.message("visitor").last).to_contain_text("Will be sent when you are online again")
    context.set_offline(False)
    expect(chat.message("visitor").last).to_contain_text("Sent")
    expect(chat.notice).to_be_hidden()
    assert texts_of(chat) == ["What is ketamine therapy?", "And does it hurt?"]


def test_it_keeps_what_was_not_sent_over_a_reload(chat: Chat, context: BrowserContext) -> None:
    chat.ask("What is ketamine therapy?")
    chat.page.route(SEND, lambda route: route.abort())
    chat.say("Not lost")
    expect(chat.message("visitor").last).to_contain_text("Sending")
    chat.page.unroute(SEND)
    chat.page.reload()
    chat.open()
    expect(chat.message("visitor").filter(has_text="Not lost")).to_contain_text("Sent")
    assert texts_of(chat) == ["What is ketamine therapy?", "Not lost"]


def test_it_offers_to_try_again_and_has_one_effect(chat: Chat) -> None:
    chat.ask("What is ketamine therapy?")
    bodies: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The server stores the message, but its answer never arrives: the worst case for sending twice."""
        bodies.append(route.request.post_data or "")
        route.fetch()
        route.abort()

    chat.page.route(STREAM, lambda route: route.abort())
    chat.page.route(re.compile(r"/messages\?"), lambda route: route.abort())
    chat.page.reload()
    chat.open()
    chat.page.route(SEND, lose_the_answer)
    chat.say("Only once")
    expect(chat.message("visitor").last).to_contain_text("Not sent.")
    chat.page.unroute_all()
    chat.button("Try again").click()
    expect(chat.message("visitor").last).to_contain_text("Sent")
    assert len(bodies) >= 2
    assert len(set(bodies)) == 1
    assert texts_of(chat) == ["What is ketamine therapy?", "Only once"]


def test_it_shows_why_a_text_was_refused(chat: Chat) -> None:
    chat.say("\u3164")
    expect(chat.message("visitor")).to_contain_text("Not sent. I could not find any words in your message.")
    expect(chat.button("Try again")).to_have_count(0)


REFUSALS = [
    (413, {}, "Your message is too long for me (at most 2,000 characters).", 0),
    (
        429,
        {"Retry-After": "40"},
        "I cannot keep up with so many messages just now. Please wait 40 seconds",
        1,
    ),
    (503, {"Retry-After": "30"}, "I am sorry, I could not save your message just now.", 1),
    (507, {}, "I am sorry, I could not save your message just now.", 1),
]


@pytest.mark.parametrize(("status", "headers", "words", "tries"), REFUSALS)
def test_it_says_in_approved_words_why_a_text_was_not_sent(
    chat: Chat, status: int, headers: dict[str, str], words: str, tries: int
) -> None:
    chat.ask("What is ketamine therapy?")
    chat.page.route(SEND, lambda route: route.fulfill(status=status, headers=headers, body="<p>The proxy says no.</p>"))
    chat.say("Hello?")
    expect(chat.message("visitor").last).to_contain_text(words)
    expect(chat.message("visitor").last).to_contain_text("Not sent yet." if tries else "Not sent.")
    expect(chat.message("visitor").last.get_by_role("link", name="999")).to_have_count(tries)
    expect(chat.button("Try again")).to_have_count(tries)
    assert chat.violations() == []


@contextmanager
def turned_away(chat: Chat, trouble: str) -> Iterator[None]:
    """No conversation can be started while inside."""

    def refuse(route: Route) -> None:
        if trouble == "lost":
            route.abort()
        else:
            route.fulfill(status=int(trouble), headers={"Retry-After": "40"}, body="{}")

    chat.page.route(START, refuse)
    yield
    chat.page.unroute(START)


@pytest.mark.parametrize("trouble", ["429", "503", "lost"])
def test_a_newcomer_who_cannot_be_heard_is_told_so_and_whom_to_call(chat: Chat, trouble: str) -> None:
    unsent = chat.message("visitor")
    with turned_away(chat, trouble):
        chat.say("I want to die")
        expect(unsent).to_contain_text("Not sent yet.")
        expect(unsent.get_by_role("button", name="Try again")).to_be_in_viewport()
        expect(unsent.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
        expect(chat.dialog.get_by_role("link", name="Call 999")).to_be_in_viewport()
        assert chat.violations() == []
        chat.button("Hide the crisis lines").click()
    chat.button("Try again").click()
    expect(unsent).to_contain_text("· Sent")
    expect(chat.message("crisis")).to_be_visible()
    assert texts_of(chat) == ["I want to die"]


def test_a_newcomer_with_a_small_screen_reads_whom_to_call_beside_the_text(browser: Browser, running: Running) -> None:
    with browser.new_context(viewport={"width": 320, "height": 568}) as context:
        chat = Chat(context, running.url).open()
        with turned_away(chat, "429"):
            chat.say("I want to die")
            expect(chat.message("visitor")).to_contain_text("Not sent yet.")
            expect(chat.message("visitor").get_by_role("link", name="999")).to_be_in_viewport()
            expect(chat.button("Try again")).to_be_in_viewport()
            assert chat.violations() == []


def test_a_newcomer_who_asks_for_a_person_in_vain_is_told_so_and_whom_to_call(chat: Chat) -> None:
    with turned_away(chat, "429"):
        chat.button("Talk to a person").click()
        expect(chat.notice).to_contain_text(
            "Please wait 40 seconds and try again. If someone is in danger, call 999 now."
        )
        expect(chat.dialog.get_by_role("link", name="Call 999")).to_be_in_viewport()


def test_it_waits_as_long_as_it_is_asked_to(tmp_path: Path, browser: Browser) -> None:
    with serving(settings_for(tmp_path, limit_conversation=6)) as app, browser.new_context() as context:
        chat = Chat(context, app.url).open()
        chat.ask("What is ketamine therapy?")
        known = chat.known()
        assert known
        headers = {"Authorization": f"Bearer {known['token']}"}
        for number in range(5):
            body = {"client_id": f"n{number}", "text": "Again"}
            httpx.post(f"{app.url}/api/conversations/{known['id']}/messages", json=body, headers=headers)
        chat.say("One too many")
        expect(chat.message("visitor").filter(has_text="One too many")).to_contain_text("Not sent yet.")
        expect(chat.message("visitor").filter(has_text="One too many")).to_contain_text("· Sent")


@pytest.mark.parametrize("trouble", ["refused", "buffered"])
def test_it_asks_by_itself_where_nothing_can_be_streamed(
    context: BrowserContext, running: Running, trouble: str
) -> None:
    def spoil(route: Route) -> None:
        if trouble == "refused":
            route.abort()
        else:
            route.fulfill(status=200, content_type="text/html", body="<p>The proxy says hello.</p>")

    context.route(STREAM, spoil)
    chat = Chat(context, running.url).open()
    chat.say("What is ketamine therapy?")
    expect(chat.message("assistant").filter(has_text="small, controlled doses")).to_be_visible(timeout=30_000)
    expect(chat.notice).to_be_hidden()


def test_it_eases_off_while_nobody_looks(chat: Chat) -> None:
    chat.button("Talk to a person").click()
    expect(chat.status).to_have_text("A person will reply here")
    chat.page.clock.install()
    chat.page.evaluate("""() => {
        Object.defineProperty(document, "hidden", {value: true, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    with chat.page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        chat.page.clock.fast_forward(21_000)
    chat.page.wait_for_timeout(300)
    chat.addresses.clear()
    chat.page.clock.fast_forward(50_000)
    chat.page.wait_for_timeout(300)
    assert chat.addresses == []
    with chat.page.expect_request(re.compile(r"/messages\?after=")):
        chat.page.clock.fast_forward(20_000)
    chat.page.evaluate("() => { delete document.hidden; }")
    with chat.page.expect_request(STREAM):
        chat.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


def test_it_asks_nothing_while_it_is_closed_and_nothing_is_due(context: BrowserContext, running: Running) -> None:
    chat = Chat(context, running.url).open()
    chat.ask("What is ketamine therapy?")
    chat.page.reload()
    chat.launcher.wait_for()
    chat.page.wait_for_timeout(1000)
    assert not any(address.endswith("/events") for address in chat.addresses[chat.addresses.index(chat.page.url, 1) :])


def test_it_starts_anew_when_the_conversation_was_deleted_elsewhere(chat: Chat, running: Running) -> None:
    chat.ask("What is ketamine therapy?")
    known = chat.known()
    assert known
    httpx.delete(
        f"{running.url}/api/conversations/{known['id']}", headers={"Authorization": f"Bearer {known['token']}"}
    )
    expect(chat.dialog).to_contain_text("This conversation has ended")
    chat.ask("A new start?")
    assert chat.known() != known


@contextmanager
def another_site(folder: Path, bot: str) -> Iterator[str]:
    """Serve a page of another origin that embeds the widget by its one script tag."""
    page = f'<!doctype html><html lang="en"><title>Clinic</title><h1>Clinic</h1><script src="{bot}/widget.js" async></script>'
    (folder / "index.html").write_text(page)
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_it_works_on_an_allowed_site_of_another_origin(tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "site").mkdir()
    with serving(settings_for(tmp_path)) as first:
        port = first.port
    with another_site(tmp_path / "site", f"http://127.0.0.1:{port}") as site:
        settings = settings_for(tmp_path, allowed_origins=(site.rstrip("/"),))
        with serving(settings, port=port), browser.new_context() as context:
            chat = Chat(context, site).open()
            chat.ask("What is ketamine therapy?")
            chat.ask("And again?")
            assert chat.errors == []


def test_it_says_so_on_a_site_that_is_not_allowed(tmp_path: Path, browser: Browser, running: Running) -> None:
    with another_site(tmp_path, running.url) as site, browser.new_context() as context:
        chat = Chat(context, site)
        chat.launcher.click()
        expect(chat.page.get_by_text("The assistant cannot be reached just now")).to_be_visible()
