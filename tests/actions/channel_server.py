"""`python -m tests.actions.channel_server PORT`: our REST channel in front of a Rasa that says what it was told."""

from __future__ import annotations

import sys

from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from nlu.channel import OneMessageInput


async def on_message(message: UserMessage) -> None:
    """Echo the message; "fail" fails, "silence" says nothing, as Rasa does when the action server is gone."""
    if message.text == "fail":
        raise RuntimeError(message.text)
    if message.text != "silence":
        said = {"text": message.text, "custom": {"metadata": message.metadata, "sender": message.sender_id}}
        await message.output_channel.send_response(message.sender_id, said)


if __name__ == "__main__":
    app = Sanic("channel", configure_logging=False)
    app.blueprint(OneMessageInput().blueprint(on_message), url_prefix="/webhooks/rest")
    app.run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False)
