"""`python -m bot telegram check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.check import check
from bot.channels.telegram.webhook import PATH
from bot.settings import Settings
from tests.channels.telegram.clinic import STAFF_GROUP
from tests.support.bot_api.markup import DEFAULT_UPDATES
from tests.support.bot_api.server import BotApi
from tests.support.bot_api.world import Webhook


@pytest.fixture
def settings(tmp_path: Path, api: BotApi) -> dict[str, Any]:
    return {"data_dir": tmp_path, "telegram_token": api.world.token, "telegram_api_url": api.url}


async def said(capsys: pytest.CaptureFixture[str], settings: dict[str, Any], **more: Any) -> tuple[int, str]:
    code = await check(Settings.load(**settings, **more))
    return code, capsys.readouterr().out


async def test_it_says_that_all_is_well(api: BotApi, settings: dict[str, Any], capsys: Any) -> None:
    api.world.group(STAFF_GROUP, "Wren House staff")
    code, text = await said(capsys, settings, telegram_staff_group=STAFF_GROUP)
    assert code == 0
    assert "https://t.me/harbour_clinic_bot" in text
    assert 'The bot may write in the staff group "Wren House staff".' in text
    assert text.endswith("Telegram is set up.\n")
    assert api.refusals() == []


async def test_it_says_that_there_is_no_token(tmp_path: Path, capsys: Any) -> None:
    code, text = await said(capsys, {"data_dir": tmp_path})
    assert code == 1
    assert "BOT_TELEGRAM_TOKEN is not set" in text


@pytest.mark.parametrize("token", ["7000000001:wrong", "nonsense"])
async def test_it_says_that_the_token_is_wrong_without_telling_it(
    settings: dict[str, Any], capsys: Any, token: str
) -> None:
    code, text = await said(capsys, settings | {"telegram_token": token})
    assert code == 1
    assert "Telegram does not know this token" in text
    assert token not in text


async def test_it_says_that_nothing_answers(settings: dict[str, Any], capsys: Any) -> None:
    code, text = await said(capsys, settings | {"telegram_api_url": "http://127.0.0.1:9"})
    assert code == 1
    assert "http://127.0.0.1:9 does not answer as Telegram does" in text


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("left", "The bot is not in the staff group"),
        ("kicked", "The bot is not in the staff group"),
        ("restricted", "The bot is not in the staff group"),
    ],
)
async def test_it_says_what_is_wrong_with_the_group(
    api: BotApi, settings: dict[str, Any], capsys: Any, status: str, problem: str
) -> None:
    api.world.group(STAFF_GROUP, "Wren House staff", status)
    code, text = await said(capsys, settings, telegram_staff_group=STAFF_GROUP)
    assert code == 1
    assert problem in text


async def test_it_says_that_the_bot_may_not_write_in_the_group(
    api: BotApi, settings: dict[str, Any], capsys: Any
) -> None:
    api.world.group(STAFF_GROUP, "Wren House staff", "restricted").problem = None
    code, text = await said(capsys, settings, telegram_staff_group=STAFF_GROUP)
    assert code == 1
    assert "the bot may not write" in text


async def test_it_says_that_the_bot_may_not_join_groups(api: BotApi, settings: dict[str, Any], capsys: Any) -> None:
    api.world.me["can_join_groups"] = False
    api.world.group(STAFF_GROUP, "Wren House staff")
    code, text = await said(capsys, settings, telegram_staff_group=STAFF_GROUP)
    assert code == 1
    assert "/setjoingroups" in text


async def test_it_says_that_a_webhook_will_be_removed(api: BotApi, settings: dict[str, Any], capsys: Any) -> None:
    api.world.webhook = Webhook("https://old.example.com/hook", "", 40, DEFAULT_UPDATES)
    code, text = await said(capsys, settings)
    assert code == 0
    assert "https://old.example.com/hook" in text
    assert api.world.webhook is not None


async def test_it_says_why_telegram_cannot_deliver(api: BotApi, settings: dict[str, Any], capsys: Any) -> None:
    address = "https://chat.clinic.example"
    api.world.webhook = Webhook(f"{address}{PATH}", "s", 40, DEFAULT_UPDATES)
    api.world.webhook_error = "Connection refused"
    code, text = await said(capsys, settings, telegram_mode="webhook", public_url=address)
    assert code == 1
    assert "Connection refused" in text


async def test_it_says_that_visitors_cannot_open_the_bots_address(settings: dict[str, Any], capsys: Any) -> None:
    code, text = await said(capsys, settings)
    assert code == 0
    assert "[note] Only this machine can open http://127.0.0.1:8000" in text
    assert "Set BOT_PUBLIC_URL" in text
    _, text = await said(capsys, settings, public_url="https://chat.clinic.example")
    assert "BOT_PUBLIC_URL" not in text


async def test_it_says_that_a_webhook_needs_https(tmp_path: Path, capsys: Any) -> None:
    code, text = await said(capsys, {"data_dir": tmp_path, "telegram_token": "1:a", "telegram_mode": "webhook"})
    assert code == 1
    assert "https://" in text
