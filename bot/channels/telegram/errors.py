"""Tells apart what is worth another try and what is not, where Telegram's answer is read."""

from __future__ import annotations

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.errors import DeliveryError, PassingError, PermanentError

# Telegram has no codes for these: its descriptions are what there is.
_GONE = {
    "chat not found": "Telegram knows no such chat any more.",
    "user not found": "Telegram knows no such person any more.",
    "peer_id_invalid": "Telegram knows no such chat any more.",
    "bot was blocked by the user": "The visitor has blocked the bot.",
    "user is deactivated": "The visitor's Telegram account was deleted.",
    "bot can't initiate conversation with a user": "The visitor has not started the bot.",
    "bot was kicked": "The bot was removed from the group.",
    "bot is not a member": "The bot is not a member of the group.",
    "not enough rights": "The bot may not write in the group.",
    "have no rights to send": "The bot may not write in the group.",
    "chat_write_forbidden": "The bot may not write in the group.",
    "group chat was deleted": "The group was deleted.",
}


def is_gone(error: TelegramError) -> str:
    """Return why the chat can never be written to, in plain words; "" where it can."""
    if not isinstance(error, BadRequest | Forbidden):
        return ""
    words = error.message.lower()
    return next((meaning for sign, meaning in _GONE.items() if sign in words), "")


def delivery_error(error: TelegramError) -> DeliveryError:
    """Return what `error` means for the message that was being sent."""
    if isinstance(error, RetryAfter):
        seconds = error.retry_after
        return PassingError(
            "Telegram asks to wait.", seconds if isinstance(seconds, int | float) else seconds.total_seconds()
        )
    if isinstance(error, ChatMigrated):
        return PermanentError(
            f"The group has become a supergroup with the id {error.new_chat_id}. Set that id instead."
        )
    if isinstance(error, InvalidToken):
        # The library's message holds the token.
        return PassingError("Telegram refuses the bot's token. Check BOT_TELEGRAM_TOKEN.", 60)
    if gone := is_gone(error):
        return PermanentError(gone)
    if isinstance(error, BadRequest | Forbidden):
        return PermanentError(f"Telegram refused the message: {error.message}")
    return PassingError(f"Telegram could not be reached: {error.message}")
