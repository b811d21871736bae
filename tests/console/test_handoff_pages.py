from __future__ import annotations

import html
import re

import pytest

from tests.console.cast import Clinic, Person, Visitor
from tests.console.words_said import CRISIS, GENERAL, HUMAN, MEDICINE, SCRIPT


def visitor_saying(clinic: Clinic, *texts: str) -> tuple[Visitor, str]:
    """Return a visitor who wrote these texts, and the page of their handoff."""
    visitor = clinic.visitor()
    for text in texts:
        visitor.write(text)
    return visitor, f"/console/handoffs/{clinic.handoff_of(visitor)}"


def rows_of(text: str) -> list[str]:
    return re.findall(r'href="(/console/handoffs/\w+)"', text)


def test_the_queue_says_what_each_is_about_and_puts_urgent_first(clinic: Clinic) -> None:
    _, calm = visitor_saying(clinic, MEDICINE)
    _, urgent = visitor_saying(clinic, CRISIS)
    page = clinic.person("Nia").get("/console/queue/waiting").text
    places = rows_of(page.split('<section id="rows"')[1])
    assert places.index(urgent) < places.index(calm)
    for words in (
        "Their medicines",
        "Asks about taking sertraline",
        "May harm themselves",
        "Crisis",
        "Website",
        "under a minute",
    ):
        assert words in page


def test_the_tabs_show_mine_and_all_open_and_closed(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, HUMAN)
    nia, ravi = clinic.person("Nia"), clinic.person("Ravi")

    def tabs_with_it(person: Person) -> list[str]:
        shown = {tab: person.get(f"/console/queue/{tab}/rows").text for tab in ("waiting", "mine", "open", "closed")}
        return [tab for tab, text in shown.items() if page in rows_of(text)]

    assert tabs_with_it(nia) == ["waiting", "open"]
    nia.send(page, f"{page}/claim")
    assert tabs_with_it(nia) == ["mine", "open"]
    assert tabs_with_it(ravi) == ["open"]
    nia.send(page, f"{page}/close", note="Called back.")
    assert tabs_with_it(nia) == ["closed"]
    assert "Note: Called back." in ravi.get("/console/queue/closed").text
    assert "Called back." in ravi.get(page).text
    assert not visitor.hears("Called back.")


def test_taking_replying_and_closing_reaches_the_visitor(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, MEDICINE)
    nia = clinic.person("Nia")
    assert "You have this" in nia.send(page, f"{page}/claim").text
    assert (
        "I will look at your notes."
        in nia.send(page, f"{page}/reply", text="I will look at your notes.", client_id="a-1").text
    )
    reply = next(message for message in visitor.read() if message["author"] == "staff")
    assert reply["text"] == "I will look at your notes."
    assert "Closed." in nia.send(page, f"{page}/close").text
    assert visitor.read()[-1]["author"] == "system"


def test_closing_over_an_unread_message_is_refused_and_the_note_stays(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, MEDICINE)
    nia = clinic.person("Nia")
    nia.send(page, f"{page}/claim")
    read_to = re.search(r'name="read_to" form="close-form" value="(\d+)"', nia.get(page).text)
    assert read_to
    visitor.write("And another thing.")
    refused = nia.send(page, f"{page}/close", note="Called back.", read_to=read_to[1])
    assert refused.status_code == 409
    for part in ("The visitor has just written again", "And another thing.", "Called back."):
        assert part in refused.text
    assert "Closed." in nia.send(page, f"{page}/close", read_to=str(visitor.read()[-1]["seq"])).text


def test_the_same_form_sent_twice_is_one_message(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, HUMAN)
    nia = clinic.person("Nia")
    for _ in range(3):
        nia.send(page, f"{page}/reply", text="Only once.", client_id="double-click")
    assert sum(message["text"] == "Only once." for message in visitor.read()) == 1


def test_an_edited_text_is_not_lost_when_its_first_version_had_arrived(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, HUMAN)
    nia = clinic.person("Nia")
    nia.send(page, f"{page}/reply", text="At three.", client_id="unsure")
    answer = nia.send(page, f"{page}/reply", text="At four, I mean.", client_id="unsure")
    assert "An earlier version had been sent already: “At three.”" in answer.text
    assert ">At four, I mean.</textarea>" in answer.text
    assert 'value="unsure"' not in answer.text
    assert not visitor.hears("At four")


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b\u202e", "x" * 2001])
def test_an_impossible_reply_is_refused_and_kept(clinic: Clinic, text: str) -> None:
    visitor, page = visitor_saying(clinic, HUMAN)
    nia = clinic.person("Nia")
    answer = nia.send(page, f"{page}/reply", text=text, client_id="bad")
    assert answer.status_code == 409
    assert 'class="refused"' in answer.text
    assert not any(message["author"] == "staff" for message in visitor.read())


def test_handing_back_puts_it_into_the_queue_again(clinic: Clinic) -> None:
    _, page = visitor_saying(clinic, HUMAN)
    nia = clinic.person("Nia")
    nia.send(page, f"{page}/claim")
    assert "Nobody has this yet" in nia.send(page, f"{page}/release").text
    assert page in rows_of(clinic.person("Ravi").get("/console/queue/waiting/rows").text)


