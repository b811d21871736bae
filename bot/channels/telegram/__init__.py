"""Telegram: updates come in by long polling or webhook through a durable inbox, replies leave through the outbox."""

import os

# python-telegram-bot then gives durations as timedelta, as its next major version will.
os.environ.setdefault("PTB_TIMEDELTA", "true")
