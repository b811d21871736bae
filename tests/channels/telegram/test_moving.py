"""Continuing on the website by a one-time link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.telegram.commands import LINK_MINUTES
from bot.errors import WrongToken
from bot.web import errors
from tests.channels.telegram.clinic import MIA, Clinic, opened
from tests.support.bot_api.server import BotApi


class Later:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
async def moving(tmp_path: Path, api: BotApi, later: Later) -> AsyncIterator[Clinic]:
    """A clinic where Mia has asked something and then for the website."""
    async with opened(tmp_path, api, now=later) as clinic:
        await api.visitors.write(MIA, "Something personal")
        await clinic.says(MIA, "About: Something personal")
        await api.visitors.write(MIA, "/website")
        await clinic.says(MIA, "/continue#")
        yield clinic


def code(clinic: Clinic) -> str:
    found = re.search(r"https://chat\.wrenhouse\.example\.com/continue#([\w-]+)", clinic.said(MIA)[-1])
    assert found
    return found[1]


async def use(clinic: Clinic, code: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(clinic.channel.router)
    errors.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        return await client.post("/api/continue", json={"code": code})


async def test_the_link_opens_the_same_conversation(moving: Clinic) -> None:
    answer = await use(moving, code(moving))
    assert answer.status_code == 200
    body = answer.json()
    await moving.service.conversations.authorise(body["id"], body["token"])
    thread = await moving.service.conversations.read(body["id"])
    assert "Something personal" in [message.text for message in thread.messages]


async def test_from_then_on_replies_go_to_the_website_only(moving: Clinic) -> None:
    body = (await use(moving, code(moving))).json()
    before = len(moving.said(MIA))
    await moving.service.conversations.ask_for_person(body["id"])
    await moving.idle()
    assert len(moving.said(MIA)) == before
    (handoff,) = await moving.service.handoffs.queue()
    assert handoff.channel == "website"


async def test_commands_that_only_telegram_knows_are_not_offered_there(moving: Clinic) -> None:
    await moving.api.visitors.write(MIA, "/privacy")
    await moving.says(MIA, "Telegram, the company")
    await moving.api.visitors.write(MIA, "/website")
    await moving.until(lambda: "/continue#" in moving.said(MIA)[-1])
    body = (await use(moving, code(moving))).json()
    thread = await moving.service.conversations.read(body["id"])
    offered = [button.value for message in thread.messages for button in message.buttons]
    assert offered
    assert not [value for value in offered if value.startswith("/")]


async def test_writing_on_telegram_again_begins_a_conversation_of_its_own(moving: Clinic) -> None:
    body = (await use(moving, code(moving))).json()
    await moving.api.visitors.write(MIA, "Hello again")
    await moving.says(MIA, "About: Hello again")
    assert await moving.written(MIA) == ["Hello again"]
    assert await moving.store.conversation_of(MIA) != body["id"]


async def test_the_link_works_once(moving: Clinic) -> None:
    link = code(moving)
    assert (await use(moving, link)).status_code == 200
    again = await use(moving, link)
    assert again.status_code == 401
    assert "Ask for a new one in Telegram with /website" in again.json()["error"]["message"]


async def test_the_link_grows_old(moving: Clinic, later: Later) -> None:
    later.ahead += timedelta(minutes=LINK_MINUTES + 1)
    assert (await use(moving, code(moving))).status_code == 401


@pytest.mark.parametrize("guess", ["x", "0" * 32, "' or 1=1", "%", "_" * 32])
async def test_a_guessed_link_opens_nothing(moving: Clinic, guess: str) -> None:
    assert (await use(moving, guess)).status_code == 401


async def test_the_code_is_not_stored_as_it_is(moving: Clinic) -> None:
    assert code(moving) not in str(await moving.store.all("link:"))
    assert not any("/continue" in message.text for message in await moving.messages(MIA))


async def test_a_link_to_a_deleted_conversation_opens_nothing(moving: Clinic) -> None:
    link = code(moving)
    await moving.api.visitors.write(MIA, "/delete yes")
    await moving.says(MIA, "We have deleted this conversation")
    assert (await use(moving, link)).status_code == 401


async def test_opening_the_page_does_not_use_the_link_up(moving: Clinic) -> None:
    app = FastAPI()
    app.include_router(moving.channel.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        page = await client.get("/continue")
        assert "Continue here" in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        for file in re.findall(r'(?:src|href)="(continue/[^"]+)"', page.text):
            assert (await client.get(f"/{file}")).status_code == 200
    assert (await use(moving, code(moving))).status_code == 200


async def test_the_old_token_opens_it_no_more(moving: Clinic) -> None:
    body = (await use(moving, code(moving))).json()
    with pytest.raises(WrongToken):
        await moving.service.conversations.authorise(body["id"], "something else")
