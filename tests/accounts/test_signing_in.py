from __future__ import annotations

import asyncio
from unittest.mock import patch

import pyotp
import pytest

from bot.accounts import passwords
from bot.accounts.errors import SignInRefused
from bot.accounts.throttle import ADDRESS_LIMIT, PAIR_LIMIT, Throttle
from bot.errors import RateLimited
from tests.accounts.conftest import HERE, PASSWORD, Office


async def test_it_opens_a_session_for_the_right_password(office: Office) -> None:
    nia = await office.add("Nia")
    who = await office.sessions.find(await office.sign_in("Nia"))
    assert who is not None
    assert who.staff == nia


@pytest.mark.parametrize("typed", ["NIA@clinic.example", "  nia@clinic.example\n"])
async def test_it_finds_an_address_however_it_is_typed(office: Office, typed: str) -> None:
    await office.add("Nia")
    assert await office.signing_in.with_password(typed, PASSWORD, "", "here")


async def test_it_says_the_same_whatever_is_wrong(office: Office) -> None:
    ada = await office.add("Ada", is_admin=True)
    eve = await office.add("Eve")
    await office.add("Invited", password=False)
    await office.accounts.set_active(ada, eve.id, False)
    said = set()
    for name, password in (("Ada", "wrong"), ("Nobody", PASSWORD), ("Eve", PASSWORD), ("Invited", ""), ("Ada", "")):
        with pytest.raises(SignInRefused) as refusal:
            await office.sign_in(name, password)
        said.add(str(refusal.value))
    assert len(said) == 1


@pytest.mark.parametrize("name", ["Ada", "Nobody", "Invited", "Eve"])
async def test_it_works_as_hard_whoever_is_asked_for(office: Office, name: str) -> None:
    """One argon2 verification whoever it is: the answer's time tells nobody which accounts there are."""
    ada = await office.add("Ada", is_admin=True)
    await office.add("Invited", password=False)
    eve = await office.add("Eve")
    await office.accounts.set_active(ada, eve.id, False)
    with patch.object(passwords, "matches", wraps=passwords.matches) as matches, pytest.raises(SignInRefused):
        await office.sign_in(name, "wrong")
    assert matches.call_count == 1


async def test_it_refuses_after_five_wrong_tries_even_the_right_password(office: Office) -> None:
    await office.add("Nia")
    for _ in range(PAIR_LIMIT):
        with pytest.raises(SignInRefused):
            await office.sign_in("Nia", "wrong")
    with pytest.raises(RateLimited, match="wait 15 minutes"):
        await office.sign_in("Nia")


async def test_guesses_sent_at_once_do_not_slip_past_the_count(office: Office) -> None:
    await office.add("Nia")
    guesses = [office.sign_in("Nia", f"guess {number}") for number in range(3 * PAIR_LIMIT)]
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(result, SignInRefused) for result in results) == PAIR_LIMIT


async def test_it_lets_her_in_from_elsewhere_while_somebody_guesses(office: Office) -> None:
    await office.add("Nia")
    for _ in range(PAIR_LIMIT):
        with pytest.raises(SignInRefused):
            await office.sign_in("Nia", "wrong", address="198.51.100.9")
    assert await office.sign_in("Nia")


async def test_one_address_cannot_try_many_accounts(office: Office) -> None:
    await office.add("Nia")
    throttle = Throttle(office.store, office.clock)
    for number in range(ADDRESS_LIMIT):
        await throttle.failed(f"somebody{number}@clinic.example", HERE, None)
    with pytest.raises(RateLimited):
        await office.sign_in("Nia")


async def test_it_forgets_wrong_tries_after_a_quarter_of_an_hour(office: Office) -> None:
    await office.add("Nia")
    for _ in range(PAIR_LIMIT):
        with pytest.raises(SignInRefused):
            await office.sign_in("Nia", "wrong")
    office.clock.move(minutes=15, seconds=1)
    assert await office.sign_in("Nia")


async def test_it_asks_for_the_code_where_the_second_step_is_on(office: Office) -> None:
    nia = await office.add("Nia")
    secret = pyotp.random_base32()
    await office.accounts.switch_on_code(nia, secret, pyotp.TOTP(secret).at(office.clock()))
    for wrong in ("", "000000", "abcdef", "½½½½½½"):
        with pytest.raises(SignInRefused):
            await office.sign_in("Nia", code=wrong)
    assert await office.sign_in("Nia", code=pyotp.TOTP(secret).at(office.clock()))


async def test_a_code_works_once(office: Office) -> None:
    nia = await office.add("Nia")
    secret = pyotp.random_base32()
    await office.store.set_totp(nia.id, secret)
    code = pyotp.TOTP(secret).at(office.clock())
    await office.sign_in("Nia", code=code)
    office.clock.move(seconds=20)
    with pytest.raises(SignInRefused):
        await office.sign_in("Nia", code=code)


async def test_a_code_of_a_minute_ago_is_out_of_date(office: Office) -> None:
    nia = await office.add("Nia")
    secret = pyotp.random_base32()
    await office.store.set_totp(nia.id, secret)
    code = pyotp.TOTP(secret).at(office.clock())
    office.clock.move(seconds=65)
    with pytest.raises(SignInRefused):
        await office.sign_in("Nia", code=code)
