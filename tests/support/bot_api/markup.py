"""Rules for inline keyboards, bot commands and webhooks."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tests.support.bot_api.errors import bad_request
from tests.support.bot_api.words import words

ALLOWED_UPDATES = words(
    "message edited_message channel_post edited_channel_post business_connection business_message edited_business_message "
    "deleted_business_messages message_reaction message_reaction_count inline_query chosen_inline_result callback_query "
    "shipping_query pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member chat_join_request "
    "chat_boost removed_chat_boost"
)
# chat_member, message_reaction and message_reaction_count must be asked for by name.
DEFAULT_UPDATES = ALLOWED_UPDATES - {"chat_member", "message_reaction", "message_reaction_count"}
_ACTIONS = frozenset({"url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay"})
_LOOKS = frozenset({"text", "style", "icon_custom_emoji_id"})


def check_inline_keyboard(markup: Any) -> dict[str, Any] | None:
    """Return the keyboard, None for an empty one. Raises RefusedError where a published rule is broken."""
    if not isinstance(markup, dict) or set(markup) != {"inline_keyboard"}:
        raise bad_request("object expected as reply markup (strict: inline keyboards only)")
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("field 'inline_keyboard' of the InlineKeyboardMarkup should be an Array of Arrays")
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)
    return markup if any(rows) else None


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Field 'text' must be a non-empty String")
    actions = set(button) & _ACTIONS
    if len(actions) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if set(button) - _ACTIONS - _LOOKS:
        raise bad_request(
            f"inline keyboard button has unknown fields {sorted(set(button) - _ACTIONS - _LOOKS)} (strict)"
        )
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        host = urlsplit(str(button["url"])).hostname or ""
        if not re.match(r"(https?|tg)://", str(button["url"])) or "." not in host:
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def check_commands(commands: list[Any]) -> None:
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict) or set(command) != {"command", "description"}:
            raise bad_request("can't parse BotCommand")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command["command"])):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command["description"])) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def check_allowed_updates(names: list[Any]) -> frozenset[str]:
    unknown = [name for name in names if name not in ALLOWED_UPDATES]
    if unknown:
        raise bad_request(f"allowed_updates names unknown kinds {unknown} (strict)")
    return frozenset(names) or DEFAULT_UPDATES


def check_webhook(parameters: dict[str, Any], local: bool) -> None:
    """Raises RefusedError; `local` is a Bot API server of one's own, which takes any address and port."""
    parts = urlsplit(parameters["url"])
    if not local and parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and (parts.port or 443) not in (80, 88, 443, 8443):
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    secret = parameters.get("secret_token")
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    if not 1 <= parameters.get("max_connections", 40) <= 100:
        raise bad_request("max_connections must be between 1 and 100 (strict)")
