"""The strict Bot API server itself: what it would let pass, the other tests could not find."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.channels.telegram.clinic import MIA
from tests.support.bot_api.server import BotApi
from tests.support.bot_api.visitors import person


async def call(api: BotApi, method: str, token: str = "", **parameters: Any) -> dict[str, Any]:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{api.url}/bot{token or api.world.token}/{method}", json=parameters)
    body: dict[str, Any] = answer.json()
    assert body["ok"] is (answer.status_code == 200)
    return body


@pytest.fixture(autouse=True)
def mia(api: BotApi) -> None:
    api.world.private(person(MIA))


BUTTON = {"text": "a", "callback_data": "b"}


@pytest.mark.parametrize(
    ("method", "parameters", "problem"),
    [
        ("sendMessage", {"text": "x"}, "parameter 'chat_id' is required"),
        ("sendMessage", {"chat_id": MIA}, "message text is empty"),
        ("sendMessage", {"chat_id": MIA, "text": " \n"}, "message text is empty"),
        ("sendMessage", {"chat_id": MIA, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": MIA, "text": "\U0001f600" * 2049}, "message is too long"),
        ("sendMessage", {"chat_id": 12, "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": MIA, "text": "x", "tex": "y"}, "has no parameter 'tex'"),
        ("sendMessage", {"chat_id": MIA, "text": "<b>x", "parse_mode": "HTML"}, "Can't find end tag"),
        ("sendMessage", {"chat_id": MIA, "text": "<p>x</p>", "parse_mode": "HTML"}, "Unsupported start tag"),
        ("sendMessage", {"chat_id": MIA, "text": "a.b", "parse_mode": "MarkdownV2"}, "is reserved"),
        (
            "sendMessage",
            {"chat_id": MIA, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            "BOUNDS",
        ),
        (
            "sendMessage",
            {"chat_id": MIA, "text": "x", "entities": [{"type": "loud", "offset": 0, "length": 1}]},
            "type",
        ),
        ("sendMessage", {"chat_id": MIA, "text": "x", "reply_markup": {"keyboard": []}}, "reply markup"),
        (
            "sendMessage",
            {"chat_id": MIA, "text": "x", "reply_markup": {"inline_keyboard": [BUTTON]}},
            "Array of Arrays",
        ),
        (
            "sendMessage",
            {"chat_id": MIA, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
            "Text buttons",
        ),
        (
            "sendMessage",
            {
                "chat_id": MIA,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[BUTTON | {"callback_data": "é" * 33}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        ("editMessageText", {"chat_id": MIA, "message_id": 9, "text": "x"}, "message to edit not found"),
        ("sendChatAction", {"chat_id": MIA, "action": "dancing"}, "wrong parameter action"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("setMyCommands", {"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyDescription", {"description": "x" * 513}, "TOO_LONG"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "TOO_LONG"),
        ("setWebhook", {"url": "https://a.example/", "secret_token": "not allowed!"}, "unallowed characters"),
        ("getUpdates", {"limit": 101}, "limit must be between"),
        ("getUpdates", {"allowed_updates": ["messages"]}, "unknown kinds"),
        ("getUpdates", {"timeout": "soon"}, "'timeout'"),
    ],
)
async def test_it_refuses_what_the_rules_forbid(
    api: BotApi, method: str, parameters: dict[str, Any], problem: str
) -> None:
    answer = await call(api, method, **parameters)
    assert answer["error_code"] == 400
    assert problem in answer["description"]
    assert api.visitors.shown(MIA) == []


async def test_it_refuses_a_wrong_token_and_an_unknown_method(api: BotApi) -> None:
    assert (await call(api, "getMe", token="1:wrong"))["error_code"] == 401
    assert (await call(api, "getMe", token="wrong"))["error_code"] == 404
    assert (await call(api, "getFile", file_id="x"))["error_code"] == 404


async def test_an_update_is_forgotten_when_a_higher_offset_is_asked_for_and_not_before(api: BotApi) -> None:
    first = await api.visitors.write(MIA, "one")
    second = await api.visitors.write(MIA, "two")
    for _ in range(2):
        assert [update["update_id"] for update in (await call(api, "getUpdates"))["result"]] == [first, second]
    rest = await call(api, "getUpdates", offset=second)
    assert [update["update_id"] for update in rest["result"]] == [second]
    assert [update["update_id"] for update in (await call(api, "getUpdates"))["result"]] == [second]


async def test_two_at_once_may_not_ask_for_updates(api: BotApi) -> None:
    first = asyncio.create_task(call(api, "getUpdates", timeout=10))
    await asyncio.sleep(0.2)
    second = asyncio.create_task(call(api, "getUpdates", timeout=1))
    answer = await first
    assert (answer["error_code"], "terminated by other" in answer["description"]) == (409, True)
    assert (await second)["result"] == []


async def test_with_a_webhook_updates_cannot_be_asked_for(api: BotApi) -> None:
    await call(api, "setWebhook", url="http://127.0.0.1:9/x")
    assert "webhook is active" in (await call(api, "getUpdates"))["description"]


async def test_a_kind_that_was_not_asked_for_is_not_sent(api: BotApi) -> None:
    await call(api, "getUpdates", allowed_updates=["callback_query"])
    await api.visitors.write(MIA, "one")
    assert (await call(api, "getUpdates"))["result"] == []


async def test_it_counts_floods(api: BotApi) -> None:
    api.world.floods.enforce = True
    api.world.group(-100777, "Staff")
    answers = [await call(api, "sendMessage", chat_id=-100777, text=str(number)) for number in range(40)]
    refused = [answer for answer in answers if not answer["ok"]]
    assert refused
    assert all(0 < answer["parameters"]["retry_after"] <= 60 for answer in refused)


async def test_it_takes_forms_and_json_alike(api: BotApi) -> None:
    form = {
        "chat_id": str(MIA),
        "text": "x",
        "reply_markup": '{"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}',
    }
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{api.url}/bot{api.world.token}/sendMessage", data=form)
    assert answer.json()["result"]["reply_markup"]["inline_keyboard"][0][0] == BUTTON
