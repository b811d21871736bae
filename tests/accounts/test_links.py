from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.accounts.errors import FormRefused, LinkRefused, StaffNotFound
from bot.accounts.signing_in import NewPerson
from tests.accounts.conftest import PASSWORD, Office, token_of

ADA = NewPerson(PASSWORD, PASSWORD, "Ada", "Practice manager", "Ada@Clinic.example")


async def test_the_first_link_makes_an_administrator_and_signs_them_in(office: Office) -> None:
    session = await office.signing_in.with_link(token_of(await office.links.issue()), ADA)
    who = await office.sessions.find(session)
    assert who is not None
    assert (who.staff.name, who.staff.email, who.staff.is_admin) == ("Ada", "ada@clinic.example", True)


async def test_looking_at_a_link_never_uses_it_up(office: Office) -> None:
    token = token_of(await office.links.issue())
    for _ in range(3):
        await office.links.look(token)
    assert await office.signing_in.with_link(token, ADA)


async def test_a_link_works_once(office: Office) -> None:
    nia = await office.add("Nia")
    token = token_of(await office.links.issue(nia.email))
    assert await office.signing_in.with_link(token, None)
    with pytest.raises(LinkRefused, match="has been used"):
        await office.signing_in.with_link(token, None)


async def test_of_two_people_using_a_link_at_once_one_gets_in(office: Office) -> None:
    nia = await office.add("Nia")
    token = token_of(await office.links.issue(nia.email))
    results = await asyncio.gather(
        *(office.signing_in.with_link(token, None) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(result, str) for result in results) == 1


async def test_a_link_is_out_of_date_after_half_an_hour(office: Office) -> None:
    token = token_of(await office.links.issue())
    office.clock.move(minutes=29)
    await office.links.look(token)
    office.clock.move(minutes=1)
    with pytest.raises(LinkRefused, match="out of date"):
        await office.links.look(token)


async def test_an_invented_link_is_refused(office: Office) -> None:
    with pytest.raises(LinkRefused):
        await office.links.look("invented")


async def test_two_first_links_make_one_administrator(office: Office) -> None:
    first, second = token_of(await office.links.issue()), token_of(await office.links.issue())
    await office.signing_in.with_link(first, ADA)
    with pytest.raises(LinkRefused, match="made already"):
        await office.signing_in.with_link(second, ADA)
    assert len(await office.store.accounts()) == 1


async def test_a_refused_form_leaves_the_link_usable(office: Office) -> None:
    token = token_of(await office.links.issue())
    with pytest.raises(FormRefused):
        await office.signing_in.with_link(
            token, NewPerson("password1234", "password1234", "Ada", "Nurse", "a@b.example")
        )
    assert await office.signing_in.with_link(token, ADA)


async def test_later_links_are_for_the_administrator_who_was_there_first(office: Office) -> None:
    await office.add("Nia")
    ada = await office.add("Ada", is_admin=True)
    link, account = await office.links.look(token_of(await office.links.issue()))
    assert link.staff_id == ada.id
    assert account is not None


async def test_a_link_can_be_made_for_one_person(office: Office) -> None:
    await office.add("Ada", is_admin=True)
    nia = await office.add("Nia")
    link, _ = await office.links.look(token_of(await office.links.issue(" NIA@clinic.example ")))
    assert link.staff_id == nia.id


async def test_an_unknown_address_is_refused_naming_the_known_ones(office: Office) -> None:
    await office.add("Nia")
    with pytest.raises(StaffNotFound, match=r"zoe@clinic\.example.*nia@clinic\.example"):
        await office.links.issue("zoe@clinic.example")


async def test_a_link_of_somebody_switched_off_is_refused(office: Office) -> None:
    ada, eve = await office.add("Ada", is_admin=True), await office.add("Eve")
    token = token_of(await office.links.issue(eve.email))
    await office.accounts.set_active(ada, eve.id, False)
    with pytest.raises(LinkRefused):
        await office.signing_in.with_link(token, None)


async def test_only_hashes_of_tokens_are_stored(office: Office, tmp_path: Path) -> None:
    token = token_of(await office.links.issue())
    session = await office.signing_in.with_link(token, ADA)
    stored = "\n".join(sqlite3.connect(tmp_path / "staff.db").iterdump())
    assert "sign_in_links" in stored
    for secret in (token, session, PASSWORD):
        assert secret not in stored
