from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.settings import Settings
from bot.sign_in_link import sign_in_address
from tests.console.cast import PASSWORD, Clinic, Person
from tests.support.serving import Running, serving, settings_for

ADA = {
    "name": "Ada",
    "role": "Practice manager",
    "email": "ada@clinic.example",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def new_clinic(tmp_path: Path) -> Iterator[tuple[Running, Settings]]:
    """The app before anybody has an account."""
    settings = settings_for(tmp_path)
    with serving(settings) as running:
        yield running, settings


def path_of(address: str) -> str:
    return "/console/link/" + address.rsplit("/", 1)[1]


def test_the_printed_link_leads_to_the_first_account_and_into_the_queue(new_clinic: tuple[Running, Settings]) -> None:
    running, settings = new_clinic
    link = asyncio.run(sign_in_address(settings))
    assert link.startswith(settings.public_url + "/console/link/")
    ada = Person(running.url)
    page = ada.send(path_of(link), path_of(link), **ADA)
    assert "authenticator app" in page.text
    assert ada.is_signed_in
    assert "Administrator" in ada.get("/console/staff").text


def test_a_program_that_looks_at_links_uses_nothing_up(new_clinic: tuple[Running, Settings]) -> None:
    running, settings = new_clinic
    path = path_of(asyncio.run(sign_in_address(settings)))
    for method in ("GET", "HEAD", "GET"):
        httpx.request(method, running.url + path, trust_env=False)
    ada = Person(running.url)
    ada.send(path, path, **ADA)
    assert ada.is_signed_in


def test_a_weak_password_is_refused_and_what_was_typed_stays(new_clinic: tuple[Running, Settings]) -> None:
    running, settings = new_clinic
    path = path_of(asyncio.run(sign_in_address(settings)))
    ada = Person(running.url)
    page = ada.send(path, path, **ADA | {"password": "password1234", "again": "password1234"})
    assert page.status_code == 400
    assert "easy to guess" in page.text
    assert 'value="ada@clinic.example"' in page.text
    assert "password1234" not in page.text
    ada.send(path, path, **ADA)
    assert ada.is_signed_in


def test_a_used_link_says_so_kindly(clinic: Clinic) -> None:
    path = path_of(asyncio.run(sign_in_address(clinic.settings, "ravi@clinic.example")))
    ravi, thief = clinic.stranger(), clinic.stranger()
    assert "Sign in as Ravi?" in ravi.get(path).text
    ravi.send(path, path)
    assert ravi.is_signed_in
    page = thief.get(path)
    assert page.status_code == 410
    assert "has been used" in page.text


def test_it_signs_in_and_out(clinic: Clinic) -> None:
    nia = clinic.person("Nia")
    assert nia.is_signed_in
    cookie = dict(nia.http.cookies)
    nia.send("/console/queue/waiting", "/console/sign-out")
    assert not nia.is_signed_in
    again = httpx.get(clinic.running.url + "/console/queue/waiting", cookies=cookie, trust_env=False)
    assert again.status_code == 303, "the old cookie still opens the console"


def test_wrong_passwords_and_unknown_people_are_told_the_same(clinic: Clinic) -> None:
    said = {
        re.sub(r"\w+@clinic|[0-9a-f]{64}", "", clinic.stranger().sign_in(*who).text)
        for who in (("Nia", "wrong"), ("Zoe", "wrong"))
    }
    assert len(said) == 1
    assert "That did not match" in said.pop()


def test_it_leads_back_to_where_one_was_going(clinic: Clinic) -> None:
    nia = clinic.stranger()
    page = nia.get("/console/queue/mine")
    assert page.url.path == "/console/sign-in"
    onward = re.search(r'name="next" value="([^"]*)"', page.text)
    assert onward is not None
    sent = {"email": "nia@clinic.example", "password": PASSWORD, "code": "", "next": onward[1]}
    assert nia.send("/console/sign-in", "/console/sign-in", **sent).url.path == "/console/queue/mine"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/console/..//evil.example", "/console/\\evil", "/api"]
)
def test_it_never_leads_elsewhere(clinic: Clinic, elsewhere: str) -> None:
    nia = clinic.stranger()
    sent = {"email": "nia@clinic.example", "password": PASSWORD, "code": "", "next": elsewhere}
    page = nia.send("/console/sign-in", "/console/sign-in", **sent)
    assert (page.url.host, page.url.path) == ("127.0.0.1", "/console/queue/waiting")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(clinic: Clinic) -> None:
    nia = clinic.stranger()
    nia.http.follow_redirects = False
    cookies = nia.sign_in("Nia").headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("handrail_session="))
    assert "HttpOnly" in session
    assert "samesite=lax" in session.lower()


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path, public_url="https://chat.clinic.example")) as running:
        answer = httpx.get(running.url + "/console/sign-in", trust_env=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-handrail_form=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie


def test_pages_are_stored_nowhere_and_run_nobody_elses_scripts(clinic: Clinic) -> None:
    for page in ("/console/sign-in", "/console/queue/waiting", "/console/nowhere"):
        headers = clinic.person("Nia").get(page).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
