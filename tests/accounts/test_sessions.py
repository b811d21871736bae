from __future__ import annotations

from tests.accounts.conftest import Office


async def test_it_ends_after_eight_idle_hours(office: Office) -> None:
    await office.add("Nia")
    token = await office.sign_in("Nia")
    office.clock.move(hours=7, minutes=59)
    assert await office.sessions.find(token, active=False)
    office.clock.move(minutes=1)
    assert await office.sessions.find(token) is None


async def test_doing_something_keeps_it(office: Office) -> None:
    await office.add("Nia")
    token = await office.sign_in("Nia")
    for _ in range(4):
        office.clock.move(hours=7)
        assert await office.sessions.find(token)


async def test_a_page_refreshing_itself_does_not_keep_it(office: Office) -> None:
    await office.add("Nia")
    token = await office.sign_in("Nia")
    for _ in range(8):
        assert await office.sessions.find(token, active=False)
        office.clock.move(hours=1)
    assert await office.sessions.find(token, active=False) is None


async def test_signing_out_ends_it(office: Office) -> None:
    await office.add("Nia")
    token = await office.sign_in("Nia")
    await office.sessions.close(token)
    assert await office.sessions.find(token) is None


async def test_each_session_has_a_form_token_of_its_own(office: Office) -> None:
    await office.add("Nia")
    one, other = [await office.sessions.find(await office.sign_in("Nia")) for _ in range(2)]
    assert one is not None
    assert other is not None
    assert one.form_token != other.form_token
