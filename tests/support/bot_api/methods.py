"""What each method does, once its parameters are read."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from tests.support.bot_api.errors import bad_request, conflict
from tests.support.bot_api.markup import (
    check_allowed_updates,
    check_commands,
    check_inline_keyboard,
    check_webhook,
)
from tests.support.bot_api.texts import check_text
from tests.support.bot_api.words import words
from tests.support.bot_api.world import JSON, Webhook, World

_CHAT_ACTIONS = words(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location "
    "record_video_note upload_video_note"
)


async def get_me(world: World, given: JSON) -> JSON:
    return world.me


async def get_updates(world: World, given: JSON) -> list[JSON]:
    if world.webhook:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    if not 1 <= given.get("limit", 100) <= 100 or given.get("timeout", 0) < 0:
        raise bad_request("limit must be between 1 and 100 and timeout not negative (strict)")
    if "allowed_updates" in given:
        world.allowed = check_allowed_updates(given["allowed_updates"])
    world.poll_turn += 1
    turn = world.poll_turn
    offset = given.get("offset", 0)
    async with world.changed:
        world.changed.notify_all()
        _forget_confirmed(world, offset)
        deadline = time.monotonic() + min(given.get("timeout", 0), 50)
        while not world.queue and time.monotonic() < deadline:
            try:
                await asyncio.wait_for(world.changed.wait(), deadline - time.monotonic())
            except TimeoutError:
                break
            if world.poll_turn != turn:
                raise conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
    return [update for update in world.queue if update["update_id"] >= max(offset, 0)][: given.get("limit", 100)]


def _forget_confirmed(world: World, offset: int) -> None:
    if offset < 0:
        world.queue[:] = world.queue[offset:]
    elif offset > 0:
        world.queue[:] = [update for update in world.queue if update["update_id"] >= offset]


async def set_webhook(world: World, given: JSON) -> bool:
    if not given["url"]:
        return await delete_webhook(world, given)
    check_webhook(given, world.local)
    allowed = check_allowed_updates(given.get("allowed_updates", []))
    if given.get("drop_pending_updates"):
        world.queue.clear()
    world.webhook = Webhook(given["url"], given.get("secret_token", ""), given.get("max_connections", 40), allowed)
    async with world.changed:
        world.changed.notify_all()
    return True


async def delete_webhook(world: World, given: JSON) -> bool:
    world.webhook = None
    if given.get("drop_pending_updates"):
        world.queue.clear()
    return True


async def get_webhook_info(world: World, given: JSON) -> JSON:
    info: JSON = {"url": "", "has_custom_certificate": False, "pending_update_count": len(world.queue)}
    if world.webhook:
        info |= {"url": world.webhook.url, "max_connections": world.webhook.max_connections}
        info["allowed_updates"] = sorted(world.webhook.allowed)
    if world.webhook_error:
        info |= {"last_error_date": int(time.time()), "last_error_message": world.webhook_error}
    return info


async def send_message(world: World, given: JSON) -> JSON:
    text = check_text(given)
    markup = check_inline_keyboard(given["reply_markup"]) if "reply_markup" in given else None
    chat = world.chat(given["chat_id"])
    world.floods.check(chat.id)
    content: JSON = {"text": text}
    if given.get("entities"):
        content["entities"] = given["entities"]
    if markup:
        content["reply_markup"] = markup
    return world.add_message(chat, world.me, content)


def _own_message(world: World, given: JSON) -> JSON:
    if "chat_id" not in given or "message_id" not in given:
        raise bad_request("message identifier is not specified")
    message = world.chat(given["chat_id"]).messages.get(given["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.me["id"]:
        raise bad_request("message can't be edited")
    return message


def _edit(message: JSON, changes: JSON) -> JSON:
    after = {key: value for key, value in (message | changes).items() if value is not None}
    if {k: after.get(k) for k in changes} == {k: message.get(k) for k in changes}:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
    message.clear()
    message.update(after | {"edit_date": int(time.time())})
    return message


async def edit_message_text(world: World, given: JSON) -> JSON:
    text = check_text(given)
    message = _own_message(world, given)
    markup = check_inline_keyboard(given["reply_markup"]) if "reply_markup" in given else None
    return _edit(message, {"text": text, "entities": given.get("entities") or None, "reply_markup": markup})


async def edit_message_reply_markup(world: World, given: JSON) -> JSON:
    message = _own_message(world, given)
    markup = check_inline_keyboard(given["reply_markup"]) if "reply_markup" in given else None
    return _edit(message, {"reply_markup": markup})


async def send_chat_action(world: World, given: JSON) -> bool:
    if given["action"] not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.chat(given["chat_id"])
    return True


async def answer_callback_query(world: World, given: JSON) -> bool:
    if len(given.get("text", "")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if world.callbacks.pop(given["callback_query_id"], None) is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    return True


async def set_my_commands(world: World, given: JSON) -> bool:
    check_commands(given["commands"])
    world.profile[f"commands{given.get('scope') or ''}"] = given["commands"]
    return True


async def get_my_commands(world: World, given: JSON) -> Any:
    return world.profile.get(f"commands{given.get('scope') or ''}", [])


async def set_my_description(world: World, given: JSON) -> bool:
    if len(given.get("description", "")) > 512:
        raise bad_request("BOT_DESCRIPTION_TOO_LONG (strict)")
    world.profile["description"] = given.get("description", "")
    return True


async def get_my_description(world: World, given: JSON) -> JSON:
    return {"description": world.profile["description"]}


async def set_my_short_description(world: World, given: JSON) -> bool:
    if len(given.get("short_description", "")) > 120:
        raise bad_request("BOT_SHORT_DESCRIPTION_TOO_LONG (strict)")
    world.profile["short_description"] = given.get("short_description", "")
    return True


async def get_my_short_description(world: World, given: JSON) -> JSON:
    return {"short_description": world.profile["short_description"]}


async def get_chat(world: World, given: JSON) -> JSON:
    return world.chat(given["chat_id"]).shape | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": _GIFTS,
    }


async def get_chat_member(world: World, given: JSON) -> JSON:
    chat = world.chats.get(given["chat_id"])
    if chat is None:
        raise bad_request("chat not found")
    member = chat.members.get(given["user_id"])
    if member is None:
        raise bad_request("member not found")
    rights = (
        {"until_date": 0, "is_member": True, **dict.fromkeys(_RIGHTS, False)}
        if member["status"] == "restricted"
        else {}
    )
    return {**member, **rights, **({"until_date": 0} if member["status"] == "kicked" else {})}


_GIFTS = dict.fromkeys(
    ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"], False
)
_RIGHTS = words(
    "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes can_send_voice_notes "
    "can_send_polls can_send_other_messages can_add_web_page_previews can_change_info can_invite_users can_pin_messages "
    "can_manage_topics can_edit_tag can_react_to_messages"
)

IMPLEMENTED = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "setMyDescription": set_my_description,
    "getMyDescription": get_my_description,
    "setMyShortDescription": set_my_short_description,
    "getMyShortDescription": get_my_short_description,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
}
