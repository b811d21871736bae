"""For each action: who may not. The cast: Ada administers, Nia and Ravi work, Eve has left, a stranger never was here."""

from __future__ import annotations

import pytest

from bot.store.database import Database
from tests.console.cast import Clinic, email_of
from tests.console.words_said import HUMAN

PAGES = (
    "/console/queue/waiting",
    "/console/queue/mine",
    "/console/queue/open",
    "/console/queue/closed",
    "/console/queue/problems",
    "/console/queue/waiting/rows",
    "/console/queue/problems/rows",
    "/console/tabs",
    "/console/staff",
    "/console/account",
    "/console/account/second-step",
    "/console/handoffs/{handoff}",
    "/console/handoffs/{handoff}/live",
)
ACTIONS = (
    "/console/handoffs/{handoff}/claim",
    "/console/handoffs/{handoff}/seen",
    "/console/handoffs/{handoff}/release",
    "/console/handoffs/{handoff}/close",
    "/console/handoffs/{handoff}/reply",
    "/console/handoffs/{handoff}/take-over",
    "/console/problems/messages/x/again",
    "/console/problems/deliveries/x/again",
    "/console/staff",
    "/console/staff/{nia}/reset",
    "/console/staff/{nia}/off",
    "/console/staff/{nia}/on",
    "/console/account/password",
    "/console/account/second-step",
    "/console/account/second-step/off",
    "/console/sign-out",
)


def filled(clinic: Clinic, path: str, handoff: str) -> str:
    return path.format(handoff=handoff, nia=clinic.members["Nia"].id)


@pytest.fixture(scope="module")
def handoff(clinic: Clinic) -> str:
    visitor = clinic.visitor()
    visitor.write(HUMAN)
    return clinic.handoff_of(visitor)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_reads_nothing(clinic: Clinic, handoff: str, path: str) -> None:
    answer = clinic.stranger().http.get(filled(clinic, path, handoff), follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")
    assert HUMAN not in answer.text


def test_a_stranger_hears_nothing(clinic: Clinic) -> None:
    assert clinic.stranger().get("/console/events").status_code == 204


@pytest.mark.parametrize("path", ACTIONS)
def test_a_stranger_changes_nothing(clinic: Clinic, handoff: str, path: str) -> None:
    stranger = clinic.stranger()
    sent = {"form_token": stranger.form_token("/console/sign-in"), "text": "hello", "client_id": "1"}
    answer = stranger.http.post(filled(clinic, path, handoff), data=sent, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in"


@pytest.mark.parametrize("path", ACTIONS)
def test_a_form_from_elsewhere_changes_nothing(clinic: Clinic, handoff: str, path: str) -> None:
    """The browser of somebody signed in sends the cookie along, but another site cannot know the form's token."""
    nia, ravi = clinic.person("Nia"), clinic.person("Ravi")
    for token in ("", "0" * 64, ravi.form_token("/console/queue/waiting")):
        answer = nia.http.post(filled(clinic, path, handoff), data={"form_token": token, "text": "hello"})
        assert answer.status_code == 403
        assert "try that again" in answer.text
    assert nia.is_signed_in


def test_somebody_who_left_cannot_sign_in(clinic: Clinic) -> None:
    eve = clinic.stranger()
    assert eve.sign_in("Eve").status_code == 401
    assert not eve.is_signed_in


def test_a_form_for_strangers_needs_its_token_too(clinic: Clinic) -> None:
    sent = {"email": email_of("Nia"), "password": "x"}
    assert clinic.stranger().http.post("/console/sign-in", data=sent).status_code == 403


@pytest.mark.parametrize("name", ["Nia", "Ravi"])
def test_only_ada_looks_after_staff(clinic: Clinic, name: str) -> None:
    person, nobody = clinic.person(name), clinic.members["Eve"].id
    token = {"form_token": person.form_token("/console/account")}
    assert person.get("/console/staff").status_code == 403
    assert "/console/staff" not in person.get("/console/queue/waiting").text
    invited = {**token, "name": "Zoe", "role": "Nurse", "email": "zoe@clinic.example", "is_admin": "yes"}
    assert person.http.post("/console/staff", data=invited).status_code == 403
    for action in ("reset", "on", "off"):
        assert person.http.post(f"/console/staff/{nobody}/{action}", data=token).status_code == 403
    assert "Zoe" not in clinic.person("Ada").get("/console/staff").text


def test_nobody_ends_what_a_colleague_has_but_an_administrator(clinic: Clinic) -> None:
    visitor = clinic.visitor()
    visitor.write(HUMAN)
    page = f"/console/handoffs/{clinic.handoff_of(visitor)}"
    clinic.person("Nia").send(page, f"{page}/claim")
    ravi, ada = clinic.person("Ravi"), clinic.person("Ada")
    token = {"form_token": ravi.form_token(page)}
    assert ravi.http.post(f"{page}/release", data=token).status_code == 403
    assert ravi.http.post(f"{page}/close", data=token).status_code == 403
    assert ravi.http.post(f"{page}/claim", data=token).status_code == 409
    answer = ravi.http.post(f"{page}/reply", data={**token, "text": "hello", "client_id": "r-1"})
    assert answer.status_code == 409
    assert "Nia" in answer.text
    assert not visitor.hears("hello")
    assert ada.send(page, f"{page}/release").status_code == 200
    assert "Nobody has this yet" in ravi.get(page).text


def test_switching_somebody_off_ends_what_they_had_open(clinic: Clinic) -> None:
    async def return_ravi(database: Database) -> None:
        from bot.store.staff import StaffSql

        await StaffSql(database).set_active(ravi_id, True)

    visitor = clinic.visitor()
    visitor.write(HUMAN)
    page = f"/console/handoffs/{clinic.handoff_of(visitor)}"
    ada, ravi, ravi_id = clinic.person("Ada"), clinic.person("Ravi"), clinic.members["Ravi"].id
    ravi.send(page, f"{page}/claim")
    ada.send("/console/staff", f"/console/staff/{ravi_id}/off")
    try:
        assert not ravi.is_signed_in
        assert clinic.stranger().sign_in("Ravi").status_code == 401
        assert "Nobody has this yet" in ada.get(page).text
        assert visitor.hears("had to leave the chat")
    finally:
        clinic.inside(return_ravi)
