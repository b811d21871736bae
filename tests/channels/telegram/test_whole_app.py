"""The whole app with a token: Telegram beside the website, and from one to the other in a real browser."""

from __future__ import annotations

from pathlib import Path

import httpx
from playwright.async_api import async_playwright, expect

from bot.settings import Settings
from tests.channels.telegram.clinic import MIA, Clinic
from tests.support.bot_api.server import BotApi
from tests.support.bot_api.visitors import keyboard
from tests.support.browser import ARGUMENTS, chromium
from tests.support.serving import serving, settings_for


def settings(folder: Path, api: BotApi, **more: object) -> Settings:
    usual: dict[str, object] = {"telegram_token": api.world.token, "telegram_api_url": api.url, "port": 0}
    return settings_for(folder, **{**usual, **more})


async def shown(api: BotApi, text: str) -> str:
    """Return Mia's newest message that holds `text`, waiting for it."""
    watching = Clinic(api, *[None] * 6)  # type: ignore[arg-type]
    await watching.says(MIA, text, 30)
    return next(said for said in reversed(api.visitors.texts(MIA)) if text in said)


async def test_it_talks_on_telegram_and_is_ready(tmp_path: Path, api: BotApi) -> None:
    with serving(settings(tmp_path, api)) as running:
        await api.visitors.write(MIA, "What is ketamine therapy?")
        await shown(api, "Ketamine therapy is a medicine given in small")
        async with httpx.AsyncClient() as client:
            ready = (await client.get(f"{running.url}/readyz")).json()
        assert "telegram" in ready["parts"]
        assert "telegram" not in ready["not_ready"]


async def test_with_a_wrong_token_it_is_not_ready_and_the_website_works(tmp_path: Path, api: BotApi) -> None:
    with serving(settings(tmp_path, api, telegram_token="7000000001:wrong")) as running:
        async with httpx.AsyncClient() as client:
            watching = Clinic(api, *[None] * 6)  # type: ignore[arg-type]

            async def is_named() -> bool:
                ready = (await client.get(f"{running.url}/readyz")).json()
                return "BOT_TELEGRAM_TOKEN" in ready["not_ready"].get("telegram", "")

            await watching.until(is_named)
            assert (await client.post(f"{running.url}/api/conversations")).status_code == 201


async def test_a_webhook_reaches_it(tmp_path: Path, api: BotApi) -> None:
    free = 0
    with serving(settings(tmp_path, api)) as running:
        free = running.port
    address = f"http://127.0.0.1:{free}"
    with serving(settings(tmp_path, api, telegram_mode="webhook", public_url=address), port=free):
        await api.visitors.write(MIA, "What is ketamine therapy?")
        await shown(api, "Ketamine therapy is a medicine given in small")
        assert api.calls("setWebhook")[0]["url"] == f"{address}/telegram/webhook"
        assert api.world.webhook_error == ""


async def test_a_bot_that_visitors_cannot_open_offers_no_link_to_it(tmp_path: Path, api: BotApi) -> None:
    with serving(settings(tmp_path, api)):
        await api.visitors.write(MIA, "/start")
        notice = await shown(api, "Telegram is not private enough")
        await api.visitors.write(MIA, "/privacy")
        privacy = await shown(api, "Telegram, the company")
        assert [button["text"] for button in keyboard(api.visitors.shown(MIA)[-1])] == ["Delete this conversation"]
        await api.visitors.write(MIA, "/website")
        answer = await shown(api, "I cannot move this chat")
        watching = Clinic(api, *[None] * 6)  # type: ignore[arg-type]
        await watching.until(lambda: api.world.profile["short_description"])
    assert "ring us on 01632 960 247 or visit https://wrenhouse.example.com" in answer
    assert "/website" not in notice + privacy
    (commands,) = [value for key, value in api.world.profile.items() if "all_private_chats" in key]
    assert "website" not in [command["command"] for command in commands]
    assert "127.0.0.1" not in " ".join(api.visitors.texts(MIA))


async def test_a_visitor_continues_on_the_website_in_a_real_browser(tmp_path: Path, api: BotApi) -> None:
    with serving(settings(tmp_path, api, public_url="http://chat.wrenhouse.example.com")) as running:
        await api.visitors.write(MIA, "What is ketamine therapy?")
        await shown(api, "Ketamine therapy is a medicine given in small")
        await api.visitors.write(MIA, "/website")
        code = (await shown(api, "/continue#")).partition("/continue#")[2].split()[0]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            page = await browser.new_page()
            await page.goto(f"{running.url}/continue#{code}")
            assert code not in page.url
            await page.get_by_role("button", name="Continue here").click()
            chat = page.locator("handrail-chat")
            await expect(chat.get_by_text("What is ketamine therapy?", exact=True).first).to_be_visible()
            await expect(chat.get_by_text("Ketamine therapy is a medicine given in small").first).to_be_visible()
            before = len(api.visitors.shown(MIA))
            await chat.get_by_role("textbox").fill("And does it hurt?")
            await chat.get_by_role("textbox").press("Enter")
            await expect(chat.get_by_text("And does it hurt?").first).to_be_visible()
            await expect(chat.get_by_text("Ketamine therapy is a medicine given in small")).to_have_count(2)
            await page.screenshot(path=str(tmp_path / "continued.png"))
            assert len(api.visitors.shown(MIA)) == before
            again = await browser.new_page()
            await again.goto(f"{running.url}/continue#{code}")
            await again.get_by_role("button", name="Continue here").click()
            await expect(again.get_by_role("status")).to_contain_text("used already or is too old")
            await browser.close()
