"""Which parameters each method takes, as published, and how their values arrive over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.bot_api.errors import RefusedError, bad_request

Reader = Callable[[Any], Any]


def integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("must be an Integer")
    return int(value)


def string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a String")
    value.encode("utf-8")
    return value


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false", "True", "False", "0", "1"):
        return str(value) in ("true", "True", "1")
    raise ValueError("must be a Boolean")


def chat_id(value: Any) -> int | str:
    if isinstance(value, str) and value.startswith("@") and len(value) > 1:
        return value
    return integer(value)


def _structure(kind: type, name: str) -> Reader:
    def read(value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise ValueError("can't be parsed as JSON") from None
        if not isinstance(value, kind):
            raise ValueError(f"must be {name}")
        return value

    return read


array = _structure(list, "an Array")
an_object = _structure(dict, "an Object")

_SEND = {
    "business_connection_id": string,
    "message_thread_id": integer,
    "disable_notification": boolean,
    "protect_content": boolean,
    "allow_paid_broadcast": boolean,
    "message_effect_id": string,
    "reply_parameters": an_object,
    "reply_markup": an_object,
}
_TEXT = {"text!": string, "parse_mode": string, "entities": array, "link_preview_options": an_object}
_EDIT = {
    "chat_id": chat_id,
    "message_id": integer,
    "inline_message_id": string,
    "business_connection_id": string,
    "reply_markup": an_object,
}
_SCOPE = {"scope": an_object, "language_code": string}

# "!" marks what is required.
METHODS: dict[str, dict[str, Reader]] = {
    "getMe": {},
    "getUpdates": {"offset": integer, "limit": integer, "timeout": integer, "allowed_updates": array},
    "setWebhook": {
        "url!": string,
        "ip_address": string,
        "max_connections": integer,
        "allowed_updates": array,
        "drop_pending_updates": boolean,
        "secret_token": string,
    },
    "deleteWebhook": {"drop_pending_updates": boolean},
    "getWebhookInfo": {},
    "sendMessage": {"chat_id!": chat_id, **_TEXT, **_SEND},
    "editMessageText": {**_EDIT, **_TEXT},
    "editMessageReplyMarkup": _EDIT,
    "sendChatAction": {
        "chat_id!": chat_id,
        "action!": string,
        "message_thread_id": integer,
        "business_connection_id": string,
    },
    "answerCallbackQuery": {
        "callback_query_id!": string,
        "text": string,
        "show_alert": boolean,
        "url": string,
        "cache_time": integer,
    },
    "setMyCommands": {"commands!": array, **_SCOPE},
    "getMyCommands": _SCOPE,
    "setMyDescription": {"description": string, "language_code": string},
    "getMyDescription": {"language_code": string},
    "setMyShortDescription": {"short_description": string, "language_code": string},
    "getMyShortDescription": {"language_code": string},
    "getChat": {"chat_id!": chat_id},
    "getChatMember": {"chat_id!": chat_id, "user_id!": integer},
}


def read_parameters(method: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters in their published types. Raises RefusedError for a missing, unknown or wrongly typed one."""
    known = {name.rstrip("!"): reader for name, reader in METHODS[method].items()}
    for name in METHODS[method]:
        if name.endswith("!") and name[:-1] not in given:
            if name == "text!":
                raise bad_request("message text is empty")
            raise bad_request(f"parameter {name[:-1]!r} is required")
    parameters = {}
    for name, value in given.items():
        if name not in known:
            raise RefusedError(400, f"Bad Request: {method} has no parameter {name!r} (strict)")
        try:
            parameters[name] = known[name](value)
        except ValueError as error:
            raise bad_request(f"parameter {name!r} {error}") from None
    return parameters