def test_it_says_who_has_it_and_lets_others_read_along(clinic: Clinic) -> None:
    _, page = visitor_saying(clinic, MEDICINE)
    nia, ravi = clinic.person("Nia"), clinic.person("Ravi")
    nia.send(page, f"{page}/claim")
    shown = ravi.get(page).text
    assert "<strong>Nia</strong> has this. You can read along." in shown
    assert 'data-may-reply="no"' in shown
    assert f'action="{page}/release"' not in shown
    assert f'action="{page}/release"' in clinic.person("Ada").get(page).text


def test_danger_that_nobody_has_seen_may_be_taken_over_from_a_colleague(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, HUMAN)
    nia, ravi = clinic.person("Nia"), clinic.person("Ravi")
    nia.send(page, f"{page}/claim")
    assert "I take it over" not in ravi.get(page).text
    visitor.write(CRISIS)
    shown = ravi.get(page).text
    assert "I take it over" in shown
    assert 'data-may-reply="no"' in shown
    assert "I take it over" not in nia.get(page).text
    assert "You have this" in ravi.send(page, f"{page}/claim").text
    assert "<strong>Ravi</strong> has this. You can read along." in nia.get(page).text
    assert visitor.hears("Ravi")


def test_a_closed_conversation_can_be_taken_up_again(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, HUMAN)
    nia = clinic.person("Nia")
    nia.send(page, f"{page}/claim")
    nia.send(page, f"{page}/close")
    answer = nia.send(page, f"{page}/take-over")
    assert answer.url.path != page
    assert "You have this" in answer.text
    nia.send(answer.url.path, f"{answer.url.path}/reply", text="One more thing.", client_id="again")
    assert visitor.hears("One more thing.")


def test_entities_are_highlighted_in_the_visitors_words(clinic: Clinic) -> None:
    _, page = visitor_saying(clinic, MEDICINE)
    shown = clinic.person("Nia").get(page).text
    thread = shown.split('id="thread"')[1]
    assert re.search(
        r'<mark class="entity medicine"[^>]*>sertraline<span class="unseen"> \(Medicine\)</span></mark>', thread
    )
    assert re.search(r'<mark class="entity dose"[^>]*>100 mg', thread)
    assert "about: parent" in shown


def test_it_explains_why(clinic: Clinic) -> None:
    _, page = visitor_saying(clinic, GENERAL, MEDICINE)
    shown = html.unescape(clinic.person("Nia").get(page).text)
    for words in (
        "Why: Handed to clinical staff · Their medicines",
        "Names a medicine of their own; that is for a clinician.",
        "93%",
        "“is it ok with sertraline”",
        "87% alike",
        "2026-11-23-a1b2c3",
    ):
        assert words in shown


def test_a_crisis_says_what_to_do_first(clinic: Clinic) -> None:
    _, page = visitor_saying(clinic, CRISIS)
    nia = clinic.person("Nia")
    shown = nia.get(page).text
    for words in ("Do this first", "Tell the clinician on duty", "999", "Samaritans", "I take it", "stop the alarm"):
        assert words in shown
    assert page.rsplit("/", 1)[1] in alarming(nia.get("/console/queue/mine").text)
    assert "stop the alarm" not in nia.send(page, f"{page}/seen").text
    assert page.rsplit("/", 1)[1] not in alarming(nia.get("/console/queue/mine").text)


def alarming(text: str) -> list[str]:
    found = re.search(r'data-alarming="([^"]*)"', text)
    return found[1].split() if found else []


def test_html_and_scripts_are_text_everywhere(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, SCRIPT)
    nia = clinic.person("Nia")
    nia.send(page, f"{page}/reply", text="<script>alert('staff')</script>", client_id="script")
    for place in (page, f"{page}/live", "/console/queue/open"):
        shown = nia.get(place).text
        assert "alert(" in shown
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "<b>bold" not in shown
    assert visitor.hears("<script>alert('staff')</script>")


def test_a_name_cannot_carry_html(clinic: Clinic) -> None:
    ada = clinic.person("Ada")
    sent = {"name": "<i>Mal</i>", "role": '"><script>', "email": "mal@clinic.example"}
    shown = ada.send("/console/staff", "/console/staff", **sent).text
    assert "&lt;i&gt;Mal&lt;/i&gt;" in shown
    assert "<i>Mal" not in shown
    assert '"><script>' not in shown


def test_a_conversation_the_visitor_deleted_is_gone(clinic: Clinic) -> None:
    visitor, page = visitor_saying(clinic, MEDICINE)
    nia = clinic.person("Nia")
    token = nia.form_token(page)
    visitor.forget()
    for answer in (nia.get(page), nia.get(f"{page}/live"), nia.http.post(f"{page}/claim", data={"form_token": token})):
        assert answer.status_code == 404
        assert "deleted by the visitor" in answer.text


@pytest.mark.parametrize(
    "path", ["/console/nowhere", "/console/handoffs/nope", "/console/handoffs/%00", "/console/queue/%3Cscript%3E/rows"]
)
def test_an_impossible_address_is_answered_kindly(clinic: Clinic, path: str) -> None:
    answer = clinic.person("Nia").get(path)
    assert answer.status_code in (200, 404)
    assert "Traceback" not in answer.text
    assert "<script>" not in answer.text


def test_problems_are_empty_while_all_is_well(clinic: Clinic) -> None:
    assert "Everything was delivered and worked" in clinic.person("Ravi").get("/console/queue/problems").text


def test_trying_again_what_is_no_problem_any_more_says_so(clinic: Clinic) -> None:
    answer = clinic.person("Nia").send("/console/queue/waiting", "/console/problems/deliveries/gone/again")
    assert answer.status_code == 400
    assert "not among the problems any more" in answer.text
