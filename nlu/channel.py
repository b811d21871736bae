"""Rasa's REST channel, made exact: one request gives one message with text, buttons and mark, and failures are visible.

The stock channel splits a text at blank lines, sends the mark apart from it, answers a failure with an empty list and
writes the visitor's text into the log.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from content.encoder import shared_encoder
from nlu.per_message import do_once

logger = structlog.get_logger(__name__)
do_once()

OnMessage = Callable[[UserMessage], Awaitable[Any]]


def without_commands(text: str) -> str:
    """Return `text` with slashes at its start blanked out, every character still in its place.

    Rasa takes "/crisis" or "/restart" for a command and skips all understanding; visitors give no commands.
    """
    return re.sub(r"^[\s/]+", lambda start: " " * len(start[0]), text)


def without_vector(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return `metadata` without the message's vector, which the bot computed for its crisis check; it is used here."""
    shared_encoder().remember(metadata.get("vector") or {})
    return {name: value for name, value in metadata.items() if name != "vector"}


class OneMessage(OutputChannel):
    """Collects each utterance as one message: `{"recipient_id", "text", "buttons", "custom"}`."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "collector"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        parts = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        self.messages.append({"recipient_id": recipient_id, **parts})


class OneMessageInput(RestInput):
    """POST /webhooks/rest/webhook `{"sender", "message", "metadata"}` gives a list of one message.

    The message is `{"recipient_id", "text", "buttons", "custom"}`; `custom` is the mark.
    """

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        webhook = Blueprint("handrail_rest", __name__)

        @webhook.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            body = request.json
            if (
                not isinstance(body, dict)
                or not isinstance(body.get("message"), str)
                or not isinstance(body.get("sender"), str)
                or not isinstance(body.get("metadata", {}), dict)
            ):
                wanted = 'The body must be JSON with "sender" and "message" as texts, "metadata" as an object.'
                return response.json({"error": wanted}, status=400)
            output = OneMessage()
            metadata = without_vector(self.get_metadata(request) or {})
            message = UserMessage("", output, body["sender"], input_channel=self.name(), metadata=metadata)
            message.text = without_commands(body["message"])  # the constructor would strip it, and entities would shift
            try:
                await on_new_message(message)
            except Exception as error:  # whatever failed, the caller must learn of it; the visitor's text is not logged
                logger.error("rest.failed", sender=body["sender"], error=type(error).__name__)
                return response.json({"error": "The message could not be worked."}, status=500)
            if not output.messages:  # no rule matched, or the action server is gone: Rasa only logs it
                return response.json({"error": "No reply was composed."}, status=502)
            return response.json(output.messages)

        return webhook
