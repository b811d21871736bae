from __future__ import annotations

import pyotp
import pytest

from bot.accounts.errors import FormRefused, LinkRefused, SignInRefused, StaffNotFound
from bot.accounts.signing_in import NewPerson
from bot.errors import NotAllowed
from tests.accounts.conftest import PASSWORD, Office, token_of

OTHER = "seven wooden clouds drift"


async def test_an_administrator_invites_and_the_person_chooses_a_password(office: Office) -> None:
    ada = await office.add("Ada", is_admin=True)
    link = await office.accounts.invite(ada, "  Nia ", "Nurse", "Nia@clinic.example", is_admin=False)
    await office.signing_in.with_link(token_of(link), NewPerson(OTHER, OTHER))
    who = await office.sessions.find(await office.sign_in("Nia", OTHER))
    assert who is not None
    assert (who.staff.name, who.staff.role, who.staff.is_admin) == ("Nia", "Nurse", False)


async def test_an_address_is_invited_once(office: Office) -> None:
    ada = await office.add("Ada", is_admin=True)
    await office.add("Nia")
    with pytest.raises(FormRefused, match="is here already") as refusal:
        await office.accounts.invite(ada, "Nia", "Nurse", "nia@clinic.example", is_admin=False)
    assert refusal.value.field == "email"


async def test_only_an_administrator_may_look_after_accounts(office: Office) -> None:
    await office.add("Ada", is_admin=True)
    nia, ravi = await office.add("Nia"), await office.add("Ravi")
    before = await office.store.accounts()
    with pytest.raises(NotAllowed):
        await office.accounts.everyone(nia)
    with pytest.raises(NotAllowed):
        await office.accounts.invite(nia, "Zoe", "Nurse", "zoe@clinic.example", is_admin=True)
    with pytest.raises(NotAllowed):
        await office.accounts.reset(nia, ravi.id)
    with pytest.raises(NotAllowed):
        await office.accounts.set_active(nia, ravi.id, False)
    assert await office.store.accounts() == before


async def test_a_reset_takes_everything_away_and_gives_a_link(office: Office) -> None:
    ada, nia = await office.add("Ada", is_admin=True), await office.add("Nia")
    session = await office.sign_in("Nia")
    await office.store.set_totp(nia.id, pyotp.random_base32())
    link = await office.accounts.reset(ada, nia.id)
    assert await office.sessions.find(session) is None
    with pytest.raises(SignInRefused):
        await office.sign_in("Nia")
    await office.signing_in.with_link(token_of(link), NewPerson(OTHER, OTHER))
    assert await office.sign_in("Nia", OTHER)


async def test_switching_off_ends_sessions_and_links_at_once(office: Office) -> None:
    ada, eve = await office.add("Ada", is_admin=True), await office.add("Eve")
    session, link = await office.sign_in("Eve"), await office.links.issue(eve.email)
    await office.accounts.set_active(ada, eve.id, False)
    assert await office.sessions.find(session) is None
    with pytest.raises(LinkRefused):
        await office.links.look(token_of(link))
    await office.accounts.set_active(ada, eve.id, True)
    assert await office.sessions.find(session) is None
    assert await office.sign_in("Eve")


async def test_nobody_switches_themselves_off(office: Office) -> None:
    ada = await office.add("Ada", is_admin=True)
    await office.add("Ann", is_admin=True)
    with pytest.raises(NotAllowed, match="your own account"):
        await office.accounts.set_active(ada, ada.id, False)


async def test_the_last_administrator_stays(office: Office) -> None:
    ada, ann = await office.add("Ada", is_admin=True), await office.add("Ann", is_admin=True)
    await office.accounts.set_active(ada, ann.id, False)
    with pytest.raises(NotAllowed, match="only administrator"):
        await office.accounts.set_active(ann, ada.id, False)


async def test_somebody_switched_off_is_not_reset(office: Office) -> None:
    ada, eve = await office.add("Ada", is_admin=True), await office.add("Eve")
    await office.accounts.set_active(ada, eve.id, False)
    with pytest.raises(NotAllowed, match="switched off"):
        await office.accounts.reset(ada, eve.id)


async def test_an_unknown_person_is_refused(office: Office) -> None:
    ada = await office.add("Ada", is_admin=True)
    with pytest.raises(StaffNotFound):
        await office.accounts.reset(ada, "nobody")


async def test_changing_the_password_ends_the_other_sessions(office: Office) -> None:
    await office.add("Nia")
    here, elsewhere = await office.sign_in("Nia"), await office.sign_in("Nia")
    who = await office.sessions.find(here)
    assert who is not None
    await office.accounts.change_password(who, PASSWORD, OTHER, OTHER)
    assert await office.sessions.find(here)
    assert await office.sessions.find(elsewhere) is None
    assert await office.sign_in("Nia", OTHER)


async def test_changing_the_password_needs_the_current_one(office: Office) -> None:
    await office.add("Nia")
    who = await office.sessions.find(await office.sign_in("Nia"))
    assert who is not None
    with pytest.raises(FormRefused, match="not right"):
        await office.accounts.change_password(who, "wrong", OTHER, OTHER)
    assert await office.sign_in("Nia")


async def test_the_second_step_is_switched_on_by_a_matching_code_only(office: Office) -> None:
    nia = await office.add("Nia")
    secret = pyotp.random_base32()
    for bad_secret, code in ((secret, "000000"), ("short", "123456"), ("", "")):
        with pytest.raises(FormRefused):
            await office.accounts.switch_on_code(nia, bad_secret, code)
    assert (await office.accounts.own(nia)).totp_secret is None


async def test_the_second_step_is_switched_off_with_the_password_only(office: Office) -> None:
    nia = await office.add("Nia")
    await office.store.set_totp(nia.id, pyotp.random_base32())
    with pytest.raises(FormRefused):
        await office.accounts.switch_off_code(nia, "wrong")
    await office.accounts.switch_off_code(nia, PASSWORD)
    assert (await office.accounts.own(nia)).totp_secret is None
